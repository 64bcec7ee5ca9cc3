"""Liveness of a process that listens on no port: it keeps touching a file, and a check reads the file's age.

`python -m fondly.runtime.liveness FILE` is the health check of a container: it exits with 0 while the process
is alive. It runs every few seconds, so it imports almost nothing.
"""

import os
import sys
import time

BEAT_S = 5.0
MAX_AGE_S = 30.0


def beat(path: "str | os.PathLike[str]") -> None:
    """Record that the process is alive."""
    with open(path, "ab"):  # noqa: PTH123 - importing pathlib would dominate the check
        os.utime(path)


def age_s(path: "str | os.PathLike[str]") -> float:
    """Seconds since the last beat; infinite if there was none."""
    try:
        return time.time() - os.stat(path).st_mtime  # noqa: PTH116 - as above
    except FileNotFoundError:
        return float("inf")


def main() -> None:
    """Exit with 1 and one line if the file named by the argument is too old."""
    age = age_s(sys.argv[1])
    if age > MAX_AGE_S:
        sys.exit(f"no sign of life for {age:.0f} s")


if __name__ == "__main__":
    main()
