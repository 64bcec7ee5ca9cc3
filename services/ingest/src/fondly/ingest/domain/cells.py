"""Reads a record's cells value by value.

An unreadable required value raises `RowError`; an unreadable optional one is noted and left out. An empty
optional cell yields neither a value nor a note.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from fondly.ingest.domain.errors import RowError, UnreadableError
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.texts import is_no_text, says_nothing

Value = TypeVar("Value")


class Row:
    """The cells of one record by field, notes on what could not be read, and how many prices were rounded."""

    __slots__ = ("_cells", "notes", "rounded")

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.notes: list[RowError] = []
        self.rounded = 0

    def __contains__(self, field: str) -> bool:
        return field in self._cells

    def has_any(self, fields: frozenset[str]) -> bool:
        """Return whether the file has one of these fields."""
        return not fields.isdisjoint(self._cells)

    def raw(self, field: str) -> str:
        """Return the cell unchanged; empty if the file has no such field."""
        return self._cells.get(field, "")

    def required(self, field: str, read: Callable[[str], Value]) -> Value:
        """Return a cell's value; `RowError` if it cannot be read."""
        try:
            return read(clean(self._cells.get(field, "")))
        except UnreadableError as error:
            raise RowError(error.expected, column=field, found=error.found) from error

    def optional(self, field: str, read: Callable[[str], Value]) -> Value | None:
        """Return a cell's value; None if there is none, None and a note if it cannot be read."""
        cell = self._cells.get(field)
        return self.value(field, cell, read) if cell else None

    def value(self, field: str, text: str, read: Callable[[str], Value]) -> Value | None:
        """Like `optional`, for a text that is part of a cell."""
        text = clean(text)
        return None if says_nothing(text) else self._read(field, text, read)

    def words(self, field: str, text: str, read: Callable[[str], str]) -> str | None:
        """Like `value`, for a text of a person, which may be a name."""
        text = clean(text)
        return None if is_no_text(text) else self._read(field, text, read)

    def _read(self, field: str, text: str, read: Callable[[str], Value]) -> Value | None:
        try:
            return read(text)
        except UnreadableError as error:
            self.note(field, error.expected, error.found)
            return None

    def note(self, field: str, expected: str, found: str | None = None) -> None:
        """Note why a value is left out; `found` is a phrase."""
        self.notes.append(RowError(expected, column=field, found=found))
