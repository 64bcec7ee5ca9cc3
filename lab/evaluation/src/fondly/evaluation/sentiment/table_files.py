"""Reads CSV, TSV and JSON Lines, plain or gzip: good rows by column name, bad rows with line and reason."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.ingest.domain.csv_lines import BOM
from fondly.ingest.domain.csv_records import BrokenRecord, RecordReader
from fondly.ingest.domain.errors import FileError, described
from fondly.ingest.domain.file_signature import GZIP, HEAD_BYTES, require_csv

DELIMITERS = ",\t;"
"""The one that the header has most of divides the cells; the first of these where there is none."""


class TableRow(NamedTuple):
    """A row's values by column; `line` counts from 1."""

    line: int
    values: dict[str, str]


class BadRow(Frozen):
    """A row that cannot be used, without its text."""

    line: int
    reason: str


def read_table(path: Path, columns: Sequence[str]) -> Iterator[TableRow | BadRow]:
    """Yield a file's rows, its format known by its content; raise `EvaluationError` if it cannot be read."""
    try:
        with _opened(path) as file:
            head = file.peek(HEAD_BYTES)[:HEAD_BYTES].removeprefix(BOM).lstrip()
            if head.startswith(b"{"):
                yield from _json_lines(file)
            else:
                require_csv(head)
                yield from _delimited(file, _delimiter(head), columns)
    except FileError as error:
        raise EvaluationError(f"{path}: {error}") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise EvaluationError(f"{path}: the gzip file is damaged or ends too early") from error


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    with path.open("rb") as file:
        if file.peek(len(GZIP)).startswith(GZIP):
            yield io.BufferedReader(gzip.GzipFile(fileobj=file))
        else:
            yield file


def _json_lines(file: BinaryIO) -> Iterator[TableRow | BadRow]:
    for number, line in enumerate(file, start=1):
        if not line.removeprefix(BOM).strip():
            continue
        try:
            found = json.loads(line.removeprefix(BOM).decode())
        except (ValueError, RecursionError):
            yield BadRow(line=number, reason="not JSON in UTF-8")
            continue
        if isinstance(found, dict):
            yield TableRow(number, {name: _written(value) for name, value in found.items()})
        else:
            yield BadRow(line=number, reason="not a JSON object")


def _written(value: object) -> str:
    """Return a string as it is, nothing for null, and other values as JSON writes them."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _delimiter(head: bytes) -> str:
    header = head.partition(b"\n")[0].decode(errors="replace")
    return max(DELIMITERS, key=header.count)


def _delimited(file: BinaryIO, delimiter: str, columns: Sequence[str]) -> Iterator[TableRow | BadRow]:
    reader = RecordReader(file, delimiter=delimiter)
    names = [name.strip() for name in reader.header()]
    if missing := [name for name in columns if name not in names]:
        raise FileError(f"there is no column {', '.join(missing)}; it has {', '.join(names)}")
    for found in reader:
        cells = _unquoted(found.raw, delimiter) if isinstance(found, BrokenRecord) else found.cells
        if len(cells) == len(names):
            yield TableRow(found.line, dict(zip(names, cells, strict=True)))
        elif isinstance(found, BrokenRecord):
            yield BadRow(line=found.line, reason=described(found.fault.expected, found.fault.found))


def _unquoted(line: bytes, delimiter: str) -> list[str]:
    """Return what is between the tabs of a line: in many files with tabs, quotes mean nothing."""
    try:
        return line.decode().rstrip("\r\n").split(delimiter) if delimiter == "\t" else []
    except UnicodeDecodeError:
        return []
