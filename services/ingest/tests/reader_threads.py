"""Reads workbooks and Parquet files in threads: some hundred files need not have a process each."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any, Self

import pytest

from fondly.ingest.adapters.tables import contained, reader

_system: Any = threading.local()
"""What each thread's reader takes for `sys`."""


class ReaderThread:
    """Stands for the process that reads a file: the same program, which answers through the same pipes."""

    def __init__(self, command: list[str], **_: object) -> None:
        asked, asking = os.pipe()
        answers, answering = os.pipe()
        self.stdin, self.stdout = open(asking, "wb", buffering=0), open(answers, "rb", buffering=0)  # noqa: PTH123, SIM115 - of pipes
        self._thread = threading.Thread(target=_main, args=(command[3:], asked, answering))
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def kill(self) -> None:
        """End the reading: nobody asks and nobody listens any longer."""
        self.stdin.close()
        self.stdout.close()

    def wait(self) -> int:
        """What a process returns that failed: the program itself answers whatever happens."""
        return 1


def _main(arguments: list[str], asked: int, answering: int) -> None:
    with suppress(BrokenPipeError), open(asked) as stdin, open(answering, "wb") as stdout:
        _system.argv, _system.stdin, _system.modules = arguments, stdin, {}
        _system.stdout = SimpleNamespace(buffer=stdout)
        reader.main()


@contextmanager
def readers_in_threads() -> Iterator[None]:
    """Let threads read files, without the limits of a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contained, "subprocess", SimpleNamespace(Popen=ReaderThread, PIPE=None, DEVNULL=None))
        patch.setattr(reader, "sys", _system)
        patch.setattr(reader, "_limit", lambda _: None)
        yield
