"""Starts processes with a log each, notices when one dies, and stops them in reverse order."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

STOP_S = 30.0
LAST_LINES = 5

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


class ProcessDiedError(Exception):
    """A process ended without being stopped; the message names its log and quotes the log's end."""


@dataclass(frozen=True)
class _Running:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


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
    ) -> None:
        """Start `python <arguments>` in a session of its own, so that Ctrl-C reaches this process only."""
        log = self._log_dir / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                [python, *arguments],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, no Python state touched
            )
        self._running.append(_Running(name, process, log))

    def kill(self, name: str) -> None:
        """Kill one without warning, as a lost host does; another may then be started under its name."""
        for running in [each for each in self._running if each.name == name]:
            running.process.kill()
            running.process.wait()
            self._running.remove(running)

    def end(self, name: str) -> None:
        """Stop one as a deployment does, with time to take leave; its name is free again."""
        ending = [each for each in self._running if each.name == name]
        self._running = [each for each in self._running if each.name != name]
        _end(ending)

    def ended(self) -> list[str]:
        """The names of processes that have ended without being stopped."""
        return [running.name for running in self._running if running.process.poll() is not None]

    def check(self) -> None:
        """Raise `ProcessDiedError` when one has ended."""
        for running in self._running:
            code = running.process.poll()
            if code is not None:
                raise ProcessDiedError(
                    f"{running.name} ended with code {code}; its log {running.log} ends with\n"
                    + last_lines(running.log)
                )

    def stop(self) -> None:
        """Send SIGTERM to all, the last started first; kill those still running after `STOP_S`."""
        _end(self._running[::-1])
        self._running.clear()


def _end(ending: Sequence[_Running]) -> None:
    """Send SIGTERM to all in this order; kill those still running after `STOP_S`."""
    for running in ending:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    for running in ending:
        try:
            running.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()


def _end_with_parent() -> None:
    """Have the kernel send SIGTERM to this process when its parent is killed (Linux: `prctl(2)`)."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A TCP port on the loopback interface with no listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def last_lines(log: Path) -> str:
    """The end of a log, indented."""
    lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join(f"  {line}" for line in lines) or "  (nothing)"
