"""The command `fondly`, or `python -m fondly.cli`."""

import atexit
import gc
import os
import signal

INTERRUPTED = 130
GARBAGE_AFTER = 10_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""


def main() -> None:
    """Run a command.

    Until a command has something to tidy up, Ctrl-C and SIGTERM end the process at once: even while modules
    are imported nobody sees a traceback.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    gc.set_threshold(GARBAGE_AFTER)
    atexit.register(gc.freeze)  # what is left at the end goes with the process: nobody has to look for cycles
    from fondly.cli.app import app

    app(prog_name="fondly")


def _end(_number: int, _frame: object) -> None:
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
