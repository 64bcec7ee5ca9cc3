"""Reads lists of people who must not be written to, row by row: tables, and JSON as SES writes it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fondly.contracts.consent import Suppression
from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.csv_records import BrokenRecord
from fondly.ingest.domain.errors import FileError, UnreadableError, described
from fondly.operations.errors import OperationError
from fondly.operations.suppressions.columns import OWN, columns_of
from fondly.operations.suppressions.rows import Defaults, suppressions_of

MAX_BYTES = 16 * 1024**3
SES_LIST = "SuppressedDestinationSummaries"
_NAMES = {"emailaddress": "address", "lastupdatetime": "at"} | {name: name for name in OWN}
"""The members that SES has, whatever the case of their names, and our own."""


@dataclass(frozen=True)
class BadRow:
    """A row that names nobody, or nobody in a way that can be used."""

    line: int
    problem: str
    """What was found and what is expected."""

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


Found = Suppression | BadRow


def read_list(path: Path, defaults: Defaults) -> Iterator[Found]:
    """Yield the suppressions of a file and its bad rows, whatever its size and format.

    A table (CSV, also packed by gzip; XLSX; Parquet) with a column of addresses or customer ids, or without a
    header a list of addresses; or JSON: SES's account-level list, whole or an object a line. Raises
    `OperationError` if the file is none of these.
    """
    try:
        yield from _json(path, defaults) if _is_json(path) else _table(path, defaults)
    except FileError as error:
        raise OperationError(f"{path}: {error}") from error


def _table(path: Path, defaults: Defaults) -> Iterator[Found]:
    with open_table(path, max_bytes=MAX_BYTES) as table:
        first = table.header()
        columns = columns_of(first)
        table.only(columns.places.values())
        rows = iter(table)
        if not columns.has_header:
            yield from _row(1, {name: columns.cell(first, name) for name in OWN}, defaults, exact=False)
        for found in rows:
            if isinstance(found, BrokenRecord):
                yield BadRow(found.line, described(found.fault.expected, found.fault.found))
                continue
            row = {name: columns.cell(found.cells, name) for name in OWN}
            yield from _row(found.line, row, defaults, exact=columns.is_own)


def _json(path: Path, defaults: Defaults) -> Iterator[Found]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                if number == 1:
                    yield from _whole_json(path, defaults)
                    return
                yield BadRow(number, "found no JSON, expected an object")
            else:
                yield from _object(number, row, defaults)


def _whole_json(path: Path, defaults: Defaults) -> Iterator[Found]:
    """Read a file with one JSON value, as `aws sesv2 list-suppressed-destinations` prints it."""
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FileError(f"found no valid JSON ({error}), expected SES's list, or an object a line") from error
    yield from _object(1, value, defaults)


def _object(line: int, value: object, defaults: Defaults) -> Iterator[Found]:
    if isinstance(value, dict) and isinstance(value.get(SES_LIST), list):
        value = value[SES_LIST]
    if isinstance(value, list):
        for each in value:
            yield from _object(line, each, defaults)
    elif isinstance(value, dict):
        members = ((_NAMES.get(key.lower()), str(member).strip()) for key, member in value.items())
        yield from _row(line, {name: member for name, member in members if name}, defaults, exact=False)
    else:
        yield BadRow(line, f"found {json.dumps(value)[:40]}, expected an object")


def _row(line: int, row: Mapping[str, str], defaults: Defaults, *, exact: bool) -> Iterator[Found]:
    try:
        yield from suppressions_of(row, defaults, exact=exact)
    except UnreadableError as error:
        yield BadRow(line, str(error))


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return head[:1] in {b"{", b"["}
