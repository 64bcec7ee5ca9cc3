"""Reads CSV records with recovery: a broken record costs one line, never the file.

The csv module decides where a record ends. If that fails, or the record has the wrong number of cells (an
unclosed quote swallows the lines after it), only its first physical line is rejected and reading resumes at
the next one. Bytes that are not UTF-8 reject only their own record. Dialect: RFC 4180; where tabs separate
the cells, quotes that do not fit it are text, since many programs write none.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from fondly.ingest.domain.csv_lines import MAX_RECORD_BYTES, Lines, RecordError
from fondly.ingest.domain.errors import (
    LONE_RETURN,
    MISPLACED_QUOTE,
    NOT_TEXT,
    UNCLOSED_QUOTE,
    UTF8_HINT,
    Fault,
    FileError,
    RowError,
    described,
    long_cell,
    wrong_width,
)

MAX_BLANK_LINES = 100_000
"""In a row; a few kilobytes of gzip can hold millions of them."""

_NULLS = re.compile(r"(?:(?<=[,;|\t])|^)\\N(?=[,;|\t\r\n]|$)")
_LETTERS = re.compile(r"\\([\\ntr])")
_BEFORE_QUOTES = frozenset("= ")
_WRAPPED = re.compile(r'(?:=| +)"([^"]*)"\s*')


class CSVRecord(NamedTuple):
    """A well-formed record; `line` is the physical line it starts on, counted from 1."""

    line: int
    cells: list[str]
    raw: bytes


class BrokenRecord(NamedTuple):
    """A malformed line, or a record that is not text; `column` counts from 0, None if unknown."""

    line: int
    fault: Fault
    column: int | None
    raw: bytes

    def error(self, header: Sequence[str]) -> RowError:
        """Return what is wrong with it, by the name of the column."""
        column = None if self.column is None else header[self.column]
        return RowError(self.fault.expected, column=column, found=self.fault.found)


class RecordReader:
    """Iterates over the records of a file, broken ones included, after its header has been read.

    Holds at most `max_bytes` of the file. Lines without a value are skipped; more than `MAX_BLANK_LINES` of
    them in a row raise `FileError`. Errors of `source` propagate. `delimiter` is the character between cells,
    and `first_line` the number of the line at which `source` starts. If it `is_escaped`, a backslash stands
    before quotes, separators and line breaks that are text.
    """

    def __init__(
        self,
        source: BinaryIO,
        *,
        max_bytes: int = MAX_RECORD_BYTES,
        delimiter: str = ",",
        first_line: int = 1,
        is_strict: bool = False,
        is_escaped: bool = False,
    ) -> None:
        self._lines = Lines(source, max_bytes=max_bytes, first_line=first_line, is_strict=is_strict)
        lines = map(_without_letters, self._lines) if is_escaped else self._lines
        escape = "\\" if is_escaped else None
        self._csv = csv.reader(lines, strict=True, delimiter=delimiter, escapechar=escape)
        self._delimiter = delimiter
        self._width = 0
        self._blank_lines = 0

    def header(self) -> list[str]:
        """Return the cells of the first record; `FileError` if there is none or it cannot be read."""
        found = next(self, None)
        if found is None:
            raise FileError("the file is empty")
        if isinstance(found, BrokenRecord):
            hint = f": {UTF8_HINT}" if found.fault.expected == NOT_TEXT else ""
            problem = described(found.fault.expected, found.fault.found)
            raise FileError(f"not a CSV file: line {found.line}: {problem}{hint}")
        self._width = len(found.cells)
        return found.cells

    @property
    def western(self) -> str | None:
        """Where the first line is that was read as Windows-1252: "" if none, None if some cannot be read."""
        return None if self._lines.is_mixed else self._lines.western

    def __iter__(self) -> Iterator[CSVRecord | BrokenRecord]:
        return self

    def __next__(self) -> CSVRecord | BrokenRecord:
        lines = self._lines
        while True:
            lines.begin()
            try:
                cells = next(self._csv)
            except csv.Error as error:
                return self._reject_line(_fault(error, self._delimiter))
            if any(cells) and (len(cells) > 1 or self._width == 1 or not cells[0].isspace()):
                self._blank_lines = 0
                if len(cells) == self._width and len(lines.lines) == 1 and not lines.flaw:
                    return CSVRecord(lines.first, _as_meant(cells), lines.lines[0])
                return self._checked(cells)
            self._skip_blank_line()

    def _skip_blank_line(self) -> None:
        self._blank_lines += 1
        if self._blank_lines > MAX_BLANK_LINES:
            raise FileError(f"line {self._lines.first}: more than {MAX_BLANK_LINES} blank lines in a row")

    def _checked(self, cells: list[str]) -> CSVRecord | BrokenRecord:
        lines = self._lines
        if len(cells) != self._width and self._width:
            return self._reject_line(wrong_width(len(cells), self._width))
        if self._has_swallowed_lines(cells):
            return self._reject_line(UNCLOSED_QUOTE)
        if not lines.flaw:
            return CSVRecord(lines.first, _as_meant(cells), lines.raw)
        column = next((number for number, cell in enumerate(cells) if _is_undecodable(cell)), None)
        return BrokenRecord(lines.first, lines.flaw, column, lines.raw)

    def _has_swallowed_lines(self, cells: list[str]) -> bool:
        """Return whether a quote within a text has taken the cells of the lines after it for text."""
        is_across = self._delimiter == "\t" and len(self._lines.lines) > 1
        return is_across and any("\t" in cell for cell in cells)

    def _reject_line(self, fault: Fault) -> CSVRecord | BrokenRecord:
        """Reject the record's first physical line and read the others again."""
        lines = self._lines
        line = lines.lines[0]
        unquoted = self._unquoted(line)
        lines.rewind()
        if unquoted:
            return CSVRecord(lines.first, unquoted, line)
        return BrokenRecord(lines.first, lines.flaw or fault, None, line)

    def _unquoted(self, line: bytes) -> list[str]:
        """Return the cells of a line with tabs whose quotes mean nothing; none if that does not fit."""
        if self._delimiter != "\t" or self._lines.flaw:
            return []
        cells = self._lines.text_of(line).rstrip("\r\n").split("\t")
        return cells if len(cells) == self._width else []


def _without_letters(line: str) -> str:
    """Return a line of a database's export without its NULLs, and with spaces for its line breaks and tabs.

    Source: PostgreSQL, COPY, "Text Format"; MySQL, SELECT ... INTO OUTFILE, writes them as they are, escaped.
    """
    return _LETTERS.sub(lambda found: found[0] if found[1] == "\\" else " ", _NULLS.sub("", line))


def _as_meant(cells: list[str]) -> list[str]:
    """Return cells without what some programs put around a text: `="001"`, or a space before its quotes."""
    return [
        found[1] if cell[:1] in _BEFORE_QUOTES and (found := _WRAPPED.fullmatch(cell)) else cell
        for cell in cells
    ]


def _is_undecodable(cell: str) -> bool:
    return "\0" in cell or any("\udc80" <= char <= "\udcff" for char in cell)


def _fault(error: csv.Error, delimiter: str) -> Fault:
    if isinstance(error, RecordError):
        return error.fault
    text = str(error)
    if text == "unexpected end of data":
        return UNCLOSED_QUOTE
    if text == f"'{delimiter}' expected after '\"'":
        return MISPLACED_QUOTE
    if text.startswith("new-line character seen in unquoted field"):
        return LONE_RETURN
    if text.startswith("field larger than field limit"):
        return long_cell(csv.field_size_limit())
    return Fault(text, "CSV by RFC 4180")
