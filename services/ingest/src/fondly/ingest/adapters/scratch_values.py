"""What goes into the scratch database, and comes out of it, as values of its columns."""

from typing import NamedTuple

from fondly.contracts.records import Product
from fondly.ingest.domain.rows.people import CustomerRow, address_key
from fondly.ingest.domain.rows.reviews import ReviewRow


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
