"""`python -m fondly.stack.supervisor`: keeps the embedded stack running in the background until SIGTERM."""

import shutil
import signal
import sys
import time

from fondly.operations.local_stack import ENVIRONMENT, state_folder
from fondly.stack.background import CHECKOUT, HERE, supervising, write_exports
from fondly.stack.embedded import embedded_stack
from fondly.stack.processes import ProcessDiedError, StackNotReadyError

CHECK_S = 0.5


def main() -> None:
    """Start the stack, announce it, and stop it all on SIGTERM or when one of its processes dies."""
    signal.signal(signal.SIGTERM, _stop)
    folder = state_folder()
    try:
        with supervising(folder):
            shutil.rmtree(folder.logs, ignore_errors=True)
            with embedded_stack(folder.logs) as stack:
                own = {"FONDLY_ENVIRONMENT": ENVIRONMENT, CHECKOUT: str(HERE)}
                write_exports(folder, {**stack.variables, **own})
                while True:
                    stack.check()
                    time.sleep(CHECK_S)
    except (ProcessDiedError, StackNotReadyError) as error:
        sys.exit(str(error))


def _stop(number: int, _frame: object) -> None:
    """Stop once: a second signal does not interrupt the cleaning up."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main()
