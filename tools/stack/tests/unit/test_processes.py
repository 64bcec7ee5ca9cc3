import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fondly.stack.processes import ProcessDiedError, Processes, free_port, last_line
from fondly.stack.restarting import FIRST_S, MOST, STEADY_S, Restarts

SLEEP = ["-c", "import time; print('awake', flush=True); time.sleep(60)"]


def children() -> list[psutil.Process]:
    """The running processes that this one has started."""
    return psutil.Process().children(recursive=True)


def test_started_processes_are_stopped(tmp_path: Path) -> None:
    """Leaving the context stops every process; each has its own log."""
    before = children()
    with Processes(tmp_path) as processes:
        processes.start("one", SLEEP, {})
        processes.start("two", SLEEP, {})
        assert len(children()) == len(before) + 2
        while not all((tmp_path / f"{name}.log").read_text() for name in ("one", "two")):
            time.sleep(0.02)
        processes.check()
    assert children() == before


def test_all_but_one_may_take_leave_while_that_one_works(tmp_path: Path) -> None:
    """Nobody waits for them before the context ends."""
    with Processes(tmp_path) as processes:
        for name in ("one", "two", "three"):
            processes.start(name, SLEEP, {})
        processes.dismiss(but="two")
        while processes.ended() != ["one", "three"]:
            time.sleep(0.02)


def test_processes_are_stopped_after_a_failure_too(tmp_path: Path) -> None:
    """An exception in the context leaves nothing running."""
    before = children()
    with pytest.raises(KeyboardInterrupt), Processes(tmp_path) as processes:
        processes.start("one", SLEEP, {})
        raise KeyboardInterrupt
    assert children() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a child when its parent dies")
def test_nothing_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    """Even a parent that cannot clean up leaves no process behind."""
    script = (
        "import sys, time; from pathlib import Path; from fondly.stack.processes import Processes\n"
        f"processes = Processes(Path({str(tmp_path)!r})); processes.start('one', {SLEEP!r}, {{}})\n"
        "print(processes._running[0].process.pid, flush=True); time.sleep(60)"
    )
    arguments = [sys.executable, "-c", script]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as parent:  # noqa: S603 - the script above
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(timeout=10)


def test_a_process_that_dies_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    """The error has the process, its exit code and its last line."""
    with Processes(tmp_path) as processes:
        processes.start("broken", ["-c", "raise SystemExit('no such bucket')"], {})
        with pytest.raises(
            ProcessDiedError, match=r"^broken ended with code 1: no such bucket; its log is .*broken\.log$"
        ):
            while True:
                processes.check()
                time.sleep(0.02)
        assert processes.ended() == ["broken"]


def test_a_process_gets_its_environment(tmp_path: Path) -> None:
    """Settings are environment variables."""
    with Processes(tmp_path) as processes:
        processes.start("echo", ["-c", "import os; print(os.environ['FONDLY_X'])"], {"FONDLY_X": "7"})
        while not (tmp_path / "echo.log").read_text():
            time.sleep(0.02)
    assert (tmp_path / "echo.log").read_text() == "7\n"


def test_a_free_port_is_free() -> None:
    """It is not a privileged one."""
    assert 1024 <= free_port() <= 65_535


def test_a_killed_process_may_be_replaced(tmp_path: Path) -> None:
    """A requested kill is not reported as a death, and the name is free again."""
    before = children()
    with Processes(tmp_path) as processes:
        processes.start("one", SLEEP, {})
        processes.kill("one")
        assert children() == before
        assert processes.ended() == []
        processes.start("one", SLEEP, {})
        assert len(children()) == len(before) + 1


def test_a_process_that_is_asked_to_end_takes_leave(tmp_path: Path) -> None:
    """What it does on SIGTERM is done, and its name is free again."""
    leaving = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit('gone'));"
        "print('awake', flush=True); time.sleep(60)"
    )
    before = children()
    with Processes(tmp_path) as processes:
        processes.start("one", ["-c", leaving], {})
        while not (tmp_path / "one.log").read_text():
            time.sleep(0.02)
        processes.end("one")
        assert (tmp_path / "one.log").read_text() == "awake\ngone\n"
        assert children() == before
        assert processes.ended() == []


def test_whatever_dies_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    """Later each time; each death is told, and the one too many, or that of the emulator, ends the stack."""
    ends = "import os; open('log', 'a').write('x')"
    with Processes(tmp_path) as processes:
        processes.start(
            "mailer", ["-c", f"import os; os.chdir({str(tmp_path)!r}); {ends}; raise KeyError('y')"], {}
        )
        processes.start("emulator", SLEEP, {})
        now, told = time.monotonic(), list[str]()

        def wait() -> None:
            while processes.ended() != ["mailer"]:
                time.sleep(0.01)

        for death in range(MOST):
            wait()
            told += processes.revive(now, vital="emulator")
            assert list(processes.revive(now + 0.9, vital="emulator")) == [], "not due yet"
            assert (tmp_path / "log").read_text() == "x" * (death + 1)
            now += 2.0**death
            told += processes.revive(now, vital="emulator")
        wait()
        assert len(told) == MOST
        assert told[0].startswith("mailer ended with code 1: KeyError: 'y'; its log is ")
        with pytest.raises(ProcessDiedError, match="mailer ended"):
            list(processes.revive(now, vital="emulator"))
    with Processes(tmp_path) as processes:
        processes.start("emulator", ["-c", ""], {})
        while not processes.ended():
            time.sleep(0.01)
        with pytest.raises(ProcessDiedError, match="emulator ended with code 0"):
            list(processes.revive(time.monotonic(), vital="emulator"))


def test_nothing_ends_because_of_the_console(tmp_path: Path) -> None:
    """It is started again as all others are; then its last death says that it is not, and is told once."""
    with Processes(tmp_path) as processes:
        processes.start("console", ["-c", "raise SystemExit('no such module')"], {}, is_needed=False)
        now, told = time.monotonic(), list[str]()
        for death in range(MOST + 2):
            processes._running[0].process.wait()
            told += processes.revive(now, vital="emulator")
            now += 2.0 ** min(death, MOST - 1)
            told += processes.revive(now, vital="emulator")
        processes.check()
    assert [each.rpartition("; ")[2] for each in told] == ["it is started again"] * MOST + [
        "it is not started again"
    ]


def test_a_death_after_a_while_counts_as_the_first() -> None:
    """A service that dies once a day is started again at once, every day."""
    often = Restarts().started(0.0).died(1.0).started(2.0).died(3.0)
    assert (often.deaths, often.due_at) == (2, 3.0 + 2 * FIRST_S)
    later = often.started(5.0).died(6.0 + STEADY_S)
    assert (later.deaths, later.due_at, later.given_up) == (1, 6.0 + STEADY_S + FIRST_S, False)


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("a\n\nTraceback\nKeyError: 'x'\n\n", "KeyError: 'x'"),
        (
            '{"event": "startup_failed", "level": "error", "error": "no such table"}\n',
            "startup_failed: no such table",
        ),
        ("[1]\n", "[1]"),
        ("", "nothing is in its log"),
    ],
)
def test_the_last_line_of_a_log_is_readable(log: str, line: str, tmp_path: Path) -> None:
    """Also one for machines."""
    (tmp_path / "x.log").write_text(log)
    assert last_line(tmp_path / "x.log") == line
