"""The libraries that `consumer.py` compares: how each sends messages and runs one worker."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[1]
REQUIREMENTS = FOLDER / "requirements-consumer.txt"
WORKERS = "harness.workers"


@dataclass(frozen=True)
class Library:
    """A library and its worker; without a `producer`, bodies are sent unwrapped."""

    name: str
    worker: Callable[[int], list[str]]
    """Arguments of `python` for a worker that handles so many messages at a time."""
    python: Path = Path(sys.executable)
    producer: str | None = None

    def produce(self, count: int, body: str, environment: Mapping[str, str]) -> None:
        """Send the body so many times, in the library's own envelope."""
        command = [str(self.python), "-m", str(self.producer), str(count), body]
        subprocess.run(command, env={**os.environ, **environment}, check=True)  # noqa: S603 - our own module


def libraries() -> dict[str, Library]:
    """All libraries by name, ours and the bare loop first; installs the others when they are missing."""
    python = peers_python()
    return {each.name: each for each in (*_ours(), *_peers(python))}


def _ours() -> list[Library]:
    return [
        Library("fondly", lambda _: ["-m", f"{WORKERS}.fondly"]),
        Library("bare aiobotocore", lambda _: ["-m", f"{WORKERS}.bare"]),
    ]


def _peers(python: Path) -> list[Library]:
    return [
        Library("dramatiq-sqs", _dramatiq, python, f"{WORKERS}.with_dramatiq"),
        Library("celery[sqs]", _celery, python, f"{WORKERS}.with_celery"),
        Library("taskiq-aio-sqs", _taskiq, python, f"{WORKERS}.with_taskiq"),
    ]


def _dramatiq(concurrency: int) -> list[str]:
    options = ["--processes", "1", "--threads", str(concurrency), "--skip-logging"]
    return ["-m", "dramatiq", f"{WORKERS}.with_dramatiq", *options]


def _celery(concurrency: int) -> list[str]:
    """The thread pool: with a no-op handler it costs less than a process per core."""
    options = ["--pool", "threads", "--concurrency", str(concurrency), "--loglevel", "ERROR"]
    return ["-m", "celery", "--quiet", "--app", f"{WORKERS}.with_celery", "worker", *options]


def _taskiq(concurrency: int) -> list[str]:
    options = ["--workers", "1", "--max-async-tasks", str(concurrency), "--log-level", "ERROR"]
    return ["-m", "taskiq", "worker", f"{WORKERS}.with_taskiq:broker", *options]


def peers_python() -> Path:
    """The interpreter of an environment in the user's cache folder with the other libraries."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "fondly-benchmarks" / sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
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
