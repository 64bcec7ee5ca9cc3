"""Feeds text to the csv module line by line, and takes lines back so that they can be read again."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from encore.ingest.domain.encodings import NOT_UTF8, looks_like

BOM = b"\xef\xbb\xbf"
MAX_RECORD_BYTES = 1024 * 1024
"""Bounds the memory that an unclosed quote can take."""

MAX_REREAD_BYTES = 64 * 1024 * 1024
"""Bounds the time lost to files full of unclosed quotes; beyond it, a record may have only one line."""


class Lines:
    """Iterates over the lines of a file as text and remembers those of the current record.

    `first` is the number of the record's first line, `lines` are its bytes, and `flaw` says why they are not
    text, if they are not.
    """

    def __init__(self, source: BinaryIO, *, max_bytes: int, first_line: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._limit = max_bytes + 1
        self._put_back: deque[bytes] = deque()
        self._bytes = 0
        self._rereads_left = MAX_REREAD_BYTES
        self._is_at_start = True
        self.first = first_line
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
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            self.flaw = f"{NOT_UTF8} (byte 0x{line[error.start]:02x}{looks_like(line)})"
            return line.decode(errors="surrogateescape")
        if "\0" in text:
            self.flaw = "contains a NUL byte"
        return text

    def _read(self) -> bytes:
        """Return the next line; if it exceeds the limit, just enough of it to tell."""
        line = self._source.readline(self._limit)
        if len(line) < self._limit and not self._is_at_start:
            return line
        rest = line
        while len(rest) == self._limit and not rest.endswith(b"\n"):
            rest = self._source.readline(self._limit)
        if not self._is_at_start:
            return line
        self._is_at_start = False
        return line.removeprefix(BOM)
