"""The embedded stack in the background: started and stopped by commands, and found by all others.

Its supervisor holds a lock while it runs, so that a file left by one that was killed deceives nobody.
"""

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fondly.operations.local_stack import (
    BackgroundStack,
    StateFolder,
    lock_file,
    running_stack,
    state_folder,
    supervisor,
)
from fondly.stack.embedded import Stack, attached_stack
from fondly.stack.local_mail import MAILBOX
from fondly.stack.processes import ProcessDiedError, StackNotReadyError, last_line

START_S = 120.0
STOP_S = 90.0
"""Services take leave first, then the emulator writes what it holds."""
POLL_S = 0.1
LOCK_S = 2.0
"""Others hold the lock only for as long as it takes to ask whether it is free."""
SHARED = ("AWS_", "FONDLY_")
CHECKOUT = "FONDLY_CHECKOUT"
AFRESH = "afresh"
"""A file in the folder of what is kept: the stack was begun by a demo, and nobody has gone on with it."""
HERE = Path(__file__).parents[5]
"""This checkout, whose code a stack runs; the virtual environment of an installed package."""


def own_stack() -> BackgroundStack | None:
    """Return the stack that is running; raise `StackNotReadyError` if it runs another checkout's code."""
    stack = running_stack()
    if stack and (other := stack.variables.get(CHECKOUT)) != str(HERE):
        raise StackNotReadyError(f"the local stack of {other} is running: stop it with `fondly down` first")
    return stack


def start_stack(*, afresh: bool = False) -> BackgroundStack:
    """Start a stack that outlives this process; raise `StackNotReadyError` if it does not come up.

    It goes on where the last one ended, or else `afresh`: then what a stack that was begun so has left is
    deleted, but nothing that somebody has gone on with.
    """
    folder = state_folder()
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _begin(folder, afresh=afresh)
    with folder.log.open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "fondly.stack.supervisor"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        stack = _await_ready(supervisor, folder)
    except BaseException:
        supervisor.terminate()
        supervisor.wait()
        raise
    supervisor.returncode = 0  # detached: nobody waits for it
    return stack


def _begin(folder: StateFolder, *, afresh: bool) -> None:
    mark = folder.state / AFRESH
    if supervisor(folder):
        return  # another one is running, which the new supervisor will say
    if afresh and folder.state.exists() and not mark.exists():
        raise StackNotReadyError(
            "an earlier stack's runs are kept: `fondly up` goes on with them, `fondly down --erase` deletes"
            " them"
        )
    if afresh:
        erase_state(folder)
        folder.state.mkdir(mode=0o700)
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def erase_state(folder: StateFolder) -> None:
    """Delete what stacks have left: their stores, and the emails that have arrived."""
    for left in (folder.state, folder.path / MAILBOX):
        shutil.rmtree(left, ignore_errors=True)


def stop_stack() -> bool:
    """Stop the stack, also one that is still starting; return whether there was one."""
    folder = state_folder()
    pid = supervisor(folder)
    if pid:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        while supervisor(folder) == pid:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)  # its children get a SIGTERM of their own
            time.sleep(POLL_S)
    folder.exports.unlink(missing_ok=True)
    return pid is not None


@contextmanager
def supervising(folder: StateFolder) -> Iterator[None]:
    """Be the one supervisor of the folder; raise `StackNotReadyError` if there is another."""
    with folder.lock.open("a+") as lock:
        deadline = time.monotonic() + LOCK_S
        while not lock_file(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise StackNotReadyError("another local stack is running or starting")
            time.sleep(POLL_S)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        folder.exports.unlink(missing_ok=True)
        try:
            yield
        finally:
            folder.exports.unlink(missing_ok=True)


def write_exports(folder: StateFolder, environment: Mapping[str, str]) -> None:
    """Announce that the stack is ready: write its variables, readable by its owner only."""
    shared = {name: value for name, value in environment.items() if name.startswith(SHARED)}
    draft = folder.exports.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(export_lines(shared))
    draft.replace(folder.exports)


def export_lines(environment: Mapping[str, str]) -> str:
    """Return `export NAME=value` lines, quoted for a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


def _await_ready(supervisor: subprocess.Popen[bytes], folder: StateFolder) -> BackgroundStack:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise StackNotReadyError(f"the stack did not start: {last_line(folder.log)}")
        if (stack := running_stack()) and stack.pid == supervisor.pid:
            return stack
        time.sleep(POLL_S)
    raise StackNotReadyError(f"the stack is not ready after {START_S:.0f} s; logs in {folder.path}")


@dataclass(frozen=True)
class KeptStack(Stack):
    """A stack that its supervisor keeps running."""

    background: BackgroundStack

    def check(self) -> None:
        """Raise `ProcessDiedError` if the supervisor has stopped the stack."""
        if running_stack() is None:
            raise ProcessDiedError(f"the stack has stopped: {last_line(self.background.folder.log)}")


def require_no_stack() -> None:
    """Raise `StackNotReadyError` if a background stack is running."""
    if running_stack():
        raise StackNotReadyError("a local stack is already running: stop it with `fondly down` first")


@contextmanager
def kept_stack(log_dir: Path) -> Iterator[KeptStack]:
    """Start the background stack and leave it running unless interrupted; copy its logs to `log_dir`."""
    background = start_stack(afresh=True)
    try:
        with attached_stack(background.variables) as stack:
            yield KeptStack(stack.resources, stack.variables, background)
    except KeyboardInterrupt:
        stop_stack()
        raise
    finally:
        shutil.copytree(background.folder.logs, log_dir, dirs_exist_ok=True)
