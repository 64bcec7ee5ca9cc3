"""The command `encore`, or `python -m encore.cli`."""

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Run a command.

    Until a command has something to tidy up, Ctrl-C and SIGTERM end the process at once: even while modules
    are imported nobody sees a traceback.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    from encore.cli.app import app

    app(prog_name="encore")


def _end(_number: int, _frame: object) -> None:
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
