"""What goes into the scratch database, and comes out of it, as values of its columns, and where ids are."""

from collections.abc import Callable
from typing import NamedTuple

from fondly.contracts.records import Product
from fondly.ingest.domain.rows.people import CustomerRow, address_key
from fondly.ingest.domain.rows.reviews import ReviewRow

MAX_IDS = 200_000
"""Bounds the memory, to some 30 MB a table; further ids are looked up."""


class KnownReview(NamedTuple):
    """A review of an earlier row, and the id of the customer who wrote it."""

    position: int
    author: str
    title: str | None
    text: str | None


class PutReview(NamedTuple):
    """What was odd about a review: what is known of it has other words, or it is about too many products."""

    contradicts: bool
    is_cut: bool


class CustomerFields(NamedTuple):
    """The columns of a customer beside position, id and records, in order."""

    email: str | None
    address: str | None
    name: str | None
    age: int | None
    consent: bool | None
    suppressed: bool | None
    language: str | None
    time_zone: str | None
    deleted: bool


def customer_fields(row: CustomerRow) -> CustomerFields:
    """Return the columns of a row of a customer."""
    return CustomerFields(row.email, None if row.email is None else address_key(row.email), *row[2:])


NO_FIELDS = customer_fields(CustomerRow(None))
"""Of a row that has nothing but an id."""


def review_values(position: int, row: ReviewRow, customer: int) -> tuple[object, ...]:
    """Return the columns of a review, in order."""
    rating = None if row.rating is None else str(row.rating)
    return (position, row.review_id, customer, row.title, row.text, rating, row.timestamp)


def contradicts(known: tuple[str | None, ...], given: tuple[str | None, ...]) -> bool:
    """Whether a value that is given differs from the one that is known."""
    return any(None not in pair and pair[0] != pair[1] for pair in zip(known, given, strict=True))


def differences(before: Product, after: Product) -> int:
    """Return how many fields of two records differ."""
    return sum(getattr(before, field) != getattr(after, field) for field in Product.model_fields)


class Positions:
    """Where a table has its ids: most rows bring new ones, or ones that came before.

    They are in memory so long as they are few; `look_up` finds the others.
    """

    def __init__(self, look_up: Callable[[str], int | None]) -> None:
        self._look_up = look_up
        self._known: dict[str, int] = {}
        self._has_others = False

    def add(self, id_: str, position: int) -> None:
        """Take note of an id that is stored."""
        if len(self._known) < MAX_IDS:
            self._known[id_] = position
        else:
            self._has_others = True

    def may_have(self, id_: str) -> bool:
        """Return whether an id may be stored; False is certain."""
        return self._has_others or id_ in self._known

    def find(self, id_: str) -> int | None:
        """Return an id's position, None if it is not stored."""
        found = self._known.get(id_)
        return self._look_up(id_) if found is None and self._has_others else found
