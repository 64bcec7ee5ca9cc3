"""How the local stack in the background is found: its supervisor holds a lock for as long as it runs."""

import fcntl
import os
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = "fondly-local"
"""The local stack's name."""
RECENT_S = 600.0


@dataclass(frozen=True)
class StateFolder:
    """The folder with everything about the background stack: `stack.env`, the lock, logs."""

    path: Path

    @property
    def exports(self) -> Path:
        """What a shell can source: `export NAME=value`, one per line. It exists while the stack is ready."""
        return self.path / "stack.env"

    @property
    def lock(self) -> Path:
        """A file that the supervisor locks; it holds the supervisor's process id."""
        return self.path / "supervisor.lock"

    @property
    def log(self) -> Path:
        """The supervisor's own log."""
        return self.path / "supervisor.log"

    @property
    def logs(self) -> Path:
        """A log per process of the stack."""
        return self.path / "logs"

    @property
    def state(self) -> Path:
        """What the stack goes on with after a restart: stores, addresses, trained models."""
        return self.path / "state"

    @property
    def deaths(self) -> Path:
        """A line for each process that has died and was started again."""
        return self.path / "deaths.log"


@dataclass(frozen=True)
class BackgroundStack:
    """A stack that runs in the background."""

    pid: int
    variables: Mapping[str, str]
    """What a client needs to reach it."""
    folder: StateFolder

    @property
    def last_death(self) -> str | None:
        """Which process died last and was started again, in the last minutes, in a line."""
        file = self.folder.deaths
        if not file.exists() or time.time() - file.stat().st_mtime > RECENT_S:
            return None
        return file.read_text(encoding="utf-8").splitlines()[-1]

    def death_of(self, name: str) -> str | None:
        """How a process of this stack died last, in a line."""
        file = self.folder.deaths
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return next((line for line in reversed(lines) if line.startswith(f"{name} ")), None)


def state_folder() -> StateFolder:
    """Return `$XDG_STATE_HOME/fondly`, by default `~/.local/state/fondly`; it need not exist."""
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    home = Path(os.environ.get("HOME", "/"))  # a container's user may have none
    return StateFolder((state if state.is_absolute() else home / ".local/state") / "fondly")


def running_stack() -> BackgroundStack | None:
    """Return the stack that is running and ready, if there is one."""
    folder = state_folder()
    pid = supervisor(folder)
    try:
        words = shlex.split(folder.exports.read_text())[1::2] if pid else []  # values may have line breaks
        variables = {name: value for name, _, value in (word.partition("=") for word in words)}
        return BackgroundStack(pid, variables, folder) if pid else None
    except FileNotFoundError:
        return None


def supervisor(folder: StateFolder) -> int | None:
    """The id of the process that holds the lock."""
    try:
        with folder.lock.open() as lock:
            return None if lock_file(lock.fileno(), fcntl.LOCK_SH) else int(lock.read() or 0) or None
    except FileNotFoundError:
        return None


def lock_file(descriptor: int, kind: int) -> bool:
    """Lock a file without waiting; return whether that was possible."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def exported(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables of this process's environment; restore them afterwards."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
