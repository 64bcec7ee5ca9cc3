"""A row's cells, read value by value.

A value that the row cannot do without raises `RowError`; any other that cannot be read is noted, and the row
goes on without it. An empty cell is no value and no note.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from encore.ingest.domain.errors import RowError
from encore.ingest.domain.text import clean

Value = TypeVar("Value")


class Note(NamedTuple):
    """A value that was left out, and why."""

    column: str
    reason: str


class Row:
    """The cells of one record by column name, and the notes taken while reading them."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        self._cells = dict(zip(columns, cells, strict=True))
        self.notes: list[Note] = []

    def raw(self, column: str) -> str:
        """The cell as it stands; empty when the file has no such column."""
        return self._cells.get(column, "")

    def required(self, column: str, read: Callable[[str], Value]) -> Value:
        """The value of a cell; `RowError` when it cannot be read."""
        try:
            return read(clean(self.raw(column)))
        except ValueError as error:
            raise RowError(str(error), column=column) from error

    def optional(self, column: str, read: Callable[[str], Value]) -> Value | None:
        """The value of a cell; None when it is empty, None and a note when it cannot be read."""
        return self.value(column, self.raw(column), read)

    def value(self, column: str, text: str, read: Callable[[str], Value]) -> Value | None:
        """The same for a text that is part of the cell."""
        text = clean(text)
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            self.note(column, str(error))
            return None

    def note(self, column: str, reason: str) -> None:
        """Note why a value was left out."""
        self.notes.append(Note(column, reason))
