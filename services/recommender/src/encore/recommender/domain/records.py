"""Rows of the CSV files as records that are put one by one.

Source: Amazon Personalize developer guide, "Recording real-time events" and "Importing individual records":
properties are named like the columns, in camel case.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

from encore.recommender.domain.schemas import ITEMS

NUMBERS = frozenset(field["name"] for field in ITEMS.fields if "float" in field["type"])
"""The columns of items that are no texts."""
NOTHING_ELSE: Mapping[str, str] = MappingProxyType({})
SESSION_CHARS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One interaction; the same row is always the same event."""

    user_id: str
    item_id: str
    event_type: str
    value: float | None
    timestamp: int

    @property
    def event_id(self) -> str:
        """An id by which Personalize knows an event that is put again: only the first one counts."""
        facts = (self.user_id, self.item_id, self.event_type, self.value, self.timestamp)
        return sha256(json.dumps(facts).encode()).hexdigest()

    @property
    def session_id(self) -> str:
        """A session of the customer's own: there is no visit behind a row of a file."""
        return session_of(self.user_id)


class UserRecord(NamedTuple):
    """A customer's row: the id, and the other columns that have a value, as JSON."""

    user_id: str
    properties: str


class ItemRecord(NamedTuple):
    """A product's row: the id, and the other columns that have a value, as JSON."""

    item_id: str
    properties: str


def session_of(user_id: str) -> str:
    """Return a customer's session; it does not tell who they are."""
    return sha256(user_id.encode()).hexdigest()[:SESSION_CHARS]


def read_events(body: bytes) -> Iterator[Event]:
    """Yield the interactions of a file in its order."""
    for row in _rows(body):
        value = row["EVENT_VALUE"]
        yield Event(
            user_id=row["USER_ID"],
            item_id=row["ITEM_ID"],
            event_type=row["EVENT_TYPE"],
            value=float(value) if value else None,
            timestamp=int(row["TIMESTAMP"]),
        )


def read_users(body: bytes) -> Iterator[UserRecord]:
    """Yield the customers of a file in its order."""
    for row in _rows(body):
        known = {_camel(name): value for name, value in row.items() if name != "USER_ID" and value}
        yield UserRecord(row["USER_ID"], json.dumps(known))


def read_items(body: bytes, instead: Mapping[str, str] = NOTHING_ELSE) -> Iterator[ItemRecord]:
    """Yield the products of a file in its order, some columns with another value than in the file."""
    for row in _rows(body):
        known = {**row, **instead}
        described = {
            _camel(name): float(value) if name in NUMBERS else value
            for name, value in known.items()
            if name != "ITEM_ID" and value
        }
        yield ItemRecord(row["ITEM_ID"], json.dumps(described, ensure_ascii=False))


def _rows(body: bytes) -> Iterator[Mapping[str, str]]:
    """Read what `csv_files` wrote: quotes and backslashes are escaped, not doubled."""
    return csv.DictReader(io.StringIO(body.decode()), doublequote=False, escapechar="\\")


def _camel(column: str) -> str:
    first, *others = column.lower().split("_")
    return first + "".join(map(str.capitalize, others))
