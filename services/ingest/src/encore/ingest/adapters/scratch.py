"""The scratch database: merges the rows of an upload of any size in bounded memory.

SQLite on disk, deleted after the run. Rows go in one by one; merged records come out in order of first
appearance. Durability is switched off: a crashed run is read again from the start.
"""

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple, Self

from encore.contracts.records import Product
from encore.ingest.adapters import scratch_sql
from encore.ingest.adapters.merged import Merged
from encore.ingest.domain.exclusion import ExclusionRules
from encore.ingest.domain.limits import MAX_CUSTOMER_RECORDS, MAX_REVIEW_PRODUCTS
from encore.ingest.domain.rows.orders import PurchaseRow
from encore.ingest.domain.rows.people import CustomerRow, address_key, id_of_address
from encore.ingest.domain.rows.reviews import ReviewRow


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


class Scratch:
    """One run's records while its files are read. Usable from any thread, but only one at a time."""

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
        values = (product.parent_id, product.link is not None, product.in_stock, record)
        known = self._one("SELECT record, complete FROM products WHERE id = ?", product.product_id)
        if known is None:
            self._db.execute(
                "INSERT INTO products (id, parent, complete, in_stock, record) VALUES (?, ?, ?, ?, ?)",
                (product.product_id, *values),
            )
            return 0
        if known[0] == record:
            return 0
        if product.link is not None or not known[1]:
            self._db.execute(
                "UPDATE products SET parent = ?, complete = ?, in_stock = ?, record = ? WHERE id = ?",
                (*values, product.product_id),
            )
        return _differences(Product.model_validate_json(known[0]), product)

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
        """Merge a customer; return their position, and whether they had another address before.

        Each field keeps its first value, but what decides whether they may be written to its more cautious
        one.
        """
        given = _CustomerFields(row.email, None if row.email is None else address_key(row.email), *row[2:])
        known = self._one(scratch_sql.KNOWN_CUSTOMER, customer_id := self.customer_id(row))
        if known is None:
            return self._add(scratch_sql.ADD_CUSTOMER, customer_id, *given), False
        position, kept = int(known[0]), _CustomerFields(*known[1:])
        if given != kept and any(
            new is not None and new != old for new, old in zip(given, kept, strict=True)
        ):
            self._db.execute(scratch_sql.COMPLETE_CUSTOMER, {"position": position, **given._asdict()})
        return position, _contradicts((kept.address,), (given.address,))

    def find_review(self, review_id: str) -> KnownReview | None:
        """Return what is known of a review, None if it is new."""
        found = self._one(scratch_sql.KNOWN_REVIEW, review_id)
        return None if found is None else KnownReview(*found)

    def count_record(self, customer: int, records: int = 1) -> bool:
        """Count a new review or purchase of a customer; return False if they may not have another one."""
        values = (records, customer, MAX_CUSTOMER_RECORDS)
        return bool(self._db.execute(scratch_sql.COUNT_RECORD, values).rowcount)

    def put_review(self, row: ReviewRow, known: KnownReview | None, *, customer: int) -> PutReview:
        """Merge a review with what is known of it.

        Each field keeps its first value, products are added, up to `MAX_REVIEW_PRODUCTS`. The product, or
        products of which it is the parent, must be known, and the review new or this customer's.
        """
        rating = None if row.rating is None else str(row.rating)
        if known is None:
            given = (row.review_id, customer, row.title, row.text, rating, row.timestamp)
            review = self._add(scratch_sql.ADD_REVIEW, *given)
        else:
            review = known.position
            self._db.execute(
                scratch_sql.COMPLETE_REVIEW, (row.title, row.text, rating, row.timestamp, review)
            )
        contradicts = known is not None and _contradicts((known.title, known.text), (row.title, row.text))
        return PutReview(contradicts, not self._add_subjects(review, row.product_id, is_new=known is None))

    def put_purchase(self, row: PurchaseRow, *, customer: int, product: int) -> None:
        """Merge a purchase; a product that an order names twice was bought in the larger quantity."""
        values = (customer, row.order_id, product, row.quantity, row.timestamp)
        self._db.execute(scratch_sql.PUT_PURCHASE, values)

    def is_purchased(self, row: PurchaseRow, *, product: int) -> bool:
        """Whether the order is known to hold the product."""
        return self._db.execute(scratch_sql.IS_PURCHASED, (row.order_id, product)).fetchone() is not None

    def buyer_of(self, order_id: str) -> str | None:
        """Return the id of the customer whose order it is, None if the order is new."""
        found = self._one(scratch_sql.BUYER_OF_ORDER, order_id)
        return None if found is None else str(found[0])

    def products_of(self, product_id: str) -> list[int]:
        """Return the position of the product, else of at most two products of which it is the parent."""
        return [int(found) for (found,) in self._db.execute(scratch_sql.PRODUCTS_OF, {"id": product_id})]

    def customer_position(self, customer_id: str) -> int | None:
        """Return the customer's position, None if the customer is unknown."""
        found = self._one("SELECT position FROM customers WHERE id = ?", customer_id)
        return None if found is None else int(found[0])

    def close_input(self, rules: ExclusionRules) -> Merged:
        """Decide who may be written to and return what was merged; no row may be added afterwards."""
        for statement in filter(str.strip, scratch_sql.CLOSE_INPUT.split(";")):
            self._db.execute(statement)
        self._db.execute(
            scratch_sql.EXCLUDE,
            {"consent_if_unknown": not rules.require_consent, "minimum_age": rules.minimum_age},
        )
        self._db.execute(scratch_sql.EXCLUDE_BY_ADDRESS)
        return Merged(self._db)

    def _add_subjects(self, review: int, product_id: str, *, is_new: bool) -> bool:
        """Add the product, or those of which it is the parent, to a review; return whether all had room."""
        known = 0 if is_new else int(self._db.execute(scratch_sql.COUNT_SUBJECTS, (review,)).fetchone()[0])
        room = MAX_REVIEW_PRODUCTS - known
        wanted = {"review": review, "id": product_id, "limit": room + 1}
        found = self._db.execute(scratch_sql.NEW_SUBJECTS, wanted).fetchall()
        self._db.executemany(scratch_sql.ADD_SUBJECT, ((review, product) for (product,) in found[:room]))
        return len(found) <= room

    def _add(self, statement: str, *values: object) -> int:
        """Insert a row and return its position."""
        return int(self._db.execute(statement, values).lastrowid or 0)

    def _one(self, query: str, key: str) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(query, (key,)).fetchone()
        return found


class _CustomerFields(NamedTuple):
    email: str | None
    address: str | None
    name: str | None
    age: int | None
    consent: bool | None
    suppressed: bool | None
    language: str | None
    time_zone: str | None


def _contradicts(known: tuple[str | None, ...], given: tuple[str | None, ...]) -> bool:
    return any(None not in pair and pair[0] != pair[1] for pair in zip(known, given, strict=True))


def _differences(before: Product, after: Product) -> int:
    old, new = before.model_dump(), after.model_dump()
    return sum(old[field] != new[field] for field in old)
