"""`python -m fondly.stack.supervisor`: keeps the embedded stack running in the background until SIGTERM."""

import shutil
import signal
import sys
import time

from fondly.operations.local_stack import ENVIRONMENT, StateFolder, state_folder
from fondly.stack.background import CHECKOUT, HERE, supervising, write_exports
from fondly.stack.embedded import CONSOLE, EMULATOR, PROCESSES, EmbeddedStack, embedded_stack
from fondly.stack.processes import ProcessDiedError, StackNotReadyError

CHECK_S = 0.5


def main() -> None:
    """Start the stack, announce it, and stop it all on SIGTERM; start again what dies meanwhile."""
    signal.signal(signal.SIGTERM, _stop)
    folder = state_folder()
    try:
        with supervising(folder):
            shutil.rmtree(folder.logs, ignore_errors=True)
            folder.deaths.unlink(missing_ok=True)
            services = (*PROCESSES, CONSOLE)
            with embedded_stack(folder.logs, services=services, state=folder.state) as stack:
                own = {"FONDLY_ENVIRONMENT": ENVIRONMENT, CHECKOUT: str(HERE)}
                write_exports(folder, {**stack.variables, **own})
                _keep_running(stack, folder)
    except (ProcessDiedError, StackNotReadyError) as error:
        sys.exit(str(error))


def _keep_running(stack: EmbeddedStack, folder: StateFolder) -> None:
    """Start again what dies, until it is of no use: commands are told why there is no stack any more."""
    try:
        while True:
            for death in stack.processes.revive(time.monotonic(), vital=EMULATOR):
                with folder.deaths.open("a", encoding="utf-8") as told:
                    told.write(death + "\n")
            time.sleep(CHECK_S)
    except ProcessDiedError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        folder.exports.unlink(missing_ok=True)
        raise SystemExit(1) from error


def _stop(number: int, _frame: object) -> None:
    """Stop once: a second signal does not interrupt the cleaning up."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main()
