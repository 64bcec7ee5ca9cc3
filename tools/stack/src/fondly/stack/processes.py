"""Starts processes with a log each, notices when one dies, and stops them in reverse order."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from fondly.stack.restarting import Restarts

STOP_S = 30.0

TELLING = ("event", "reason", "error", "exception")
"""The fields of a line of a log that say what happened."""

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class ProcessDiedError(Exception):
    """A process ended without being stopped; the message quotes the last line of its log, and names it."""


@dataclass
class _Running:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_needed: bool
    process: subprocess.Popen[bytes] = field(init=False)
    restarts: Restarts = field(default_factory=Restarts)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches this process only."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, no Python state touched
            )
        self.restarts = self.restarts.started(time.monotonic())

    @property
    def death(self) -> str:
        """How it ended, in a line."""
        code = self.process.poll() or 0
        if code < 0:
            return f"{self.name} was killed by {signal.Signals(-code).name}; its log is {self.log}"
        return f"{self.name} ended with code {code}: {last_line(self.log)}; its log is {self.log}"


class StackNotReadyError(Exception):
    """A server did not answer in time, or there is no stack to start or to use."""


class Processes:
    """A context manager that stops every process started in it."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self._running: list[_Running] = []
        log_dir.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """Return itself, with nothing started."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self.stop()

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        python: str = sys.executable,
        is_needed: bool = True,
    ) -> None:
        """Start `python <arguments>`, in this process's environment and what is given.

        Nothing ends because of one that is not needed.
        """
        log = self._log_dir / f"{name}.log"
        running = _Running(name, [python, *arguments], environment, log, is_needed)
        running.start()
        self._running.append(running)

    def kill(self, name: str) -> None:
        """Kill one without warning, as a lost host does; another may then be started under its name."""
        for running in [each for each in self._running if each.name == name]:
            running.process.kill()
            running.process.wait()
            self._running.remove(running)

    def end(self, *names: str) -> None:
        """Stop some as a deployment does, with time to take leave; their names are free again."""
        ending = [each for each in self._running if each.name in names]
        self._running = [each for each in self._running if each.name not in names]
        _end(ending)

    def dismiss(self, *, but: str) -> None:
        """Have all but one take leave, without waiting for that."""
        _tell([each for each in self._running if each.name != but])

    def ended(self) -> list[str]:
        """The names of processes that have ended without being stopped."""
        return [running.name for running in self._running if running.process.poll() is not None]

    def check(self) -> None:
        """Raise `ProcessDiedError` when one that is needed has ended."""
        for running in self._running:
            if running.is_needed and running.process.poll() is not None:
                raise ProcessDiedError(running.death)

    def revive(self, now: float, *, vital: str) -> Iterator[str]:
        """Start again what has died, each when it is due; yield a line for each death.

        Raises `ProcessDiedError` for the death of `vital`, and of what is needed and has died too often.
        """
        for running in self._running:
            if running.process.poll() is None:
                continue
            if running.restarts.due_at is None:
                running.restarts = running.restarts.died(now)
                is_over = running.name == vital or running.restarts.given_up
                if is_over and running.is_needed:
                    raise ProcessDiedError(running.death)
                yield f"{running.death}; it is {'not ' if is_over else ''}started again"
            elif now >= running.restarts.due_at and not running.restarts.given_up:
                running.start()

    def stop(self) -> None:
        """Send SIGTERM to all, the last started first; kill those still running after `STOP_S`."""
        _end(self._running[::-1])
        self._running.clear()


def _end(ending: Sequence[_Running]) -> None:
    """Send SIGTERM to all in this order; kill those still running after `STOP_S`."""
    _tell(ending)
    deadline = time.monotonic() + STOP_S
    for running in ending:
        try:
            running.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()


def _tell(ending: Sequence[_Running]) -> None:
    for running in ending:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)


def _end_with_parent() -> None:
    """Have the kernel send SIGTERM to this process when its parent is killed (Linux: `prctl(2)`)."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port(wanted: int = 0) -> int:
    """A TCP port on the loopback interface with no listener: the one that is wanted, unless it has one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # of a server that has just ended
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def last_line(log: Path) -> str:
    """The last line of a log, for people: of one in JSON what happened, and why."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    line = lines[-1].strip() if lines else "nothing is in its log"
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict):
        return line
    return ": ".join(str(fields[name]) for name in TELLING if fields.get(name)) or line
