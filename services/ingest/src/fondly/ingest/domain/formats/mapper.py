"""Turns the cells of a row into texts by field."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeVar

from fondly.ingest.domain.formats.export import Export
from fondly.ingest.domain.formats.fields import FIELDS
from fondly.ingest.domain.formats.units import whole_amount, with_digits
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.texts import is_no_text

Value = TypeVar("Value")
Row = dict[str, str]
Step = Callable[[Row], None]


class RowMapper(Protocol):
    """Maps the rows of one file, in order; `left_out` counts those left out on purpose, by why in a word."""

    left_out: Counter[str]

    def map(self, cells: Sequence[str]) -> Sequence[Row]:
        """Return the texts by field of each row that a record is: one as a rule, none or several in exports.

        `RowError` if a unit is wrong.
        """


class DirectMapper:
    """Maps a row each of whose fields is in a column of its own."""

    def __init__(self, indexes: Mapping[str, int]) -> None:
        self.left_out: Counter[str] = Counter()
        self._names = tuple(indexes)
        self._pick = _picker(tuple(indexes.values()))

    def map(self, cells: Sequence[str]) -> Sequence[Row]:
        """Return a row's texts by field."""
        return (dict(zip(self._names, self._pick(cells), strict=True)),)


class Parts(dict[str, str]):
    """The cells of one row by part; a part that the file lacks is empty."""

    def __missing__(self, part: str) -> str:
        return ""


MAX_PARENTS = 20_000
MAX_CHILDREN = 200_000
"""Of so many products something is remembered; the oldest are forgotten, so that memory has a bound."""


class Kept(dict[str, Value]):
    """Remembers the latest of what is said of products, by their keys."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: str, value: Value) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > self._limit:
            del self[next(iter(self))]


class Known:
    """What is known of a file's products from rows read before, also in an earlier reading of the file."""

    def __init__(self) -> None:
        self.parents: Kept[Parts] = Kept(MAX_PARENTS)
        self.children: Kept[tuple[str, str]] = Kept(MAX_CHILDREN)
        """The key of a variant's parent, and what it is a variant by, for formats whose parents say that."""
        self.divided: Kept[bool] = Kept(MAX_CHILDREN)
        self.repriced: Kept[bool] = Kept(MAX_CHILDREN)
        """Whether what a SKU costs is only said by a rule of the shop."""
        self.pictures: Kept[str] = Kept(MAX_CHILDREN)


class Source(NamedTuple):
    """Where an export's parts are, and the mapping's constants.

    `others` are parts that only the mapping knows; `over` the fields for which it prefers a column of its own
    to what the export's parts come to.
    """

    export: Export
    positions: Mapping[str, int]
    others: Sequence[str]
    over: Sequence[str]
    constants: Mapping[str, str]
    known: Known


class ExportMapper:
    """What mappers of exports have in common."""

    def __init__(self, source: Source) -> None:
        self.left_out: Counter[str] = Counter()
        self.rules, self.positions, self.others = source.export.rules, source.positions, source.others
        self._fields, self._preferred, self._over = FIELDS[source.export.kind], source.over, Row()

    def parts(self, cells: Sequence[str]) -> Parts:
        """Return the parts of a row, ids without the apostrophe that spreadsheets are told texts by."""
        parts = Parts({part: cells[at].strip() for part, at in self.positions.items()})
        for part in [part for part, text in parts.items() if text in self.rules.nothing]:
            parts[part] = ""
        for part in _IDS & parts.keys():
            parts[part] = parts[part].removeprefix("'")
        self._over = {field: parts[field] for field in self._preferred if parts[field]}
        return parts

    def row(self, texts: Mapping[str, str]) -> Row:
        """Return those of the texts that are fields and say something, and what the mapping prefers."""
        return {field: text for field, text in texts.items() if text and field in self._fields} | self._over

    def is_off(self, parts: Parts) -> bool:
        """Return whether a row says of itself that it does not hold: a draft, a hidden product, spam."""
        return any(
            parts[part].casefold() not in {"", *words} for part, words in self.rules.on.items()
        ) or any(parts[part].casefold() in words for part, words in self.rules.off.items())


_IDS = {"sku", "id", "number", "user_id", "product_id"}


class CompletedMapper:
    """Adds to rows what their format does not have: constants, whole amounts, review ids."""

    def __init__(self, rows: RowMapper, steps: Sequence[Step]) -> None:
        self._rows = rows
        self._steps = steps
        self.left_out = rows.left_out

    def map(self, cells: Sequence[str]) -> Sequence[Row]:
        """Return the rows of a record, completed."""
        rows = self._rows.map(cells)
        for row in rows:
            for step in self._steps:
                step(row)
        return rows


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
