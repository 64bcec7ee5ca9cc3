"""What shops call Fondly's fields: `synonyms.toml`."""

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.text import clean

MAX_COLUMNS = 2_000
MAX_SHOWN_COLUMNS = 12
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


class Header(NamedTuple):
    """The names of a file's columns: as shown to people, as compared exactly, and by letters and digits."""

    shown: tuple[str, ...]
    exact: tuple[str, ...]
    loose: tuple[str, ...]

    def find(self, name: str) -> list[int]:
        """Return the positions of the columns with a name, written exactly so or, failing that, alike."""
        found = [at for at, shown in enumerate(self.shown) if shown == _bare(name)]
        return found or [at for at, loose in enumerate(self.loose) if loose and loose == loosened(name)]

    def without(self, positions: Collection[int]) -> "Header":
        """Return the header with no name where a column is not to be read."""
        return self._replace(
            loose=tuple("" if at in positions else name for at, name in enumerate(self.loose))
        )


def read_names(cells: Sequence[str]) -> Header:
    """Return the names in a file's first record; `FileError` if it has too many."""
    if len(cells) > MAX_COLUMNS:
        raise FileError(f"line 1: found {len(cells)} columns, expected at most {MAX_COLUMNS}")
    shown = tuple(_bare(cell) for cell in cells)
    return Header(shown, tuple(map(str.casefold, shown)), tuple(map(loosened, shown)))


@lru_cache(maxsize=4096)
def loosened(name: str) -> str:
    """Return the letters and digits of a name, without case and accents: `E-Mail` and `email` are alike."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name.casefold())))


def holds_values(header: Header) -> bool:
    """Return whether the first record seems to be a row, which may name people, rather than a header."""
    return any("@" in name or len(name) > 60 or _is_figure(name) for name in header.shown)  # noqa: PLR2004


def _is_figure(name: str) -> bool:
    return any(map(str.isdigit, name)) and not any(map(str.isalpha, name))


def _bare(name: str) -> str:
    name = clean(name)
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip()
    return name


_TABLES: Mapping[str, Mapping[str, list[str]]] = read_table(__package__, "synonyms.toml")
_ABOUT_PRODUCTS = (Kind.COMBINED, Kind.PRODUCTS)


@cache
def synonyms(kind: Kind) -> Mapping[str, str]:
    """Return the field of each synonym, by letters and digits, for a kind of file."""
    return {loosened(name): field for field, names in synonym_lists(kind) for name in names}


def synonym_lists(kind: Kind) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields of a kind of file with their synonyms as people write them."""
    for table in ("any", *(["product"] if kind in _ABOUT_PRODUCTS else []), kind.value):
        yield from ((field, names) for field, names in _TABLES[table].items() if field in FIELDS[kind])


@cache
def own_names(kind: Kind) -> Mapping[str, str]:
    """Return the fields of a kind of file by the letters and digits of their own names."""
    return {loosened(name): name for name in FIELDS[kind]}


@cache
def known_names() -> frozenset[str]:
    """Return every name that is known for any kind of file, by letters and digits."""
    return frozenset(name for kind in Kind for name in (*synonyms(kind), *own_names(kind)))


class Likeness(NamedTuple):
    """How like a column is to a name of a field, by letters and digits: 1.0 if they are the same."""

    share: float
    column: str
    name: str


NEAR = 0.7
"""Tells `Prise` and `Artikel Nummern` from the rest."""
MAX_COMPARED = 100
"""As many columns are compared with the names of a field."""


def likest_column(field: str, kind: Kind, columns: Sequence[str]) -> Likeness | None:
    """Return the column whose name is most like one of a field's; None if none is."""
    names = [name for name, meant in {**own_names(kind), **synonyms(kind)}.items() if meant == field]
    found = (_likeness(column, name) for column in columns[:MAX_COMPARED] for name in names)
    best = max(found, default=None)
    return best if best and best.share >= NEAR else None


def nearest_field(column: str, kind: Kind, fields: Iterable[str]) -> tuple[str, str] | None:
    """Return the field whose names are most like a column's, and that name; None if none is."""
    found = ((field, likest_column(field, kind, [column])) for field in fields)
    return next(((field, like.name) for field, like in found if like), None)


def _likeness(column: str, name: str) -> Likeness:
    return Likeness(difflib.SequenceMatcher(None, loosened(column), name).ratio(), column, name)
