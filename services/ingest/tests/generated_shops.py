"""Any shop, and its files as programs of different countries write them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from arro3.core import DataType
from hypothesis import strategies as st

from encore.contracts.records import Customer, Product, Purchase, Review
from encore.ingest.domain.text import clean
from encore.ingest.domain.values.nothing import is_no_text, says_nothing
from services.ingest.tests.table_files import parquet, workbook

TWO_PLACES = Decimal("0.01")
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Dialect:
    """How a program writes a file: separator, decimal mark, order of dates, names of columns, typed cells."""

    delimiter: str = ","
    decimal: str = "."
    groups: str = ""
    dates: str = "%Y-%m-%d"
    quote_all: bool = False
    end: str = "\n"
    names: tuple[tuple[str, str], ...] = ()

    @property
    def mapping(self) -> str | None:
        """What a person has to say about it: a day and a month may be either."""
        orders = {"%d.%m.%Y": "day-month-year", "%m/%d/%Y": "month-day-year"}
        return f"units: {{dates: {orders[self.dates]}}}" if self.dates in orders else None

    def money(self, amount: Decimal) -> str:
        """Return an amount as it is written, always with its two decimals."""
        text = f"{amount:,.2f}"
        return text.translate({ord(","): self.groups, ord("."): self.decimal})


GERMAN_NAMES = (
    ("product_id", "Artikel-Nr."),
    ("product_name", "Artikelname"),
    ("discounted_price", "Preis"),
    ("user_id", "Kundennummer"),
    ("email", "E-Mail"),
)
LOUD_NAMES = tuple((name, f" {name.replace('_', ' ').upper()} ") for name, _ in GERMAN_NAMES)
DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.just("."),
    groups=st.sampled_from(["", ",", " ", "'"]),
    dates=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y"]),
    quote_all=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    names=st.sampled_from([(), GERMAN_NAMES, LOUD_NAMES]),
) | st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.just(","),
    groups=st.sampled_from(["", ".", " ", "\N{NARROW NO-BREAK SPACE}"]),
    dates=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]),
    quote_all=st.booleans(),
    names=st.sampled_from([(), GERMAN_NAMES]),
)

_CHARS = st.characters(exclude_categories=("Cs", "Co", "Cn"), exclude_characters="\0")
TEXTS = st.text(_CHARS, max_size=60).map(clean).filter(lambda text: not is_no_text(text))
IDS = (
    st.text(_CHARS, min_size=1, max_size=40)
    .map(clean)
    .filter(lambda text: not says_nothing(text) and "E+" not in text.upper() and len(text.encode()) < 256)
)
PRICES = st.integers(1, 9_999_999).map(lambda cents: Decimal(cents) * TWO_PLACES)
DAYS = st.integers(9_500, 20_700).map(lambda day: day * 86_400)


@dataclass(frozen=True)
class Shop:
    """What a shop knows, as records."""

    products: Sequence[Product]
    customers: Sequence[Customer]


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """A shop of a few products and customers, with what they wrote and bought."""
    ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    products = [draw(_products(product_id)) for product_id in ids]
    people = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    review_ids = iter(draw(st.lists(IDS, min_size=8, max_size=8, unique=True)))
    customers = [
        draw(_customers(person, ids, next(review_ids), order)) for order, person in enumerate(people)
    ]
    return Shop(products, customers)


@st.composite
def _products(draw: st.DrawFn, product_id: str) -> Product:
    price = draw(PRICES)
    more = draw(st.none() | st.integers(0, 100_000))
    return Product(
        product_id=product_id,
        name=draw(TEXTS.filter(bool)),
        price=price,
        list_price=None if more is None else price + more * TWO_PLACES,
        currency="EUR",
        rating=draw(st.none() | st.integers(0, 50).map(lambda tenths: Decimal(tenths) / 10)),
        rating_count=draw(st.none() | st.integers(0, 10**6)),
        brand=draw(st.none() | TEXTS.filter(bool)),
        in_stock=draw(st.none() | st.booleans()),
        available_from=draw(st.none() | DAYS),
    )


@st.composite
def _customers(
    draw: st.DrawFn, customer_id: str, products: Sequence[str], review_id: str, order: int
) -> Customer:
    review = Review(
        review_id=review_id,
        product_ids=(draw(st.sampled_from(products)),),
        title=draw(st.none() | TEXTS.filter(bool)),
        text=draw(st.none() | TEXTS.filter(lambda text: bool(text) and "://" not in text)),
        rating=draw(st.none() | st.integers(0, 5).map(Decimal)),
        timestamp=draw(st.none() | DAYS),
    )
    purchase = Purchase(
        order_id=f"O{order}",
        product_id=draw(st.sampled_from(products)),
        quantity=draw(st.integers(1, 5_000)),
        timestamp=draw(st.none() | DAYS),
    )
    return Customer(
        customer_id=customer_id,
        name=draw(st.none() | TEXTS.filter(bool)),
        email=f"customer-{order}@shop.example" if draw(st.booleans()) else None,
        age=draw(st.none() | st.integers(18, 130)),
        marketing_consent=draw(st.none() | st.just(True)),  # noqa: FBT003 - a value
        language=draw(st.sampled_from([None, "de", "en-GB"])),
        time_zone=draw(st.sampled_from([None, "Europe/Berlin"])),
        reviews=(review,) if draw(st.booleans()) else (),
        purchases=(purchase,),
    )


def tables(shop: Shop, dialect: Dialect) -> dict[str, Rows]:
    """Return the rows of the shop's files by their names, without files that would be empty."""
    found = {
        "products": [_product_row(each, dialect) for each in shop.products],
        "customers": [_customer_row(each) for each in shop.customers],
        "reviews": [_review_row(c, each, dialect) for c in shop.customers for each in c.reviews],
        "orders": [_order_row(c, each, dialect) for c in shop.customers for each in c.purchases],
    }
    return {name: rows for name, rows in found.items() if rows}


def as_text(rows: Rows, dialect: Dialect) -> bytes:
    """Return rows as delimited text."""
    names = dict(dialect.names)
    text = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.end, quoting=quoting)
    writer.writerow([names.get(name, name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode()


def as_workbook(path: Path, rows: Rows) -> None:
    """Write rows as texts into a workbook."""
    workbook(path, {"Data": [list(rows[0]), *([*row.values()] for row in rows)]})


def as_parquet(path: Path, rows: Rows) -> None:
    """Write rows as texts into a Parquet file."""
    parquet(path, {name: ([row[name] for row in rows], DataType.utf8()) for name in rows[0]})


def _product_row(product: Product, dialect: Dialect) -> dict[str, str]:
    return {
        "product_id": product.product_id,
        "product_name": product.name,
        "discounted_price": dialect.money(product.price),
        "actual_price": "" if product.list_price is None else dialect.money(product.list_price),
        "rating": _text(product.rating),
        "rating_count": _text(product.rating_count),
        "brand": product.brand or "",
        "in_stock": {None: "", True: "yes", False: "no"}[product.in_stock],
        "available_from": _day(product.available_from, dialect),
    }


def _customer_row(customer: Customer) -> dict[str, str]:
    return {
        "user_id": customer.customer_id,
        "user_name": customer.name or "",
        "email": customer.email or "",
        "age": _text(customer.age),
        "marketing_consent": "yes" if customer.marketing_consent else "",
        "language": customer.language or "",
        "time_zone": customer.time_zone or "",
    }


def _review_row(customer: Customer, review: Review, dialect: Dialect) -> dict[str, str]:
    return {
        "review_id": review.review_id,
        "user_id": customer.customer_id,
        "product_id": review.product_ids[0],
        "review_title": review.title or "",
        "review_content": review.text or "",
        "rating": _text(review.rating),
        "timestamp": _day(review.timestamp, dialect),
    }


def _order_row(customer: Customer, purchase: Purchase, dialect: Dialect) -> dict[str, str]:
    return {
        "order_id": purchase.order_id,
        "user_id": customer.customer_id,
        "product_id": purchase.product_id,
        "quantity": _text(purchase.quantity),
        "timestamp": _day(purchase.timestamp, dialect),
    }


def _text(value: Decimal | int | None) -> str:
    return "" if value is None else str(value)


def _day(timestamp: int | None, dialect: Dialect) -> str:
    return "" if timestamp is None else datetime.fromtimestamp(timestamp, UTC).strftime(dialect.dates)
