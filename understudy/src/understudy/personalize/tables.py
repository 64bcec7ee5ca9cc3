"""Imported records, column by column, as compact as possible in memory."""

import json
import os
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

_COLUMNS = "columns"


Numbers = NDArray[np.float64]
"""Numbers and booleans; NaN where the field was empty."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Dictionary-encoded strings: `codes` index `values`, -1 where the field was empty."""

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def take(self, rows: NDArray[np.intp]) -> Self:
        """Return the strings of `rows`."""
        return type(self)(self.codes[rows], self.values)

    def compacted(self) -> Self:
        """Return the same strings without values that none of them is: what was removed is nowhere."""
        used = np.unique(self.codes[self.codes >= 0])
        lookup = np.full(len(self.values) + 1, -1, dtype=np.int32)  # the last entry is for code -1
        lookup[used] = np.arange(used.size, dtype=np.int32)
        return type(self)(lookup[self.codes], tuple(self.values[code] for code in used))

    def followed_by(self, other: "Texts") -> Self:
        """Return these strings followed by those of `other`."""
        codes = {value: code for code, value in enumerate(self.values)}
        moved = [codes.setdefault(value, len(codes)) for value in other.values]
        lookup = np.array([*moved, -1], dtype=np.int32)  # the last entry is for code -1
        return type(self)(np.concatenate([self.codes, lookup[other.codes]]), tuple(codes))


Column = Texts | Numbers


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of `rows` records each; immutable, so a reader has a snapshot."""

    columns: Mapping[str, Column]
    rows: int

    def texts(self, name: str) -> Texts:
        """Return the string column `name`; raise KeyError when there is none."""
        column = self.columns[name]
        if not isinstance(column, Texts):
            raise KeyError(name)
        return column

    def numbers(self, name: str) -> Numbers:
        """Return the number column `name`; raise KeyError when there is none."""
        column = self.columns[name]
        if isinstance(column, Texts):
            raise KeyError(name)
        return column

    def followed_by(self, other: "Table") -> Self:
        """Return these records followed by those of `other`, which has the same columns."""
        columns: dict[str, Column] = {
            name: column.followed_by(other.texts(name))
            if isinstance(column, Texts)
            else np.concatenate([column, other.numbers(name)])
            for name, column in self.columns.items()
        }
        return type(self)(columns, self.rows + other.rows)

    def without(self, name: str, values: Collection[str]) -> Self:
        """Return the records whose string column `name` has none of `values`.

        Nothing that only the others said is left in it.
        """
        column = self.texts(name)
        dropped = np.array([*(value in values for value in column.values), False])  # the last is for -1
        left = self._take(np.flatnonzero(~dropped[column.codes]))
        columns = {
            name: column.compacted() if isinstance(column, Texts) else column
            for name, column in left.columns.items()
        }
        return type(self)(columns, left.rows)

    def last_of_each(self, name: str) -> Self:
        """Return the last record of each value of the string column `name`."""
        column = self.texts(name)
        last = np.full(len(column.values), -1, dtype=np.intp)
        last[column.codes] = np.arange(self.rows)  # of several rows, the last assignment wins
        return self._take(np.sort(last[last >= 0]))

    def distinct(self) -> Self:
        """Return the first of each set of equal records."""
        if not self.rows:
            return self
        columns = [_sortable(column) for column in self.columns.values()]
        order = np.lexsort(columns)  # stable: of equal records, the first stands first
        first = np.zeros(self.rows, dtype=bool)
        first[0] = True
        for column in columns:
            ordered = column[order]
            first[1:] |= ordered[1:] != ordered[:-1]
        return self._take(np.sort(order[first]))

    def _take(self, rows: NDArray[np.intp]) -> Self:
        columns: dict[str, Column] = {
            name: column.take(rows) if isinstance(column, Texts) else column[rows]
            for name, column in self.columns.items()
        }
        return type(self)(columns, rows.size)


class TextsBuilder:
    """Collects strings, storing each distinct one once."""

    def __init__(self) -> None:
        self._codes = array("i")
        self._known: dict[str, int] = {}

    def extend(self, values: Sequence[str | None]) -> None:
        """Add `values` at the end; None is an empty field."""
        known = self._known
        self._codes.extend(-1 if value is None else known.setdefault(value, len(known)) for value in values)

    def build(self) -> Texts:
        """Return what was added."""
        return Texts(np.array(self._codes, dtype=np.int32), tuple(self._known))


class NumbersBuilder:
    """Collects numbers."""

    def __init__(self) -> None:
        self._values = array("d")

    def extend(self, values: Sequence[float]) -> None:
        """Add `values` at the end; NaN is an empty field."""
        self._values.extend(values)

    def build(self) -> Numbers:
        """Return what was added."""
        return np.array(self._values, dtype=np.float64)


def _sortable(column: Column) -> Numbers | NDArray[np.int32]:
    if isinstance(column, Texts):
        return column.codes
    return np.nan_to_num(column, nan=-np.inf)


def write_table(path: Path, table: Table) -> None:
    """Write a table; a reader sees all of it or nothing."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **_arrays(table))
        os.fsync(file.fileno())
    part.replace(path)


def read_table(path: Path) -> Table:
    """Read a table; raise ValueError or OSError for a file that is damaged or missing."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            described: dict[str, Any] = json.loads(arrays[_COLUMNS].tobytes())
            columns: dict[str, Column] = {}
            for number, (name, is_text) in enumerate(described["columns"]):
                values = arrays[f"{number}"]
                if is_text:
                    texts = tuple(json.loads(arrays[f"{number}.values"].tobytes()))
                    columns[name] = Texts(values, texts)
                else:
                    columns[name] = values
            return Table(columns, int(described["rows"]))
    except BadZipFile as error:
        raise ValueError(f"{path} is damaged") from error


def _arrays(table: Table) -> dict[str, NDArray[Any]]:
    described = {
        "rows": table.rows,
        "columns": [(name, isinstance(column, Texts)) for name, column in table.columns.items()],
    }
    arrays: dict[str, NDArray[Any]] = {_COLUMNS: _bytes(described)}
    for number, column in enumerate(table.columns.values()):
        if isinstance(column, Texts):
            arrays[f"{number}"] = column.codes
            arrays[f"{number}.values"] = _bytes(column.values)
        else:
            arrays[f"{number}"] = column
    return arrays


def _bytes(value: object) -> NDArray[Any]:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
