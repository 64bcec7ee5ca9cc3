"""A shop's files as programs of different countries write them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import openpyxl
from arro3.core import DataType
from openpyxl.cell import WriteOnlyCell

from fondly.contracts.records import Customer, Product, Purchase, Review
from services.ingest.tests.table_files import parquet

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


@dataclass(frozen=True)
class Shop:
    """What a shop knows, as records."""

    products: Sequence[Product]
    customers: Sequence[Customer]


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
    """Write rows into a workbook, each cell as a text: also one that looks like a formula."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([_text_cell(sheet, text) for text in row.values()])
    book.save(path)


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


def _text_cell(sheet: Any, text: str) -> Any:  # noqa: ANN401 - untyped in openpyxl
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _text(value: Decimal | int | None) -> str:
    return "" if value is None else str(value)


def _day(timestamp: int | None, dialect: Dialect) -> str:
    return "" if timestamp is None else datetime.fromtimestamp(timestamp, UTC).strftime(dialect.dates)
