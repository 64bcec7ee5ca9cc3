"""The background stack for a demo that leaves it running."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fondly.operations.local_stack import BackgroundStack, running_stack
from fondly.stack.background import start_stack, stop_stack
from fondly.stack.embedded import Stack, attached_stack
from fondly.stack.processes import ProcessDiedError, StackNotReadyError, last_lines


@dataclass(frozen=True)
class KeptStack(Stack):
    """A stack that its supervisor keeps running."""

    background: BackgroundStack

    def check(self) -> None:
        """Raise `ProcessDiedError` if the supervisor has stopped the stack."""
        if running_stack() is None:
            log = self.background.folder.log
            raise ProcessDiedError(f"the stack has stopped; {log} ends with\n{last_lines(log)}")


def require_no_stack() -> None:
    """Raise `StackNotReadyError` if a background stack is running."""
    if running_stack():
        raise StackNotReadyError("a local stack is already running: stop it with `fondly down` first")


@contextmanager
def kept_stack(log_dir: Path) -> Iterator[KeptStack]:
    """Start the background stack and leave it running unless interrupted; copy its logs to `log_dir`."""
    background = start_stack()
    try:
        with attached_stack(background.variables) as stack:
            yield KeptStack(stack.resources, stack.variables, background)
    except KeyboardInterrupt:
        stop_stack()
        raise
    finally:
        shutil.copytree(background.folder.logs, log_dir, dirs_exist_ok=True)
