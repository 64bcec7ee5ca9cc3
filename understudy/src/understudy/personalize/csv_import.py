"""Reads CSV as Personalize does: by header name, with backslash escapes, one record per line."""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from understudy.personalize.errors import JobFailedError
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Column, NumbersBuilder, Table, TextsBuilder

if TYPE_CHECKING:
    import _csv

MIN_INTERACTIONS = 1_000
MAX_ID_LENGTH = 256
MAX_STRING_LENGTH = 1_000
MAX_TEXTUAL_LENGTH = 20_000
_BATCH_ROWS = 10_000
_INTEGER = re.compile(r"[+-]?\d{1,19}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
IDS = frozenset({"USER_ID", "ITEM_ID"})

NOT_CONFORMING = (
    "Input csv has rows that do not conform to the dataset schema. Please ensure all required "
    "data fields are present and that they are of the type specified in the schema."
)


class TableReader:
    """Collects the records of one import job's files in a table.

    Call `read` with the lines of each file; any JobFailedError it raises is the job's failure reason.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._columns = {field.name: _ColumnReader(field) for field in schema.fields}
        self._rows = 0

    def read(self, lines: Iterable[bytes]) -> None:
        """Add the records of one file, whose first line names the columns.

        The text is UTF-8 without a byte-order mark: AWS, too, reads one as part of the first column's
        name.
        """
        texts = (line.decode() for line in lines)
        rows = csv.reader(texts, escapechar="\\", doublequote=False, strict=True)
        try:
            header = next(rows, [])
            places = self._places(header)
            for batch in _batches(_whole_rows(rows, len(header))):
                self._add(batch, places)
        except (csv.Error, UnicodeDecodeError) as error:
            raise JobFailedError(NOT_CONFORMING) from error

    def table(self) -> Table:
        """Return all records read; of a repeated user or item, only the last.

        Too few interactions are an error; equal ones are merged.
        """
        columns = {name: reader.build() for name, reader in self._columns.items()}
        table = Table(columns, self._rows)
        if self._schema.id_field is not None:
            return table.last_of_each(self._schema.id_field)
        if self._rows < MIN_INTERACTIONS:
            raise JobFailedError(
                f"Interactions need at least {MIN_INTERACTIONS} rows; the input has {self._rows}."
            )
        return table.distinct()

    def _places(self, header: Sequence[str]) -> dict[str, int]:
        missing = [name for name in self._columns if name not in header]
        if missing:
            columns = ", ".join(missing)
            raise JobFailedError(f"Input CSV is missing the following columns:[{columns}].")
        return {name: header.index(name) for name in self._columns}

    def _add(self, batch: Sequence[Sequence[str]], places: dict[str, int]) -> None:
        columns = list(zip(*batch, strict=True))
        for name, place in places.items():
            self._columns[name].extend(columns[place])
        self._rows += len(batch)


def read_user_ids(lines: Iterable[bytes]) -> set[str]:
    """Return the users of a file whose only column is USER_ID; raise JobFailedError for any other file."""
    try:
        rows = csv.reader((line.decode() for line in lines), escapechar="\\", doublequote=False, strict=True)
        if next(rows, []) != ["USER_ID"]:
            raise JobFailedError("Input CSV is missing the following columns:[USER_ID].")
        users = {row[0] for row in _whole_rows(rows, 1)}
    except (csv.Error, UnicodeDecodeError) as error:
        raise JobFailedError(NOT_CONFORMING) from error
    if max(map(len, users), default=0) > MAX_ID_LENGTH:
        raise _too_long(MAX_ID_LENGTH, "USER_ID")
    return users


class _ColumnReader:
    """Parses the fields of one column and keeps them."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._texts = TextsBuilder() if field.type == "string" else None
        self._numbers = NumbersBuilder()

    def extend(self, values: Sequence[str]) -> None:
        if not self._field.nullable and "" in values:
            raise JobFailedError(NOT_CONFORMING)
        if self._texts is not None:
            self._texts.extend(_checked_texts(self._field, values))
        else:
            parse = _PARSERS[self._field.type]
            self._numbers.extend([parse(value) if value else math.nan for value in values])

    def build(self) -> Column:
        return self._numbers.build() if self._texts is None else self._texts.build()


def _checked_texts(field: Field, values: Sequence[str]) -> list[str | None]:
    if field.textual:
        return [value[:MAX_TEXTUAL_LENGTH] or None for value in values]
    limit = MAX_ID_LENGTH if field.name in IDS else MAX_STRING_LENGTH
    if max(map(len, values), default=0) > limit:
        raise _too_long(limit, field.name)
    return [value or None for value in values]


def _too_long(limit: int, column: str) -> JobFailedError:
    return JobFailedError(
        f"Length cannot be more than {limit} characters for {column}. If no values exceed "
        "the character limit, make sure your data follows the formatting guidelines."
    )


def _integer(value: str) -> float:
    if not _INTEGER.fullmatch(value):
        raise JobFailedError(NOT_CONFORMING)
    return float(value)


def _number(value: str) -> float:
    if not _NUMBER.fullmatch(value):
        raise JobFailedError(NOT_CONFORMING)
    return float(value)


def _boolean(value: str) -> float:
    if value not in {"true", "false"}:
        raise JobFailedError(NOT_CONFORMING)
    return float(value == "true")


_PARSERS: Mapping[str, Callable[[str], float]] = {
    "int": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
}


def _whole_rows(rows: "_csv.Reader", width: int) -> Iterator[list[str]]:
    """Yield the rows, each with `width` fields on one physical line; skip blank lines."""
    line = rows.line_num
    for row in rows:
        on_one_line = rows.line_num == line + 1
        line = rows.line_num
        if row and (len(row) != width or not on_one_line):
            raise JobFailedError(NOT_CONFORMING)
        if row:
            yield row


def _batches(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while batch := list(islice(rows, _BATCH_ROWS)):
        yield batch
