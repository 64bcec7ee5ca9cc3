"""Reads workbooks and Parquet files in threads: some hundred files need not have a process each."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from fondly.ingest.adapters.tables import contained, reader

_system: Any = threading.local()
"""What each thread's reader takes for `sys`."""


@contextmanager
def reader_thread(command: list[str], **_: object) -> Iterator[SimpleNamespace]:
    """Stand for the process that reads a file: the same program, which answers through the same pipes."""
    (asked, asking), (answers, answering) = os.pipe(), os.pipe()
    thread = threading.Thread(target=_main, args=(command[3:], asked, answering))
    thread.start()
    try:
        with open(asking, "wb", 0) as stdin, open(answers, "rb", 0) as stdout:  # noqa: PTH123 - of pipes
            yield SimpleNamespace(stdin=stdin, stdout=stdout, kill=stdout.flush)
    finally:
        thread.join()  # nobody asks and nobody listens any longer


def _main(arguments: list[str], asked: int, answering: int) -> None:
    with suppress(BrokenPipeError), open(asked) as stdin, open(answering, "wb") as stdout:
        _system.argv, _system.stdin, _system.modules = arguments, stdin, {}
        _system.stdout = SimpleNamespace(buffer=stdout)
        reader.main()


@contextmanager
def readers_in_threads() -> Iterator[None]:
    """Let threads read files, without the limits of a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contained, "subprocess", SimpleNamespace(Popen=reader_thread, PIPE=None, DEVNULL=None))
        patch.setattr(reader, "sys", _system)
        patch.setattr(reader, "_limit", lambda _: None)
        yield


@pytest.fixture(scope="module")
def reader_threads() -> Iterator[None]:
    """Hundreds of small files are read; that processes read them is shown by a few tests of their own."""
    with readers_in_threads():
        yield
