import os
import subprocess
import sys
import time
from pathlib import Path

from fondly.runtime import liveness


def check(file: Path) -> subprocess.CompletedProcess[str]:
    """Run a container's health check."""
    command = [sys.executable, "-m", "fondly.runtime.liveness", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module


def test_a_process_that_beats_is_alive(tmp_path: Path) -> None:
    """With a fresh file the check exits with 0 and prints nothing."""
    liveness.beat(tmp_path / "alive")
    done = check(tmp_path / "alive")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_that_does_not_beat_is_not_alive(tmp_path: Path) -> None:
    """With an old or missing file the check exits with 1 and one line."""
    file = tmp_path / "alive"
    liveness.beat(file)
    long_ago = time.time() - 2 * liveness.MAX_AGE_S
    os.utime(file, (long_ago, long_ago))
    for stale in (file, tmp_path / "missing"):
        done = check(stale)
        assert done.returncode == 1
        assert done.stderr.startswith("no sign of life")
        assert len(done.stderr.splitlines()) == 1


def test_the_check_loads_no_libraries() -> None:
    """It runs every few seconds in every container."""
    script = (
        "import sys, fondly.runtime.liveness; sys.exit('asyncio' in sys.modules or 'pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0  # noqa: S603 - as above
