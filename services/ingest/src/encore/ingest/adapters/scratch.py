"""The scratch database: merges the rows of an upload of any size in bounded memory.

SQLite on disk, deleted after the run. Rows go in one by one; merged records come out in order of first
appearance. Durability is switched off: a crashed run is read again from the start.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

from encore.contracts.records import Customer, Product, Review, SharedText
from encore.ingest.adapters import scratch_sql
from encore.ingest.domain.rows import CustomerRow, ReviewRow


class Scratch:
    """One run's merged records. Usable from any thread, but only one at a time."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(scratch_sql.SCHEMA)
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def put_product(self, product: Product) -> int:
        """Merge a product and return how many of its fields differ from the record before.

        The last complete record wins as a whole; a record is complete if it has a product link.
        """
        record = product.model_dump_json(exclude_none=True)
        complete = product.link is not None
        known = self._one("SELECT record, complete FROM products WHERE id = ?", product.product_id)
        if known is None:
            self._db.execute(
                "INSERT INTO products (id, complete, record) VALUES (?, ?, ?)",
                (product.product_id, complete, record),
            )
            return 0
        if known[0] == record:
            return 0
        if complete or not known[1]:
            self._db.execute(
                "UPDATE products SET complete = ?, record = ? WHERE id = ?",
                (complete, record, product.product_id),
            )
        return _differences(Product.model_validate_json(known[0]), product)

    def put_shared_text(self, product_id: str, text: str) -> None:
        """Keep a text about a known product by an unknown reviewer; the same words about it count once."""
        self._db.execute(scratch_sql.PUT_SHARED_TEXT, (text, product_id))

    def put_customer(self, row: CustomerRow) -> int:
        """Merge a customer and return their position; each field keeps its first value."""
        return self._position(scratch_sql.PUT_CUSTOMER, row.customer_id, row.name, row.email, row.age)

    def put_review(self, row: ReviewRow, *, customer: int) -> None:
        """Merge a review: each field keeps its first value, products are added.

        Its product must be known, and its id must be new or belong to this customer: see `owner_of`.
        """
        rating = None if row.rating is None else str(row.rating)
        review = self._position(
            scratch_sql.PUT_REVIEW,
            row.review_id,
            customer,
            row.title,
            row.text,
            rating,
            row.timestamp,
        )
        self._db.execute(
            "INSERT OR IGNORE INTO subjects SELECT ?, position FROM products WHERE id = ?",
            (review, row.product_id),
        )

    def owner_of(self, review_id: str) -> str | None:
        """Return the id of the customer who wrote the review, None if the review is new."""
        found = self._one(scratch_sql.OWNER_OF_REVIEW, review_id)
        return None if found is None else str(found[0])

    def has_product(self, product_id: str) -> bool:
        """Return whether the product is known."""
        return self._one("SELECT 1 FROM products WHERE id = ?", product_id) is not None

    def customer_position(self, customer_id: str) -> int | None:
        """Return the customer's position, None if the customer is unknown."""
        found = self._one("SELECT position FROM customers WHERE id = ?", customer_id)
        return None if found is None else int(found[0])

    def close_input(self) -> None:
        """Prepare for reading; no row may be added afterwards."""
        self._db.execute("CREATE INDEX reviews_of_customer ON reviews (customer)")

    def counts(self) -> dict[str, int]:
        """Return the numbers of records by kind, and of interactions (customer-product pairs)."""
        queries = {name: f"SELECT count(*) FROM {name}" for name in scratch_sql.RECORD_TABLES}  # noqa: S608 - fixed names
        queries["interactions"] = scratch_sql.COUNT_INTERACTIONS
        return {name: int(self._db.execute(query).fetchone()[0]) for name, query in queries.items()}

    def review_counts(self) -> Iterator[tuple[int, int]]:
        """Yield every customer's position and number of reviews, in order."""
        yield from self._db.execute(scratch_sql.COUNT_REVIEWS)

    def products(self) -> Iterator[Product]:
        """Yield every product, in order of first appearance."""
        for (record,) in self._db.execute("SELECT record FROM products ORDER BY position"):
            yield Product.model_validate_json(record)

    def customers(self, first: int, last: int) -> list[Customer]:
        """Return the customers at positions `first` to `last` with all their reviews."""
        reviews: dict[int, dict[str, Review]] = {}
        for row in map(_SubjectRow._make, self._db.execute(scratch_sql.REVIEWS_OF_SPAN, (first, last))):
            theirs = reviews.setdefault(row.customer, {})
            theirs[row.review_id] = _review(row, theirs.get(row.review_id))
        return [
            Customer(
                customer_id=customer_id,
                name=name,
                email=email,
                age=age,
                reviews=tuple(reviews.get(position, {}).values()),
            )
            for position, customer_id, name, email, age in self._db.execute(
                scratch_sql.CUSTOMERS_OF_SPAN, (first, last)
            )
        ]

    def shared_texts(self, first: int, last: int) -> list[SharedText]:
        """Return the shared texts at positions `first` to `last`; positions count from 1, without gaps."""
        found = self._db.execute(scratch_sql.SHARED_TEXTS_OF_SPAN, (first, last))
        return [SharedText(product_id=product_id, text=text) for product_id, text in found]

    def _one(self, query: str, key: str) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(query, (key,)).fetchone()
        return found

    def _position(self, statement: str, *values: object) -> int:
        # fetchall, not fetchone: an upsert stays unfinished while its cursor is open
        return int(self._db.execute(statement, values).fetchall()[0][0])


class _SubjectRow(NamedTuple):
    customer: int
    review_id: str
    title: str | None
    text: str | None
    rating: str | None
    timestamp: int | None
    product_id: str


def _review(row: _SubjectRow, known: Review | None) -> Review:
    if known is not None:
        return known.model_copy(update={"product_ids": (*known.product_ids, row.product_id)})
    return Review.model_validate(
        {
            "review_id": row.review_id,
            "product_ids": (row.product_id,),
            "title": row.title,
            "text": row.text,
            "rating": row.rating,
            "timestamp": row.timestamp,
        }
    )


def _differences(before: Product, after: Product) -> int:
    old, new = before.model_dump(), after.model_dump()
    return sum(old[name] != new[name] for name in old)
