import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fondly.stack.processes import ProcessDiedError, Processes, free_port

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
    """The error has the process, its exit code and its last lines."""
    with Processes(tmp_path) as processes:
        processes.start("broken", ["-c", "raise SystemExit('no such bucket')"], {})
        with pytest.raises(ProcessDiedError, match=r"broken ended with code 1.*broken\.log") as died:
            while True:
                processes.check()
                time.sleep(0.02)
        assert processes.ended() == ["broken"]
    assert "no such bucket" in str(died.value)


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
