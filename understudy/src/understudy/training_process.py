"""A training in a process of its own, so that requests are answered meanwhile: `python -m` this module.

It reads one line of JSON from standard input, trains, writes the model to the file that the line names, and
prints one line of JSON: empty, or with the reason for which the training fails. It ends when its standard
input does, and so with the process that has started it.
"""

import json
import os
import sys
import threading
from contextlib import suppress

NICE = 10
"""How much a training gives way to what answers requests."""


def main() -> None:
    """Train, and say how it went."""
    _give_way()
    # Only now, since libraries have as many threads as there are cores when they are imported. More than that
    # would wait for each other without a pause.
    from understudy.logs import configure_logs  # noqa: PLC0415
    from understudy.personalize.trainer import answer  # noqa: PLC0415

    configure_logs("info")
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.stdout.write(json.dumps(answer(line)) + "\n")


def _give_way() -> None:
    """Leave a core to what answers requests, where there are several, and be last on the others."""
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError, AttributeError):  # not every system has both
        shared = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, shared[1:] or shared)


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
