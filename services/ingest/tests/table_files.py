"""Writes files as shops' programs do, and reads them as tables, for tests."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet

from fondly.ingest.adapters.tables import open_table
from fondly.ingest.adapters.upload_file import go_on
from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.recognise import recognise


def columns(names: str) -> list[str]:
    """The names in a text, separated by commas; line breaks are spaces."""
    return [" ".join(name.split()) for name in names.split(",")]


SHOPIFY_PRODUCTS = columns(
    """
    Handle, Title, Body (HTML), Vendor, Product Category, Type, Tags, Published, Option1 Name, Option1
    Value, Option2 Name, Option2 Value, Option3 Name, Option3 Value, Variant SKU, Variant Grams, Variant
    Inventory Tracker, Variant Inventory Qty, Variant Inventory Policy, Variant Fulfillment Service, Variant
    Price, Variant Compare At Price, Variant Requires Shipping, Variant Taxable, Variant Barcode, Image Src,
    Image Position, Image Alt Text, Gift Card, SEO Title, SEO Description, Google Shopping / Google Product
    Category, Google Shopping / Gender, Variant Image, Variant Weight Unit, Variant Tax Code, Cost per item,
    Price / International, Status
    """
)
SHOPIFY_PRODUCTS_2024 = columns(
    """
    Title, URL handle, Description, Vendor, Product category, Type, Tags, Published on online store, Status,
    SKU, Barcode, Option1 name, Option1 value, Option2 name, Option2 value, Option3 name, Option3 value,
    Price, Compare-at price, Cost per item, Charge tax, Tax code, Inventory tracker, Inventory quantity,
    Continue selling when out of stock, Weight value (grams), Weight unit for display, Requires shipping,
    Fulfillment service, Product image URL, Image position, Image alt text, Variant image URL, Gift card,
    SEO title, SEO description
    """
)
SHOPIFY_CUSTOMERS = columns(
    """
    Customer ID, First Name, Last Name, Email, Accepts Email Marketing, Default Address Company, Default
    Address Address1, Default Address Address2, Default Address City, Default Address Province Code, Default
    Address Country Code, Default Address Zip, Default Address Phone, Phone, Accepts SMS Marketing, Total
    Spent, Total Orders, Note, Tax Exempt, Tags
    """
)
SHOPIFY_ORDERS = columns(
    """
    Name, Email, Financial Status, Paid at, Fulfillment Status, Fulfilled at, Accepts Marketing, Currency,
    Subtotal, Shipping, Taxes, Total, Discount Code, Discount Amount, Shipping Method, Created at, Lineitem
    quantity, Lineitem name, Lineitem price, Lineitem compare at price, Lineitem sku, Lineitem requires
    shipping, Lineitem taxable, Lineitem fulfillment status, Billing Name, Billing Street, Billing City,
    Billing Zip, Billing Country, Shipping Name, Shipping Street, Shipping City, Shipping Zip, Shipping
    Country, Notes, Note Attributes, Cancelled at, Payment Method, Payment Reference, Refunded Amount,
    Vendor, Outstanding Balance, Employee, Location, Device ID, Id, Tags, Risk Level, Source, Lineitem
    discount, Phone
    """
)
JUDGE_ME = columns(
    """
    title, body, rating, review_date, source, curated, reviewer_name, reviewer_email, product_id,
    product_handle, reply, reply_date, picture_urls, ip_address, location
    """
)
AMAZON_2015 = columns(
    """
    marketplace, customer_id, review_id, product_id, product_parent, product_title, product_category,
    star_rating, helpful_votes, total_votes, vine, verified_purchase, review_headline, review_body,
    review_date
    """
)

Cells = Mapping[str, str]


class Read(NamedTuple):
    """What a table had: its header, its good rows and its broken ones."""

    header: list[str]
    good: list[CSVRecord]
    broken: list[BrokenRecord]

    @property
    def cells(self) -> list[list[str]]:
        """The cells of the good rows."""
        return [record.cells for record in self.good]


def read(
    path: Path,
    *,
    max_bytes: int = 10**9,
    check: Callable[[], None] = go_on,
    sheet: str | None = None,
    only: Sequence[int] | None = None,
) -> Read:
    """Read a whole file as a table."""
    with open_table(path, max_bytes=max_bytes, check=check, sheet=sheet) as table:
        header = table.header()
        if only is not None:
            table.only(only)
        rows = list(table)
        assert 0 < table.bytes_read <= path.stat().st_size
    good = [record for record in rows if isinstance(record, CSVRecord)]
    return Read(header, good, [record for record in rows if isinstance(record, BrokenRecord)])


def written(path: Path, body: bytes) -> Path:
    """Write bytes to a file and return its path."""
    path.write_bytes(body)
    return path


def delimited(header: Sequence[str], rows: Iterable[Cells], *, delimiter: str = ",") -> bytes:
    """The rows as UTF-8 text in the order of a header; cells that a row lacks are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(header), lineterminator="\n", restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """Write a workbook with these sheets of rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def parquet(path: Path, columns: Mapping[str, tuple[Sequence[object], DataType]]) -> Path:
    """Write a Parquet file with these columns."""
    write_parquet(
        Table.from_pydict({name: Array(values, kind) for name, (values, kind) in columns.items()}), path
    )
    return path


def mapped(
    header: Sequence[str],
    rows: Iterable[Cells],
    *,
    file: str = "export.csv",
    mapping: FileMapping | None = None,
) -> tuple[Layout, list[dict[str, str] | None]]:
    """How a file with these rows is recognised, and the texts of each row by field; None if it is none."""
    layout = recognise(header, file=file, mapping=mapping)
    rows_by_field = layout.start()
    found = (rows_by_field.map([row.get(name, "") for name in header]) for row in rows)
    return layout, [next(iter(each), None) for each in found]
