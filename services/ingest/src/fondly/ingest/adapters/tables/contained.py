"""Tables whose readers are not trusted with this process: a process of its own reads each, within limits."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fondly.ingest.adapters.tables import reader
from fondly.ingest.adapters.tables.table import Found, ReadAs, recorded
from fondly.ingest.domain.allowance import MIB, Allowance
from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord
from fondly.ingest.domain.errors import Fault, FileError
from fondly.ingest.domain.file_signature import Container

TICK_MS = 100
"""How soon a cancelled reading ends."""
_START = f"from {reader.__name__} import main; main()"
MAX_FRAME_BYTES = 16 * MIB
"""Several times what a batch can come to."""


class ContainedTable:
    """A table that another process reads."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", allowance: Allowance, check: Callable[[], None]
    ) -> None:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        self._process, self._asking, self._answers = process, process.stdin, process.stdout.fileno()
        self._ready = select.poll()
        self._ready.register(self._answers, select.POLLIN)
        self._allowance, self._check, self._waited_s = allowance, check, 0.0
        self._columns: list[int] | None = None
        self.bytes_read = 0

    read_as = ReadAs()

    def header(self) -> list[str]:
        """Return the names of the columns."""
        names: list[str] = self._answer()["header"]
        return names

    def only(self, columns: Collection[int]) -> None:
        """Say which columns are read; one that cannot be is told of with the first row."""
        self._columns = sorted(columns)

    def __iter__(self) -> Iterator[Found]:
        with suppress(BrokenPipeError):  # why the reader has died is told below
            self._asking.write(f"{json.dumps(self._columns)}\n".encode())
        while rows := self._answer()["rows"]:
            yield from map(_record, rows)

    def _answer(self) -> dict[str, Any]:
        size, self.bytes_read = reader.FRAME.unpack(self._read(reader.FRAME.size))
        if size > MAX_FRAME_BYTES:
            raise self._allowance.exceeded(f"{MAX_FRAME_BYTES:,} bytes at once")
        answer: dict[str, Any] = json.loads(self._read(size))
        if "error" in answer:
            raise FileError(answer["error"])
        return answer

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait()
            piece = os.read(self._answers, size - len(data))
            if not piece:
                raise self._death()
            data += piece
        return bytes(data)

    def _wait(self) -> None:
        """Wait until there is something to read; only waiting uses up the reader's time."""
        self._check()
        while not self._ready.poll(0):
            started = time.monotonic()
            self._ready.poll(TICK_MS)
            self._waited_s += time.monotonic() - started
            if self._waited_s > self._allowance.wait_s:
                raise self._allowance.exceeded(f"{self._allowance.wait_s:,} s")
            self._check()

    def _death(self) -> Exception:
        """Return why the reader has ended."""
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return self._allowance.exceeded(f"{self._allowance.cpu_s:,} s of CPU time")
        if code in {-signal.SIGABRT, -signal.SIGSEGV}:  # as libraries end without memory
            return self._allowance.exceeded(f"{self._allowance.memory_mib} MiB of memory")
        return RuntimeError(f"the process that reads a file ended with {code}")


@contextmanager
def open_contained(
    path: Path, container: Container, *, max_bytes: int, check: Callable[[], None], sheet: str | None
) -> Iterator[ContainedTable]:
    """Start a process, without credentials, that reads a file and ends with the context."""
    allowance = Allowance(path.stat().st_size)
    request = [str(path), container, str(max_bytes), *([] if sheet is None else [sheet])]
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-S", "-c", _START, *request],
        bufsize=0,
        pipesize=MIB,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        try:
            yield ContainedTable(process, allowance, check)
        finally:
            process.kill()


def _record(parts: list[Any]) -> Found:
    if len(parts) == len(("line", "cells")):
        line, cells = parts
        return CSVRecord(line, cells, recorded(cells))
    line, found, expected, column, raw = parts
    return BrokenRecord(line, Fault(found, expected), column, raw.encode("latin-1"))
