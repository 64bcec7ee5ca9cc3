"""What shops call Fondly's fields: `synonyms.toml`."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.names import loosened

_TABLES: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("synonyms.toml").read_text("utf-8")
)
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


def nearest_column(field: str, kind: Kind, columns: Iterable[str]) -> str | None:
    """Return the column whose name is most like one of a field's; None if none is."""
    names = [name for name, meant in {**own_names(kind), **synonyms(kind)}.items() if meant == field]
    best = max(((_likeness(column, names), column) for column in columns), default=(0.0, ""))
    return best[1] if best[0] >= 0.7 else None  # noqa: PLR2004 - tells `Prise` and `Artikel Nummern` from the rest


def nearest_field(column: str, kind: Kind, fields: Iterable[str]) -> str | None:
    """Return the field whose names are most like a column's; None if none is."""
    return next((field for field in fields if nearest_column(field, kind, [column])), None)


def _likeness(column: str, names: Iterable[str]) -> float:
    loose = loosened(column)
    return max((difflib.SequenceMatcher(None, loose, name).ratio() for name in names), default=0.0)
