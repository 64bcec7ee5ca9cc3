"""What the files of an upload came to, read back from the scratch database."""

import sqlite3
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from fondly.contracts.counts import Counted
from fondly.contracts.records import Customer, Exclusion, Product, Purchase, Review, SharedText
from fondly.ingest.adapters import scratch_sql


class TextsToScore(NamedTuple):
    """How many distinct texts are to be scored, and how many units of 100 characters they are billed as."""

    texts: int
    units: int


class Merged:
    """One run's merged records, in order of first appearance. Usable from one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def counts(self) -> dict[str, int]:
        """Return the numbers of records by kind, of interactions, and of what cannot be sold or mailed."""
        counts = {name: self._number(f"SELECT count(*) FROM {name}") for name in scratch_sql.RECORD_TABLES}  # noqa: S608 - fixed names
        excluded = {f"customers_excluded_{cause}": count for cause, count in self.exclusions().items()}
        return {
            **counts,
            Counted.INTERACTIONS: self._number(scratch_sql.COUNT_INTERACTIONS),
            Counted.PRODUCTS_OUT_OF_STOCK: self._number("SELECT count(*) FROM products WHERE NOT in_stock"),
            Counted.SHARED_ADDRESSES: self._number(scratch_sql.COUNT_SHARED_ADDRESSES),
            **excluded,
        }

    def exclusions(self) -> dict[Exclusion, int]:
        """Return how many customers get no email, by cause."""
        return {Exclusion(cause): count for cause, count in self._db.execute(scratch_sql.COUNT_EXCLUDED)}

    def active_customers(self, *, interactions: int) -> int:
        """Return how many customers have at least so many interactions."""
        return self._number(scratch_sql.COUNT_ACTIVE_CUSTOMERS, interactions)

    def texts_to_score(self) -> TextsToScore:
        """Return what Amazon Comprehend would be asked about, if none of it has been scored before."""
        return TextsToScore(*self._db.execute(scratch_sql.TEXTS_TO_SCORE).fetchone())

    def records_of_customers(self) -> Iterator[tuple[int, int]]:
        """Yield every customer's position and number of reviews and purchases, as parts count them."""
        yield from self._db.execute(scratch_sql.RECORDS_OF_CUSTOMERS)

    def records(self) -> int:
        """Return how many records all customers have; one without reviews and purchases counts as one."""
        return self._number(scratch_sql.COUNT_RECORDS)

    def products(self) -> Iterator[Product]:
        """Yield every product, in order of first appearance."""
        for (record,) in self._db.execute("SELECT record FROM products ORDER BY position"):
            yield Product.model_validate_json(record)

    def customers(self, first: int, last: int) -> list[Customer]:
        """Return the customers at positions `first` to `last` with all their reviews and purchases."""
        reviews, purchases = self._reviews(first, last), self._purchases(first, last)
        return [
            _customer(row, reviews.get(row.position, {}).values(), purchases.get(row.position, ()))
            for row in map(_CustomerRow._make, self._db.execute(scratch_sql.CUSTOMERS_OF_SPAN, (first, last)))
        ]

    def shared_texts(self, first: int, last: int) -> list[SharedText]:
        """Return the shared texts at positions `first` to `last`; positions count from 1, without gaps."""
        found = self._db.execute(scratch_sql.SHARED_TEXTS_OF_SPAN, (first, last))
        return [SharedText(product_id=product_id, text=text) for product_id, text in found]

    def _reviews(self, first: int, last: int) -> dict[int, dict[str, Review]]:
        reviews: dict[int, dict[str, Review]] = {}
        for row in map(_SubjectRow._make, self._db.execute(scratch_sql.REVIEWS_OF_SPAN, (first, last))):
            theirs = reviews.setdefault(row.customer, {})
            theirs[row.review_id] = _review(row, theirs.get(row.review_id))
        return reviews

    def _purchases(self, first: int, last: int) -> dict[int, list[Purchase]]:
        purchases: dict[int, list[Purchase]] = {}
        for customer, order_id, product_id, quantity, timestamp, value in self._db.execute(
            scratch_sql.PURCHASES_OF_SPAN, (first, last)
        ):
            made = Purchase.model_construct(
                order_id=order_id,
                product_id=product_id,
                quantity=quantity,
                timestamp=timestamp,
                value=None if value is None else Decimal(value),
            )
            purchases.setdefault(customer, []).append(made)
        return purchases

    def _number(self, query: str, *values: int) -> int:
        return int(self._db.execute(query, values).fetchone()[0])


class _CustomerRow(NamedTuple):
    position: int
    customer_id: str
    name: str | None
    email: str | None
    age: int | None
    consent: int | None
    suppressed: int | None
    language: str | None
    time_zone: str | None
    cause: str | None


class _SubjectRow(NamedTuple):
    customer: int
    review_id: str
    title: str | None
    text: str | None
    rating: str | None
    timestamp: int | None
    product_id: str


# Every value was checked when its row was read: the models are only filled.
def _customer(row: _CustomerRow, reviews: Iterable[Review], purchases: Iterable[Purchase]) -> Customer:
    return Customer.model_construct(
        customer_id=row.customer_id,
        name=row.name,
        email=row.email,
        age=row.age,
        marketing_consent=None if row.consent is None else bool(row.consent),
        suppressed=None if row.suppressed is None else bool(row.suppressed),
        language=row.language,
        time_zone=row.time_zone,
        exclusion=None if row.cause is None else Exclusion(row.cause),
        reviews=tuple(reviews),
        purchases=tuple(purchases),
    )


def _review(row: _SubjectRow, known: Review | None) -> Review:
    if known is not None:
        return known.model_copy(update={"product_ids": (*known.product_ids, row.product_id)})
    return Review.model_construct(
        review_id=row.review_id,
        product_ids=(row.product_id,),
        title=row.title,
        text=row.text,
        rating=None if row.rating is None else Decimal(row.rating),
        timestamp=row.timestamp,
    )
