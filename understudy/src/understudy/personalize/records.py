"""Single records of users or items, found by their ids."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.tables import Column, Table, Texts


@dataclass(frozen=True, slots=True)
class Records:
    """A table of users or items, and the row of each id."""

    table: Table
    rows: Mapping[str, int]

    @classmethod
    def of(cls, snapshot: DatasetSnapshot) -> Self:
        """Index a snapshot of users or items; raise ValueError for one of interactions."""
        if snapshot.schema.id_field is None:
            raise ValueError(f"{snapshot.schema.name} have no ids")
        ids = snapshot.table.texts(snapshot.schema.id_field)
        rows = {ids.values[code]: row for row, code in enumerate(ids.codes.tolist())}
        return cls(snapshot.table, rows)

    def value(self, key: str, name: str) -> str | float | None:
        """Return what the record `key` has in a column; None if there is no such record, or nothing there."""
        row = self.rows.get(key)
        if row is None or name not in self.table.columns:
            return None
        return _at(self.table.columns[name], row)


def column_of(value: str | float) -> Column:
    """Return a column of one value."""
    return Texts(np.zeros(1, dtype=np.int32), (value,)) if isinstance(value, str) else np.array([value])


def number_form(field_type: str) -> Callable[[float], str]:
    """Return how numbers of a type are written."""
    return _FORMS.get(field_type, str)


def _at(column: Column, row: int) -> str | float | None:
    if isinstance(column, Texts):
        code = int(column.codes[row])
        return column.values[code] if code >= 0 else None
    number = float(column[row])
    return None if math.isnan(number) else number


def _whole(value: float) -> str:
    return str(int(value))


def _truth(value: float) -> str:
    return "true" if value else "false"


_FORMS: Mapping[str, Callable[[float], str]] = {"int": _whole, "long": _whole, "boolean": _truth}
