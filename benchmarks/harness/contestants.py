"""The libraries that `bus.py` compares: how each sends, and how each runs one worker."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[1]
REQUIREMENTS = FOLDER / "requirements-bus.txt"
WORKERS = "harness.workers"


@dataclass(frozen=True)
class Contestant:
    """A library with its worker; `producer` is None where messages are sent as they are."""

    name: str
    worker: Callable[[int], list[str]]
    """Arguments of `python` for a worker of so many messages at a time."""
    python: Path = Path(sys.executable)
    producer: str | None = None

    def produce(self, count: int, body: str, environment: Mapping[str, str]) -> None:
        """Send the body so many times, wrapped as this library does."""
        command = [str(self.python), "-m", str(self.producer), str(count), body]
        subprocess.run(command, env={**os.environ, **environment}, check=True)  # noqa: S603 - our own module


def contestants() -> dict[str, Contestant]:
    """All of them by name, ours and the bare loop first; peers are installed when they are missing."""
    python = peers_python()
    return {each.name: each for each in (*_at_home(), *_peers(python))}


def _at_home() -> list[Contestant]:
    return [
        Contestant("encore", lambda _: ["-m", f"{WORKERS}.encore"]),
        Contestant("bare aiobotocore", lambda _: ["-m", f"{WORKERS}.bare"]),
    ]


def _peers(python: Path) -> list[Contestant]:
    return [
        Contestant("dramatiq-sqs", _dramatiq, python, f"{WORKERS}.with_dramatiq"),
        Contestant("celery[sqs]", _celery, python, f"{WORKERS}.with_celery"),
        Contestant("taskiq-aio-sqs", _taskiq, python, f"{WORKERS}.with_taskiq"),
    ]


def _dramatiq(concurrency: int) -> list[str]:
    options = ["--processes", "1", "--threads", str(concurrency), "--skip-logging"]
    return ["-m", "dramatiq", f"{WORKERS}.with_dramatiq", *options]


def _celery(concurrency: int) -> list[str]:
    """Its pool of threads: measured with a no-op, it costs less than a process a core."""
    options = ["--pool", "threads", "--concurrency", str(concurrency), "--loglevel", "ERROR"]
    return ["-m", "celery", "--quiet", "--app", f"{WORKERS}.with_celery", "worker", *options]


def _taskiq(concurrency: int) -> list[str]:
    options = ["--workers", "1", "--max-async-tasks", str(concurrency), "--log-level", "ERROR"]
    return ["-m", "taskiq", "worker", f"{WORKERS}.with_taskiq:broker", *options]


def peers_python() -> Path:
    """The interpreter of an environment below the user's cache that holds the peers."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "encore-benchmarks" / sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if not ready.exists():
        for arguments in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS)],
        ):
            subprocess.run(arguments, check=True)  # noqa: S603 - an interpreter and a file of our own
        ready.touch()
    return python
