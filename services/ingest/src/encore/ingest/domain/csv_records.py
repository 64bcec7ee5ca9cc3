"""Reads CSV records with recovery: a broken record costs one line, never the file.

The csv module decides where a record ends. If that fails, or the record has the wrong number of cells (an
unclosed quote swallows the lines after it), only its first physical line is rejected and reading resumes at
the next one. Bytes that are not UTF-8 reject only their own record. Dialect: RFC 4180.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from encore.ingest.domain.errors import FileError

BOM = b"\xef\xbb\xbf"
MAX_RECORD_BYTES = 1024 * 1024
"""Bounds the memory that an unclosed quote can take."""

MAX_REREAD_BYTES = 64 * 1024 * 1024
"""Bounds the time lost to files full of unclosed quotes; beyond it, a record may have only one line."""


class CSVRecord(NamedTuple):
    """A well-formed record; `line` is the physical line it starts on, counted from 1."""

    line: int
    cells: list[str]
    raw: bytes


class BrokenRecord(NamedTuple):
    """A malformed line, or a record that is not text; `column` counts from 0, None if unknown."""

    line: int
    reason: str
    column: int | None
    raw: bytes


class RecordReader:
    """Iterates over the records of a file, broken ones included, after its header has been read.

    Holds at most `max_bytes` of the file. Blank lines are skipped. Errors of `source` propagate. `delimiter`
    is the character between cells.
    """

    def __init__(self, source: BinaryIO, *, max_bytes: int = MAX_RECORD_BYTES, delimiter: str = ",") -> None:
        self._lines = _Lines(source, max_bytes=max_bytes)
        self._csv = csv.reader(self._lines, strict=True, delimiter=delimiter)
        self._width: int | None = None

    def header(self) -> list[str]:
        """Return the cells of the first record; `FileError` if there is none or it cannot be read."""
        found = next(self, None)
        if found is None:
            raise FileError("the file is empty")
        if isinstance(found, BrokenRecord):
            raise FileError(f"not a CSV file: line {found.line}: {found.reason}")
        self._width = len(found.cells)
        return found.cells

    def __iter__(self) -> Iterator[CSVRecord | BrokenRecord]:
        return self

    def __next__(self) -> CSVRecord | BrokenRecord:
        while True:
            self._lines.begin()
            try:
                cells = next(self._csv)
            except csv.Error as error:
                return self._reject_line(_reason(error))
            if cells:
                return self._checked(cells)

    def _checked(self, cells: list[str]) -> CSVRecord | BrokenRecord:
        lines = self._lines
        if self._width is not None and len(cells) != self._width:
            return self._reject_line(f"{len(cells)} cells, but the header has {self._width}")
        if not lines.flaw:
            return CSVRecord(lines.first, cells, lines.raw)
        column = next((number for number, cell in enumerate(cells) if _is_undecodable(cell)), None)
        return BrokenRecord(lines.first, lines.flaw, column, lines.raw)

    def _reject_line(self, reason: str) -> BrokenRecord:
        """Reject the record's first physical line and read the others again."""
        lines = self._lines
        broken = BrokenRecord(lines.first, lines.flaw or reason, None, lines.lines[0])
        lines.rewind()
        return broken


class _Lines:
    """Feeds text to the csv module line by line and remembers the lines of the current record."""

    def __init__(self, source: BinaryIO, *, max_bytes: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._put_back: deque[bytes] = deque()
        self._bytes = 0
        self._rereads_left = MAX_REREAD_BYTES
        self.first = 1
        self.lines: list[bytes] = []
        self.flaw = ""

    @property
    def raw(self) -> bytes:
        """The bytes of the current record."""
        return b"".join(self.lines)

    def begin(self) -> None:
        """Start a new record after the lines of the previous one."""
        self.first += len(self.lines)
        self.lines = []
        self._bytes = 0
        self.flaw = ""

    def rewind(self) -> None:
        """Put back all lines of the current record except the first."""
        self._put_back.extendleft(reversed(self.lines[1:]))
        self._rereads_left -= self._bytes - len(self.lines[0])
        del self.lines[1:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.lines and self._rereads_left < 0:
            raise csv.Error("line break inside quotes, in a file with too many unclosed quotes")
        line = self._put_back.popleft() if self._put_back else self._read()
        if not line:
            raise StopIteration
        self.lines.append(line)
        self._bytes += len(line)
        if self._bytes > self._max_bytes:
            raise csv.Error(f"record longer than {self._max_bytes} bytes")
        return self._decode(line)

    def _decode(self, line: bytes) -> str:
        if b"\0" in line:
            self.flaw = "contains a NUL byte"
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            self.flaw = f"not UTF-8 (byte 0x{line[error.start]:02x})"
            return line.decode(errors="surrogateescape")

    def _read(self) -> bytes:
        """Return the next physical line; if it exceeds the limit, just enough of it to tell."""
        line = self._source.readline(self._max_bytes + 1)
        if self.first == 1 and not self.lines:
            line = line.removeprefix(BOM)
        rest = line
        while len(rest) > self._max_bytes and not rest.endswith(b"\n"):
            rest = self._source.readline(self._max_bytes + 1)
        return line


def _is_undecodable(cell: str) -> bool:
    return "\0" in cell or any("\udc80" <= char <= "\udcff" for char in cell)


def _reason(error: csv.Error) -> str:
    known = {
        "unexpected end of data": "quote is never closed",
        "',' expected after '\"'": "misplaced quote: text follows a closing quote",
    }
    text = str(error)
    if text.startswith("new-line character seen in unquoted field"):
        return "carriage return without a line feed"
    if text.startswith("field larger than field limit"):
        return f"cell longer than {csv.field_size_limit()} characters"
    return known.get(text, text)
