"""Reads a row of an orders file: one product of one order."""

from functools import partial
from typing import NamedTuple

from encore.ingest.domain.cells import Row
from encore.ingest.domain.rows.people import CustomerRow, read_customer_row
from encore.ingest.domain.rows.reading import Reading
from encore.ingest.domain.values.identifiers import read_id
from encore.ingest.domain.values.numbers import read_quantity


class PurchaseRow(NamedTuple):
    """A product that was bought by one order, as given in one row."""

    order_id: str
    product_id: str
    quantity: int
    timestamp: int | None = None


def read_order_row(row: Row, how: Reading) -> tuple[CustomerRow, PurchaseRow]:
    """Read a row of an orders file and whose order it is; without a quantity, one was bought."""
    read = partial(read_quantity, decided=how.of("quantity"))
    purchase = PurchaseRow(
        order_id=row.required("order_id", read_id),
        product_id=row.required("product_id", read_id),
        quantity=row.required("quantity", read) if row.raw("quantity").strip() else 1,
        timestamp=row.optional("timestamp", how.timestamp),
    )
    return read_customer_row(row), purchase
