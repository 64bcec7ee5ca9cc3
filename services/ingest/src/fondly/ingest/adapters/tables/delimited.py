"""Tables in text: cells separated by commas, semicolons, tabs or vertical bars, plain or gzip."""

import csv
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fondly.ingest.adapters.tables.table import Found, ReadAs, bounded
from fondly.ingest.adapters.upload_file import Upload, open_upload
from fondly.ingest.domain.allowance import Allowance
from fondly.ingest.domain.csv_records import RecordReader
from fondly.ingest.domain.encodings import SHOWN_WESTERN, UTF8
from fondly.ingest.domain.errors import UTF8_HINT, FileError
from fondly.ingest.domain.formats.vocabulary import known_names, loosened

DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_ESCAPED_QUOTE = re.compile(rb'(?<!\\)(?:\\\\)*\\"(?=[^"\s,;|])')
_NULL = re.compile(rb"(?:^|\t)\\N(?:[\t\r\n]|$)", re.MULTILINE)
_QUOTED = re.compile(r'"[^"]*"')


class Dialect(NamedTuple):
    """What separates the cells; `skipped_lines` is how many lines come before the header and only say so."""

    delimiter: str
    skipped_lines: int


def dialect_of(head: str) -> Dialect:
    """Return the dialect of a file that begins with `head`, which has at least the first line with a text.

    The delimiter is the one that yields the most names that are known, and among equals the one that the
    header has most of outside quotes. Excel's first line `sep=;` is obeyed.
    """
    lines = head.splitlines()
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    line = lines[at] if lines else ""
    if told := _SEPARATOR_LINE.fullmatch(line):
        return Dialect(told[1], at + 1)
    bare = _QUOTED.sub("", line)
    return Dialect(max(DELIMITERS, key=lambda mark: (_known(line, mark), bare.count(mark))), 0)


def _known(line: str, delimiter: str) -> int:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return 0
    return len({name for name in map(loosened, cells) if name in known_names()})


def _is_escaped(head: bytes, delimiter: str) -> bool:
    """Whether backslashes escape, as databases write: before a quote that ends no cell, or for NULL."""
    return bool(_ESCAPED_QUOTE.search(head)) or (delimiter == "\t" and bool(_NULL.search(head)))


HEADER_BYTES = 64 * 1024


class DelimitedTable:
    """A table in text."""

    def __init__(self, upload: Upload, reader: RecordReader, allowance: Allowance) -> None:
        self._upload = upload
        self._reader = reader
        self._allowance = allowance

    @property
    def bytes_read(self) -> int:
        """How many of the file's bytes have been read."""
        return self._upload.bytes_read

    @property
    def read_as(self) -> ReadAs:
        """How its text has been read up to now."""
        if self._upload.encoding != UTF8:
            return ReadAs(
                self._upload.encoding, "its byte order mark" if self._upload.is_marked else "mapping.yaml"
            )
        western = self._reader.western
        return ReadAs(SHOWN_WESTERN if western else "", western or "", is_mixed=western is None)

    def header(self) -> list[str]:
        """Return the names of the columns."""
        return self._reader.header()

    def only(self, columns: Collection[int]) -> None:
        """Change nothing: every cell is text."""

    def __iter__(self) -> Iterator[Found]:
        return bounded(self._reader, self._allowance)


@contextmanager
def open_delimited(
    path: Path, encoding: str | None, *, max_bytes: int, check: Callable[[], None], is_strict: bool
) -> Iterator[DelimitedTable]:
    """Open a CSV file; `FileError` if its first bytes show that it is none."""
    with open_upload(path, max_bytes=max_bytes, check=check, encoding=encoding) as upload:
        head = upload.peek(HEADER_BYTES)[:HEADER_BYTES]
        if b"\r" in head.strip() and b"\n" not in head.strip():
            raise FileError(
                f"line 1: found carriage returns alone at the ends of lines, expected line feeds: {UTF8_HINT}"
            )
        dialect = dialect_of(head.decode("utf-8-sig", "replace"))
        for _ in range(dialect.skipped_lines):
            upload.readline()
        reader = RecordReader(
            upload,
            delimiter=dialect.delimiter,
            first_line=dialect.skipped_lines + 1,
            is_strict=is_strict or encoding is not None,
            is_escaped=_is_escaped(head, dialect.delimiter),
        )
        yield DelimitedTable(upload, reader, Allowance(path.stat().st_size))
