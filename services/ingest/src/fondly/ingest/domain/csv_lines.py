"""Feeds text to the csv module line by line, and takes lines back so that they can be read again."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from fondly.ingest.domain.encodings import SHOWN_WESTERN, WESTERN, decoder, looks_western
from fondly.ingest.domain.errors import NOT_TEXT, NOT_UTF8, NUL, TOO_MANY_QUOTES, Fault, long_record

BOM = b"\xef\xbb\xbf"
MAX_RECORD_BYTES = 1024 * 1024
"""Bounds the memory that an unclosed quote can take."""

FEW = 0.05
"""A share of lines that are slips, and say nothing about a file's encoding."""
MAX_REREAD_BYTES = 64 * 1024 * 1024
"""Bounds the time lost to files full of unclosed quotes; beyond it, a record may have only one line."""


class RecordError(csv.Error):
    """A record cannot be read, for a reason that the csv module does not know."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.found)
        self.fault = fault


class Lines:
    """Iterates over the lines of a file as text and remembers those of the current record.

    `first` is the number of the record's first line, `lines` are its bytes, and `flaw` says why they are not
    text, if they are not. Lines that are not UTF-8 but look western are read so, unless that `is_strict`:
    `western` says where the first is, and `is_mixed` whether too many others cannot be read.
    """

    def __init__(self, source: BinaryIO, *, max_bytes: int, first_line: int, is_strict: bool = False) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._limit = max_bytes + 1
        self._put_back: deque[bytes] = deque()
        self._bytes = 0
        self._rereads_left = MAX_REREAD_BYTES
        self._is_at_start = True
        self.first = first_line
        self.lines: list[bytes] = []
        self.flaw: Fault | None = None
        self._is_strict = is_strict
        self.western, self._westerns, self._flawed = "", 0, 0

    @property
    def is_mixed(self) -> bool:
        """Whether so many lines are neither UTF-8 nor look western that none of them may be western."""
        return self._flawed > self._westerns * FEW

    @property
    def raw(self) -> bytes:
        """The bytes of the current record."""
        return b"".join(self.lines)

    def begin(self) -> None:
        """Start a new record after the lines of the previous one."""
        self.first += len(self.lines)
        self.lines = []
        self._bytes = 0
        self.flaw = None

    def rewind(self) -> None:
        """Put back all lines of the current record except the first."""
        self._put_back.extendleft(reversed(self.lines[1:]))
        self._rereads_left -= self._bytes - len(self.lines[0])
        del self.lines[1:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.lines and self._rereads_left < 0:
            raise RecordError(TOO_MANY_QUOTES)
        line = self._put_back.popleft() if self._put_back else self._read()
        if not line:
            raise StopIteration
        self.lines.append(line)
        self._bytes += len(line)
        if self._bytes > self._max_bytes:
            raise RecordError(long_record(self._max_bytes))
        text = self.text_of(line)
        if "\0" in text:
            self.flaw = NUL
        return text

    def text_of(self, line: bytes) -> str:
        """Return a line as text; with lone surrogates, and a flaw, where it is none."""
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            return self._recovered(line, f"the byte 0x{line[error.start]:02x}")

    def _recovered(self, line: bytes, byte: str) -> str:
        is_western = looks_western(line)
        if not is_western or self._is_strict:
            self._flawed += 1
            hint = f", looks like {SHOWN_WESTERN}" if is_western else ""
            self.flaw = Fault(f"{byte} ({NOT_UTF8}{hint})", NOT_TEXT)
            return line.decode(errors="surrogateescape")
        self._westerns += 1
        self.western = self.western or f"line {self.first + len(self.lines) - 1}: {byte} is {NOT_UTF8}"
        return decoder(WESTERN).decode(line)

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
