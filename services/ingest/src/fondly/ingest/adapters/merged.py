"""Closes the scratch database, and reads back what the files of an upload came to."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from fondly.contracts.counts import LEFT_OUT, Counted
from fondly.contracts.records import Customer, Exclusion, Product, Purchase, Review, SharedText, Undone
from fondly.ingest.adapters import scratch_sql
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.order_states import RETURNS

if TYPE_CHECKING:
    from array import array


class TextsToScore(NamedTuple):
    """How many distinct texts are to be scored, and how many units of 100 characters they are billed as."""

    texts: int
    units: int


class Interactions(NamedTuple):
    """Pairs of a customer and a product, customers with any, and those with two or more."""

    pairs: int
    active: int
    returning: int


class Merged:
    """One run's merged records, in order of first appearance. Usable from one thread at a time."""

    def __init__(self, db: sqlite3.Connection, records: "array[int]") -> None:
        self._db = db
        self._records = records

    def counts(self) -> dict[str, int]:
        """Return the numbers of records by kind, of interactions, and of what cannot be sold or mailed."""
        counts = {name: self._number(f"SELECT count(*) FROM {name}") for name in scratch_sql.RECORD_TABLES}  # noqa: S608 - fixed names
        excluded = {f"customers_excluded_{cause}": count for cause, count in self.exclusions().items()}
        undone = dict(self._db.execute(scratch_sql.COUNT_UNDONE))
        return {
            **counts,
            Counted.INTERACTIONS: self.interactions.pairs,
            Counted.PRODUCTS_OUT_OF_STOCK: self._number("SELECT count(*) FROM products WHERE NOT in_stock"),
            Counted.SHARED_ADDRESSES: self._number(scratch_sql.COUNT_SHARED_ADDRESSES),
            **excluded,
            Counted.ROWS_LEFT_OUT: sum(undone.values()),
            **{LEFT_OUT + cause: count for cause, count in undone.items()},
        }

    def exclusions(self) -> dict[Exclusion, int]:
        """Return how many customers get no email, by cause."""
        return {Exclusion(cause): count for cause, count in self._db.execute(scratch_sql.COUNT_EXCLUDED)}

    @cached_property
    def interactions(self) -> Interactions:
        """How many interactions there are, and how many customers have them."""
        return Interactions(*self._db.execute(scratch_sql.COUNT_INTERACTIONS).fetchone())

    def texts_to_score(self) -> TextsToScore:
        """Return what Amazon Comprehend would be asked about, if none of it has been scored before."""
        return TextsToScore(*self._db.execute(scratch_sql.TEXTS_TO_SCORE).fetchone())

    def records_of_customers(self) -> Iterator[tuple[int, int]]:
        """Yield the position and number of reviews and purchases, as parts count them, of who is in parts."""
        for (position,) in self._db.execute("SELECT position FROM customers ORDER BY position"):
            yield position, self._records[position - 1]

    def records(self) -> int:
        """Return how many records parts hold; a customer without reviews and purchases counts as one."""
        return sum(max(1, count) for _, count in self.records_of_customers())

    def leave_out(self, positions: Sequence[int]) -> None:
        """Take unchanged customers out of all parts, and count them as excluded."""
        for statement in scratch_sql.LEAVE_OUT:
            self._db.executemany(statement, ((position,) for position in positions))

    def products(self) -> Iterator[Product]:
        """Yield every product, in order of first appearance."""
        for (record,) in self._db.execute("SELECT record FROM products ORDER BY position"):
            yield Product.model_validate_json(record)

    def facts(self, first: int, last: int) -> dict[str, str]:
        """Return a digest of all that is told of each customer of a span without an exclusion, by id."""
        told = defaultdict[int, list[tuple[Any, ...]]](list)
        for query in scratch_sql.OF_SPAN:
            for customer, *row in self._db.execute(query, (first, last)):
                told[customer].append(tuple(row))
        rows = (each for each in told.values() if each[0][-1] is None)
        return {each[0][0]: sha256(repr(each).encode()).hexdigest() for each in rows}

    def customer_ids(self, first: int, last: int) -> list[str]:
        """Return the ids of the customers at positions `first` to `last`."""
        return [id_ for (id_,) in self._db.execute(scratch_sql.IDS_OF_SPAN, (first, last))]

    def customers(self, first: int, last: int) -> list[Customer]:
        """Return the customers at positions `first` to `last` with all their reviews and purchases."""
        found: dict[str, Mapping[int, Iterable[object]]] = {
            "reviews": self._reviews(first, last),
            "purchases": self._purchases(first, last),
            "undone": self._undone(first, last),
        }
        return [
            _customer(row | {name: tuple(each.get(at, ())) for name, each in found.items()})
            for at, row in self._rows(scratch_sql.CUSTOMERS_OF_SPAN, first, last)
        ]

    def mailable(self, limit: int) -> list[Customer]:
        """Return at most so many customers who may be written to, those with a history first."""
        found = self._db.execute(scratch_sql.MAILABLE, (limit,)).fetchall()
        return [each for (position,) in found for each in self.customers(position, position)]

    def popular(self, limit: int, *, rows: int) -> list[tuple[Product, int]]:
        """Return products in stock, each with how many of the first `rows` records are of it, most first."""
        found = self._db.execute(scratch_sql.POPULAR, {"limit": limit, "rows": rows})
        return [(Product.model_validate_json(record), records) for record, records in found]

    def product(self, product_id: str) -> Product:
        """Return a product that there is."""
        (record,) = self._db.execute(scratch_sql.PRODUCT, (product_id,)).fetchone()
        return Product.model_validate_json(record)

    def review_texts(self, limit: int) -> list[str]:
        """Return the first texts of reviews."""
        return [text for (text,) in self._db.execute(scratch_sql.REVIEW_TEXTS, (limit,))]

    def shared_texts(self, first: int, last: int) -> list[SharedText]:
        """Return the shared texts at positions `first` to `last`; positions count from 1, without gaps."""
        found = self._db.execute(scratch_sql.SHARED_TEXTS_OF_SPAN, (first, last))
        return [SharedText(product_id=product_id, text=text) for product_id, text in found]

    def _reviews(self, first: int, last: int) -> Mapping[int, Iterable[Review]]:
        reviews: dict[int, dict[str, Review]] = {}
        for customer, row in self._rows(scratch_sql.REVIEWS_OF_SPAN, first, last):
            theirs, product_id = reviews.setdefault(customer, {}), row.pop("product_id")
            known = theirs.get(row["review_id"])
            row["product_ids"] = (*(known.product_ids if known else ()), product_id)
            row["rating"] = row["rating"] and Decimal(row["rating"])
            theirs[row["review_id"]] = Review.model_construct(**row)
        return {customer: theirs.values() for customer, theirs in reviews.items()}

    def _purchases(self, first: int, last: int) -> Mapping[int, Iterable[Purchase]]:
        purchases: defaultdict[int, list[Purchase]] = defaultdict(list)
        for customer, row in self._rows(scratch_sql.PURCHASES_OF_SPAN, first, last):
            price = row.pop("price")
            row["value"] = price and Decimal(price) * row["quantity"]
            purchases[customer].append(Purchase.model_construct(**row))
        return purchases

    def _undone(self, first: int, last: int) -> Mapping[int, Iterable[Undone]]:
        undone: defaultdict[int, list[Undone]] = defaultdict(list)
        for customer, row in self._rows(scratch_sql.UNDONE_OF_SPAN, first, last):
            row["is_return"] = row.pop("cause") in RETURNS
            undone[customer].append(Undone.model_construct(**row))
        return undone

    def _rows(self, query: str, first: int, last: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield rows of a span by name, each with its customer's position."""
        cursor = self._db.cursor()
        cursor.row_factory = sqlite3.Row
        for row in map(dict, cursor.execute(query, (first, last))):
            yield row.pop("customer"), row

    def _number(self, query: str) -> int:
        return int(self._db.execute(query).fetchone()[0])


# Every value was checked when its row was read: the models are only filled.
def _customer(row: dict[str, Any]) -> Customer:
    row |= {name: bool(row[name]) for name in ("marketing_consent", "suppressed") if row[name] is not None}
    row["exclusion"] = Exclusion(row["exclusion"]) if row["exclusion"] else None
    return Customer.model_construct(**row)


def close_input(db: sqlite3.Connection, rules: ExclusionRules) -> None:
    """Apply returns to purchases, and exclude who must not be written to; no row may be added afterwards."""
    _run(db, scratch_sql.CLOSE_INPUT)
    _take_back(db)
    _run(db, scratch_sql.DIVIDE_PURCHASES)
    db.execute(
        scratch_sql.EXCLUDE,
        {"consent_if_unknown": bool(rules.consent_not_required), "minimum_age": rules.minimum_age},
    )
    db.execute(scratch_sql.EXCLUDE_BY_ADDRESS)


def _run(db: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        db.execute(statement)


def _take_back(db: sqlite3.Connection) -> None:
    """Apply returns to purchases of other orders; what is left of them may be of earlier files."""
    for returned, customer, goods, timestamp, pieces in list(db.execute(scratch_sql.RETURNS)):
        bought = list(db.execute(scratch_sql.RETURNABLE, (customer, goods, timestamp)))
        for purchase, kept in bought:
            some = min(kept, pieces)
            db.executemany(scratch_sql.TAKE_BACK, [(some, purchase), (-some, returned)])
            pieces -= some  # noqa: PLW2901 - what is still to be taken back
