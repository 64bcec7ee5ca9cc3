"""Reads the columns that say of each row who may be written to and what may be recommended.

A field of these may have several columns, and the most cautious of them counts: consent is all of them,
suppression any of them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Self

from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapper import Row, RowMapper
from fondly.ingest.domain.formats.senses import CONSENT, DELETED, PUBLISHED
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values import flags
from fondly.ingest.domain.values.cell_counts import is_date, is_nothing

WORDS = {True: "yes", False: "no"}
_ARE_LEFT_OUT = (Kind.ORDERS, Kind.REVIEWS, Kind.COMBINED)
_MAX_CACHED = 4096


class FlagColumn(NamedTuple):
    """A column of a field: its position, None for that which the format itself reads the field from.

    `by_date`: a date, or for what excludes any text, is a yes; `no_date` is then what an empty cell is.
    `is_inverse`: its yes is the field's no. `meanings` are those of the mapping, by cell in small letters.
    """

    at: int | None
    name: str
    by_date: bool = False
    no_date: str = ""
    is_inverse: bool = False
    meanings: Mapping[str, str] = MappingProxyType({})

    def of(self, header: Sequence[str]) -> Self:
        """Return the same column of another file of the table."""
        return self if self.at is None else self._replace(at=header.index(self.name))

    def reader(self, field: str) -> Callable[[str], str]:
        """Return what reads a cell as `yes`, `no`, nothing, or the text itself if that is unknown."""
        words = PUBLISHED if self.is_inverse else field

        @lru_cache(maxsize=_MAX_CACHED)
        def read(cell: str) -> str:
            text = clean(cell)
            text = self.meanings.get(text.casefold(), text)
            said = flags.answer(words, text)
            if said is None and is_nothing(text):
                return self.no_date
            if said is None and self.by_date and (field not in {CONSENT, PUBLISHED} or is_date(text)):
                said = True
            return text if said is None else WORDS[said is not self.is_inverse]

        return read


class FlaggedMapper:
    """Adds to rows what the columns of each field say together; leaves out rows that are deleted or tests."""

    def __init__(self, rows: RowMapper, kind: Kind, columns: Mapping[str, Sequence[FlagColumn]]) -> None:
        self.left_out = rows.left_out
        self._rows = rows
        self._leaves_out = kind in _ARE_LEFT_OUT and DELETED in columns
        self._columns = [
            (
                field,
                "no" if field in {CONSENT, PUBLISHED} else "yes",
                [(each.at, each.reader(field)) for each in some],
            )
            for field, some in columns.items()
        ]

    def map(self, cells: Sequence[str]) -> Sequence[Row]:
        """Return the rows of a record that are neither deleted nor tests."""
        return [row for row in self._rows.map(cells) if self._is_flagged(row, cells)]

    def _is_flagged(self, row: Row, cells: Sequence[str]) -> bool:
        """Add to a row what its columns say; return whether it counts."""
        for field, cautious, columns in self._columns:
            said = [read(row.get(field, "") if at is None else cells[at]) for at, read in columns]
            row[field] = said[0] if len(said) == 1 else _most_cautious(said, cautious)
        if not self._leaves_out or row[DELETED] in flags.NO:
            return True
        self.left_out[DELETED] += 1
        return False


def _most_cautious(said: Sequence[str], cautious: str) -> str:
    """Return the cautious answer if any column gives it, else what is unknown, else the other answer."""
    if cautious in said:
        return cautious
    return max(said, key=lambda text: (text not in {"", "yes", "no"}, text != ""))
