"""Turns the cells of a row into texts by field."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

from fondly.ingest.domain.formats.units import whole_amount, with_digits
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.texts import is_no_text

Row = dict[str, str]
Step = Callable[[Row], None]


class RowMapper(Protocol):
    """Maps the rows of one file, in order; `left_out` counts those left out on purpose, by cause."""

    left_out: Counter[str]

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return a row's texts by field, None if it has none of its own; `RowError` if a unit is wrong."""


class DirectMapper:
    """Maps a row each of whose fields is in a column of its own."""

    def __init__(self, indexes: Mapping[str, int]) -> None:
        self.left_out: Counter[str] = Counter()
        self._names = tuple(indexes)
        self._pick = _picker(tuple(indexes.values()))

    def map(self, cells: Sequence[str]) -> Row:
        """Return a row's texts by field."""
        return dict(zip(self._names, self._pick(cells), strict=True))


class Source(NamedTuple):
    """Where an export's parts are, which of them only the mapping knows, and the mapping's constants."""

    positions: Mapping[str, int]
    others: Sequence[str]
    constants: Mapping[str, str]


class ExportMapper:
    """What mappers of exports have in common."""

    def __init__(self, source: Source) -> None:
        self.left_out: Counter[str] = Counter()
        self.positions, self.others, _ = source


class Cells:
    """The cells of one row by part; a part that the file lacks is empty."""

    def __init__(self, positions: Mapping[str, int], cells: Sequence[str]) -> None:
        self._positions = positions
        self._cells = cells

    def __getitem__(self, part: str) -> str:
        at = self._positions.get(part)
        return "" if at is None else self._cells[at].strip()


def without_apostrophe(text: str) -> str:
    """Return a number without the apostrophe that Shopify writes before it for the sake of spreadsheets."""
    return text.removeprefix("'")


class CompletedMapper:
    """Adds to rows what their format does not have: constants, whole amounts, review ids."""

    def __init__(self, rows: RowMapper, steps: Sequence[Step]) -> None:
        self._rows = rows
        self._steps = steps
        self.left_out = rows.left_out

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return a row's texts by field; None for a row that says nothing of its own."""
        row = self._rows.map(cells)
        if row is not None:
            for step in self._steps:
                step(row)
        return row


class OverlaidMapper:
    """Prefers the columns that a mapping gives, where they have a value, to what the format has."""

    def __init__(self, rows: RowMapper, indexes: Mapping[str, int]) -> None:
        self._rows = rows
        self._indexes = indexes
        self.left_out = rows.left_out

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return a row's texts by field; None for a row that says nothing of its own."""
        row = self._rows.map(cells)
        if row is not None:
            row |= {field: cells[at] for field, at in self._indexes.items() if cells[at].strip()}
        return row


def set_whole_amounts(fields: Sequence[str]) -> Step:
    """Return a step that turns prices in cents into whole amounts."""

    def step(row: Row) -> None:
        for field in fields:
            if text := row.get(field):
                row[field] = whole_amount(text, column=field)

    return step


def set_digits(digits: Mapping[str, int]) -> Step:
    """Return a step that restores the zeros of ids that are numbers, by how many digits they have."""

    def step(row: Row) -> None:
        for field, count in digits.items():
            if text := row.get(field):
                row[field] = with_digits(text, count)

    return step


def set_name(row: Row) -> None:
    """Join first and last name, where there is no whole one; lists of several people's are left alone."""
    parts = [row.pop("first_name", "").strip(), row.pop("last_name", "").strip()]
    if not row.get("user_name", "").strip() and not any("," in part for part in parts):
        row["user_name"] = " ".join(part for part in parts if not is_no_text(part))


def set_meanings(meanings: Mapping[str, Mapping[str, str]]) -> Step:
    """Return a step that replaces cells by what a mapping says they mean, by field; case does not matter."""
    by_field = {
        field: {clean(text).casefold(): meaning for text, meaning in said.items()}
        for field, said in meanings.items()
    }

    def step(row: Row) -> None:
        for field, said in by_field.items():
            if text := row.get(field):
                row[field] = said.get(clean(text).casefold(), text)

    return step


def set_review_id(row: Row) -> None:
    """Identify a review by its customer, product, time and text: the same in the next file."""
    parts = (
        row.get("user_id") or row.get("email", "").strip().casefold(),
        *(row.get(name, "") for name in ("product_id", "timestamp", "review_title", "review_content")),
    )
    digest = hashlib.sha256("\0".join(part.strip() for part in parts).encode("utf-8", "surrogatepass"))
    row["review_id"] = f"review-{digest.hexdigest()[:32]}"


def _picker(indexes: tuple[int, ...]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda cells: tuple(cells[index] for index in indexes)
