"""Liveness of a process that listens on no port: it keeps touching a file, whose age is then checked.

`python -m encore.runtime.liveness FILE` is a container's health check: it exits with 0 while the process is
alive. It runs every few seconds, so it imports next to nothing.
"""

import os
import sys
import time

BEAT_S = 5.0
MAX_AGE_S = 30.0


def beat(path: "str | os.PathLike[str]") -> None:
    """Say that the process lives."""
    with open(path, "ab"):  # noqa: PTH123 - pathlib would be most of the check's work
        os.utime(path)


def age_s(path: "str | os.PathLike[str]") -> float:
    """Seconds since the last beat; infinite when there was none."""
    try:
        return time.time() - os.stat(path).st_mtime  # noqa: PTH116 - as above
    except FileNotFoundError:
        return float("inf")


def main() -> None:
    """End with 1 and one line when the file named by the argument is too old."""
    age = age_s(sys.argv[1])
    if age > MAX_AGE_S:
        sys.exit(f"no sign of life for {age:.0f} s")


if __name__ == "__main__":
    main()
