"""CSV records from physical lines, with recovery: what is broken costs its own line, never the file.

The csv module decides where a record ends. When that fails, or the record has the wrong number of cells (an
unclosed quote swallows the lines after it), only its first physical line is given up and reading goes on at
the next one. Bytes that are not UTF-8 spoil their record alone. Dialect: RFC 4180.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from encore.ingest.domain.errors import FileError

BOM = b"\xef\xbb\xbf"
MAX_RECORD_BYTES = 1024 * 1024
"""Bounds what a quote that is never closed makes the reader hold."""

MAX_REREAD_BYTES = 64 * 1024 * 1024
"""Bounds the time lost to files made of unclosed quotes; past it, a record is given one line and no more."""


class Record(NamedTuple):
    """A whole record; `line` is the physical line it starts on, the first being 1."""

    line: int
    cells: list[str]
    raw: bytes


class Broken(NamedTuple):
    """A line that is no record, or a record that holds no text; `column` counts from 0 where it is known."""

    line: int
    reason: str
    column: int | None
    raw: bytes


class RecordReader:
    """Iterates over the records of a file, broken ones included, once its header was read.

    Holds at most `max_bytes` of the file. Blank lines are skipped. What `source` raises passes through.
    """

    def __init__(self, source: BinaryIO, *, max_bytes: int = MAX_RECORD_BYTES) -> None:
        self._lines = _Lines(source, max_bytes=max_bytes)
        self._csv = csv.reader(self._lines, strict=True)
        self._width: int | None = None

    def header(self) -> list[str]:
        """Return the cells of the first record; `FileError` when there is none or it cannot be read."""
        found = next(self, None)
        if found is None:
            raise FileError("the file is empty")
        if isinstance(found, Broken):
            raise FileError(f"not CSV: line {found.line}: {found.reason}")
        self._width = len(found.cells)
        return found.cells

    def __iter__(self) -> Iterator[Record | Broken]:
        return self

    def __next__(self) -> Record | Broken:
        while True:
            self._lines.begin()
            try:
                cells = next(self._csv)
            except csv.Error as error:
                return self._give_up_line(_reason(error))
            if cells:
                return self._checked(cells)

    def _checked(self, cells: list[str]) -> Record | Broken:
        lines = self._lines
        if self._width is not None and len(cells) != self._width:
            return self._give_up_line(f"{len(cells)} cells where the header has {self._width}")
        if not lines.flaw:
            return Record(lines.first, cells, lines.raw)
        column = next((number for number, cell in enumerate(cells) if _is_spoilt(cell)), None)
        return Broken(lines.first, lines.flaw, column, lines.raw)

    def _give_up_line(self, reason: str) -> Broken:
        """Reject the record's first physical line and give the others back."""
        lines = self._lines
        broken = Broken(lines.first, lines.flaw or reason, None, lines.taken[0])
        lines.rewind()
        return broken


class _Lines:
    """Feeds the csv module text, line by line, and remembers what the current record took."""

    def __init__(self, source: BinaryIO, *, max_bytes: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._returned: deque[bytes] = deque()
        self._bytes = 0
        self._rereads_left = MAX_REREAD_BYTES
        self.first = 1
        self.taken: list[bytes] = []
        self.flaw = ""

    @property
    def raw(self) -> bytes:
        """The bytes of the current record."""
        return b"".join(self.taken)

    def begin(self) -> None:
        """Start a new record after the lines of the last one."""
        self.first += len(self.taken)
        self.taken = []
        self._bytes = 0
        self.flaw = ""

    def rewind(self) -> None:
        """Give back all lines of the current record but the first."""
        self._returned.extendleft(reversed(self.taken[1:]))
        self._rereads_left -= self._bytes - len(self.taken[0])
        del self.taken[1:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.taken and self._rereads_left < 0:
            raise csv.Error("a line break within quotes, in a file with too many unclosed ones")
        line = self._returned.popleft() if self._returned else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._bytes += len(line)
        if self._bytes > self._max_bytes:
            raise csv.Error(f"a record longer than {self._max_bytes} bytes")
        return self._decode(line)

    def _decode(self, line: bytes) -> str:
        if b"\0" in line:
            self.flaw = "a NUL byte"
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            self.flaw = f"not UTF-8 (byte 0x{line[error.start]:02x})"
            return line.decode(errors="surrogateescape")

    def _read(self) -> bytes:
        """Return the next physical line; of one beyond the limit only its beginning, enough to see that."""
        line = self._source.readline(self._max_bytes + 1)
        if self.first == 1 and not self.taken:
            line = line.removeprefix(BOM)
        rest = line
        while len(rest) > self._max_bytes and not rest.endswith(b"\n"):
            rest = self._source.readline(self._max_bytes + 1)
        return line


def _is_spoilt(cell: str) -> bool:
    return "\0" in cell or any("\udc80" <= char <= "\udcff" for char in cell)


def _reason(error: csv.Error) -> str:
    known = {
        "unexpected end of data": "a quote that is never closed",
        "',' expected after '\"'": "a quote out of place: text after it closes",
    }
    text = str(error)
    if text.startswith("new-line character seen in unquoted field"):
        return "a carriage return without a line feed"
    return known.get(text, text)
