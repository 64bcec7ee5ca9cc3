"""Reads a row's cells value by value.

An unreadable required value raises `RowError`; an unreadable optional one is noted and left out. An empty
optional cell yields neither a value nor a note.
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
    """The cells of one record by column name, and notes on those that could not be read."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        self._cells = dict(zip(columns, cells, strict=True))
        self.notes: list[Note] = []

    def raw(self, column: str) -> str:
        """Return the cell unchanged; empty if the file has no such column."""
        return self._cells.get(column, "")

    def required(self, column: str, read: Callable[[str], Value]) -> Value:
        """Return a cell's value; `RowError` if it cannot be read."""
        try:
            return read(clean(self.raw(column)))
        except ValueError as error:
            raise RowError(str(error), column=column) from error

    def optional(self, column: str, read: Callable[[str], Value]) -> Value | None:
        """Return a cell's value; None if it is empty, None and a note if it cannot be read."""
        return self.value(column, self.raw(column), read)

    def value(self, column: str, text: str, read: Callable[[str], Value]) -> Value | None:
        """Like `optional`, for a text that is part of a cell."""
        text = clean(text)
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            self.note(column, str(error))
            return None

    def note(self, column: str, reason: str) -> None:
        """Note why a value is left out."""
        self.notes.append(Note(column, reason))
