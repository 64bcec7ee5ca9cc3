"""The scratch database: merges the rows of an upload of any size in bounded memory.

SQLite on disk, deleted after the run. Rows go in one by one; merged records come out in order of first
appearance. Durability is switched off: a crashed run is read again from the start.
"""

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Self

from fondly.contracts.records import Product
from fondly.ingest.adapters import scratch_sql
from fondly.ingest.adapters.merged import Merged, close_input
from fondly.ingest.adapters.scratch_values import (
    NO_FIELDS,
    CustomerFields,
    KnownReview,
    Positions,
    PutReview,
    contradicts,
    customer_fields,
    differences,
    review_values,
)
from fondly.ingest.domain.limits import MAX_CUSTOMER_RECORDS, MAX_REVIEW_PRODUCTS
from fondly.ingest.domain.rows.orders import PurchaseRow
from fondly.ingest.domain.rows.people import CustomerRow, ExclusionRules, address_key, id_of_address
from fondly.ingest.domain.rows.reviews import ReviewRow

KEYS_PER_QUERY = 500
MAX_MERGED = 50_000
"""Customers whose last row is kept in memory: the same again, as in the lines of an order, adds nothing."""


class Scratch:
    """One run's records while its files are read. Usable from any thread, but only one at a time."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(scratch_sql.SCHEMA)
        self._db.execute("BEGIN")
        self._products, self._customers, self._reviews, self._buyers = (
            Positions(partial(self._find, query)) for query in scratch_sql.POSITIONS
        )
        self._merged: dict[int, CustomerFields] = {}
        self._records = array("H")
        """How many records each customer has, in order: at most `MAX_CUSTOMER_RECORDS` and a review's."""
        self._last_product = self._last_review = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def put_product(self, product: Product) -> int:
        """Merge a product; the last complete record, with a link, wins. Return how many fields differ."""
        record = product.model_dump_json(exclude_none=True)
        values = (product.parent_id, product.link is not None, product.in_stock, record)
        known = self._known_product(product.product_id)
        if known is None:
            self._last_product += 1
            self._products.add(product.product_id, self._last_product)
            self._db.execute(scratch_sql.ADD_PRODUCT, (self._last_product, product.product_id, *values))
            return 0
        if known[0] == record:
            return 0
        if product.link is not None or not known[1]:
            self._db.execute(
                "UPDATE products SET parent = ?, complete = ?, in_stock = ?, record = ? WHERE id = ?",
                (*values, product.product_id),
            )
        return differences(Product.model_validate_json(known[0]), product)

    def _known_product(self, product_id: str) -> tuple[Any, ...] | None:
        is_new = not self._products.may_have(product_id)
        return None if is_new else self._one(scratch_sql.KNOWN_PRODUCT, product_id)

    def put_shared_text(self, product_id: str, text: str) -> None:
        """Keep a text about a known product by an unknown reviewer; the same words about it count once."""
        self._db.execute(scratch_sql.PUT_SHARED_TEXT, (text, product_id))

    def customer_id(self, row: CustomerRow) -> str:
        """Return the id of a row's customer; one known by address alone has that of the first with it."""
        if row.customer_id is not None:
            return row.customer_id
        address = row.email or ""
        found = self._one(scratch_sql.CUSTOMER_OF_ADDRESS, address_key(address))
        return id_of_address(address) if found is None else str(found[0])

    def put_customer(self, row: CustomerRow) -> tuple[int, bool]:
        """Merge a customer; return their position, and whether they had another address before."""
        given = customer_fields(row)
        customer_id = self.customer_id(row)
        position = self._customers.find(customer_id)
        if position is None:
            return self._add_customer(customer_id, given, 0), False
        if given == NO_FIELDS or self._merged.get(position) == given:
            return position, False
        kept = CustomerFields(*self._db.execute(scratch_sql.KNOWN_CUSTOMER, (position,)).fetchone())
        if given != kept and any(
            new is not None and new != old for new, old in zip(given, kept, strict=True)
        ):
            self._db.execute(scratch_sql.COMPLETE_CUSTOMER, {"position": position, **given._asdict()})
        is_another = contradicts((kept.address,), (given.address,))
        if not is_another and len(self._merged) < MAX_MERGED:
            self._merged[position] = given
        return position, is_another

    def _add_customer(self, customer_id: str, given: CustomerFields, records: int) -> int:
        self._records.append(records)
        self._customers.add(customer_id, position := len(self._records))
        self._db.execute(scratch_sql.ADD_CUSTOMER, (position, customer_id, *given))
        return position

    def find_review(self, review_id: str) -> KnownReview | None:
        """Return what is known of a review, None if it is new."""
        return self.find_reviews([review_id]).get(review_id)

    def find_reviews(self, review_ids: Sequence[str]) -> dict[str, KnownReview]:
        """Return what is known of reviews, by id; those that are new are missing."""
        found = self._all(scratch_sql.KNOWN_REVIEWS, list(filter(self._reviews.may_have, review_ids)))
        return {review_id: KnownReview(*known) for review_id, *known in found}

    def known_customers(self, customer_ids: Sequence[str]) -> set[str]:
        """Return those of the ids that are known."""
        return {each for each in customer_ids if self._customers.find(each) is not None}

    def add_customers(self, rows: Sequence[CustomerRow], records: Sequence[int]) -> list[int]:
        """Add customers with ids, each new and there once, with their records; return their positions."""
        positions = range(first := len(self._records) + 1, first + len(rows))
        self._records.extend(records)
        for at, row in zip(positions, rows, strict=True):
            self._customers.add(row.customer_id or "", at)
        self._db.executemany(
            scratch_sql.ADD_CUSTOMER,
            [(at, row.customer_id, *customer_fields(row)) for at, row in zip(positions, rows, strict=True)],
        )
        return list(positions)

    def add_reviews(self, rows: Sequence[tuple[ReviewRow, int]], products: Sequence[int]) -> None:
        """Add reviews of these products, each new and there once, with their customers' positions."""
        positions = range(first := self._last_review + 1, first + len(rows))
        self._last_review += len(rows)
        for at, (row, _) in zip(positions, rows, strict=True):
            self._reviews.add(row.review_id, at)
        self._db.executemany(
            scratch_sql.ADD_REVIEW,
            [review_values(at, row, customer) for at, (row, customer) in zip(positions, rows, strict=True)],
        )
        self._db.executemany(scratch_sql.ADD_SUBJECT, product(positions, products))

    def count_record(self, customer: int, records: int = 1) -> bool:
        """Count a new review or purchase of a customer; return False if they may not have another one."""
        if self._records[customer - 1] >= MAX_CUSTOMER_RECORDS:
            return False
        self._records[customer - 1] += records
        return True

    def put_review(self, row: ReviewRow, known: KnownReview | None, *, customer: int) -> PutReview:
        """Merge a review that is new or this customer's, and of a known product, or parent of some."""
        if known is None:
            self._last_review = review = self._last_review + 1
            self._reviews.add(row.review_id, review)
            self._db.execute(scratch_sql.ADD_REVIEW, review_values(review, row, customer))
        else:
            review = known.position
            _, _, _, *given = review_values(review, row, customer)
            self._db.execute(scratch_sql.COMPLETE_REVIEW, (*given, review))
        is_another = known is not None and contradicts((known.title, known.text), (row.title, row.text))
        return PutReview(is_another, not self._add_subjects(review, row.product_id, is_new=known is None))

    def subjects_of(self, product_id: str) -> list[int] | None:
        """Return what a new review of a product is about; None if that is more than a review can be."""
        found = self._new_subjects(0, product_id, MAX_REVIEW_PRODUCTS + 1)
        return found if len(found) <= MAX_REVIEW_PRODUCTS else None

    def put_purchase(self, row: PurchaseRow, *, customer: int, product: int, file: int) -> None:
        """Merge a purchase; a product that an order names twice was bought in the larger quantity.

        What became of it is what the last file says, and of one file whatever undoes it.
        """
        price = None if row.price is None else str(row.price)
        self._buyers.add(row.order_id, customer)
        values = (customer, row.order_id, product, row.quantity, row.timestamp, price)
        self._db.execute(scratch_sql.PUT_PURCHASE, (*values, row.taken_back, row.cause, file))

    def is_purchased(self, row: PurchaseRow, *, product: int) -> bool:
        """Whether the order is known to hold the product."""
        return self._db.execute(scratch_sql.IS_PURCHASED, (row.order_id, product)).fetchone() is not None

    def buyer_of(self, order_id: str) -> int | None:
        """Return the position of the customer whose order it is, None if the order is new."""
        return self._buyers.find(order_id)

    def products_of(self, product_id: str) -> list[int]:
        """Return the position of the product, else of at most two products of which it is the parent."""
        if (known := self._products.find(product_id)) is not None:
            return [known]
        return [int(found) for (found,) in self._db.execute(scratch_sql.PRODUCTS_OF, {"id": product_id})]

    def customer_position(self, customer_id: str) -> int | None:
        """Return the customer's position, None if the customer is unknown."""
        return self._customers.find(customer_id)

    def close_input(self, rules: ExclusionRules) -> Merged:
        """Decide who may be written to and return what was merged; no row may be added afterwards."""
        close_input(self._db, rules)
        return Merged(self._db, self._records)

    def _add_subjects(self, review: int, product_id: str, *, is_new: bool) -> bool:
        """Add the product, or those of which it is the parent, to a review; return whether all had room."""
        known = 0 if is_new else int(self._db.execute(scratch_sql.COUNT_SUBJECTS, (review,)).fetchone()[0])
        room = MAX_REVIEW_PRODUCTS - known
        found = self._new_subjects(0 if is_new else review, product_id, room + 1)
        self._db.executemany(scratch_sql.ADD_SUBJECT, ((review, product) for product in found[:room]))
        return len(found) <= room

    def _new_subjects(self, review: int, product_id: str, limit: int) -> list[int]:
        if not review and (known := self._products.find(product_id)) is not None:
            return [known]
        wanted = {"review": review, "id": product_id, "limit": limit}
        return [int(found) for (found,) in self._db.execute(scratch_sql.NEW_SUBJECTS, wanted)]

    def _all(self, query: str, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(keys), KEYS_PER_QUERY):
            some = keys[first : first + KEYS_PER_QUERY]
            yield from self._db.execute(query.format(marks=", ".join("?" * len(some))), some)

    def _find(self, query: str, key: str) -> int | None:
        found = self._one(query, key)
        return None if found is None else int(found[0])

    def _one(self, query: str, key: str) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(query, (key,)).fetchone()
        return found
