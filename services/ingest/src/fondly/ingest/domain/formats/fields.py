"""What Fondly reads of a file: the kinds of rows, and the fields of each, as `fields.toml` lists them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from fondly.ingest.domain.data import read_table


class Kind(StrEnum):
    """What the rows of a file describe."""

    COMBINED = "combined"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    REVIEWS = "reviews"
    ORDERS = "orders"


class Field(NamedTuple):
    """A field of a row; `reads` is how its text is read: `money`, `number`, `moment`, or None for a text."""

    name: str
    is_required: bool
    reads: str | None


_TABLE = read_table(__package__, "fields.toml")
_READS = {name: reads for reads, names in _TABLE["reads"].items() for name in names}


def _fields(kind: Kind) -> Mapping[str, Field]:
    listed = _TABLE["kinds"][kind]
    names = {
        name: each == "required"
        for each in ("required", "optional")
        for entry in listed[each]
        for name in _TABLE["groups"].get(entry, [entry])
    }
    return {name: Field(name, is_required, _READS.get(name)) for name, is_required in names.items()}


FIELDS: Mapping[Kind, Mapping[str, Field]] = {kind: _fields(kind) for kind in Kind}
"""For each kind of file its fields by name."""
KAGGLE: tuple[str, ...] = tuple(_TABLE["kaggle"]["columns"])
"""The columns of Kaggle's Amazon Sales Dataset."""
_EITHER = ("user_id", "email")
"""Fields of which a file about people needs at least one."""


def missing(kind: Kind, found: Iterable[str]) -> list[str]:
    """Return the fields that a file of this kind lacks; `user_id or email` if it needs either."""
    known = set(found)
    lacking = [name for name, field in FIELDS[kind].items() if field.is_required and name not in known]
    is_about_people = kind in {Kind.CUSTOMERS, Kind.REVIEWS, Kind.ORDERS}
    return [*lacking, " or ".join(_EITHER)] if is_about_people and known.isdisjoint(_EITHER) else lacking
