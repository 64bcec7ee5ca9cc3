import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from encore.stack.processes import ProcessDiedError, Processes, free_port

SLEEP = ["-c", "import time; print('awake', flush=True); time.sleep(60)"]


def children() -> list[psutil.Process]:
    """The processes that this one has started and that still run."""
    return psutil.Process().children(recursive=True)


def test_what_was_started_is_gone_afterwards(tmp_path: Path) -> None:
    """Leaving the context ends every process, and each has written its own log."""
    before = children()
    with Processes(tmp_path) as processes:
        processes.start("one", SLEEP, {})
        processes.start("two", SLEEP, {})
        assert len(children()) == len(before) + 2
        while not all((tmp_path / f"{name}.log").read_text() for name in ("one", "two")):
            time.sleep(0.02)
        processes.check()
    assert children() == before


def test_everything_is_gone_after_a_failure_too(tmp_path: Path) -> None:
    """An exception in between leaves nothing running."""
    before = children()
    with pytest.raises(KeyboardInterrupt), Processes(tmp_path) as processes:
        processes.start("one", SLEEP, {})
        raise KeyboardInterrupt
    assert children() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_nothing_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    """Even a parent that had no chance to clean up leaves no process behind."""
    script = (
        "import sys, time; from pathlib import Path; from encore.stack.processes import Processes\n"
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
    """The person sees which process failed, its exit code, and its last words."""
    with Processes(tmp_path) as processes:
        processes.start("broken", ["-c", "raise SystemExit('no such bucket')"], {})
        with pytest.raises(ProcessDiedError, match=r"broken ended with code 1.*broken\.log") as died:
            while True:
                processes.check()
                time.sleep(0.02)
        assert processes.ended() == ["broken"]
    assert "no such bucket" in str(died.value)


def test_a_process_gets_its_environment(tmp_path: Path) -> None:
    """Settings travel by environment variables."""
    with Processes(tmp_path) as processes:
        processes.start("echo", ["-c", "import os; print(os.environ['ENCORE_X'])"], {"ENCORE_X": "7"})
        while not (tmp_path / "echo.log").read_text():
            time.sleep(0.02)
    assert (tmp_path / "echo.log").read_text() == "7\n"


def test_a_free_port_is_free() -> None:
    """Two asked for one after the other are usable numbers."""
    assert 1024 <= free_port() <= 65_535


def test_a_killed_process_is_forgotten_and_may_be_replaced(tmp_path: Path) -> None:
    """A kill asked for is no death to report, and the name is free for its successor."""
    before = children()
    with Processes(tmp_path) as processes:
        processes.start("one", SLEEP, {})
        processes.kill("one")
        assert children() == before
        assert processes.ended() == []
        processes.start("one", SLEEP, {})
        assert len(children()) == len(before) + 1
