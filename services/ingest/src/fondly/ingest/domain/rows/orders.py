"""Reads a row of an orders file: one product of one order."""

from decimal import Decimal
from typing import NamedTuple

from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import quoted
from fondly.ingest.domain.rows.people import CustomerRow, read_customer_row
from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.values.money import Price, read_price
from fondly.ingest.domain.values.numbers import read_quantity
from fondly.ingest.domain.values.texts import read_id


class PurchaseRow(NamedTuple):
    """A product that was bought by one order, as given in one row."""

    order_id: str
    product_id: str
    quantity: int
    timestamp: int | None = None
    value: Decimal | None = None
    """What all of them came to, in the shop's currency."""


def read_order_row(row: Row, how: Reading) -> tuple[CustomerRow, PurchaseRow]:
    """Read a row of an orders file and whose order it is; without a quantity, one was bought."""
    quantity = (
        row.required("quantity", how.reader("quantity", read_quantity)) if row.raw("quantity").strip() else 1
    )
    purchase = PurchaseRow(
        order_id=row.required("order_id", read_id),
        product_id=row.required("product_id", read_id),
        quantity=quantity,
        timestamp=row.optional("timestamp", how.timestamp),
        value=_value(row, how, quantity),
    )
    return read_customer_row(row), purchase


def _value(row: Row, how: Reading, quantity: int) -> Decimal | None:
    """Return what the purchase came to; a price in another currency than the shop's is noted and left out."""
    price: Price | None = row.optional("unit_price", how.reader("unit_price", read_price))
    if price is None:
        return None
    if price.currency != how.default.currency:
        row.note(
            "unit_price",
            f"a price in {how.default.currency}, the shop's currency",
            quoted(row.raw("unit_price")),
        )
        return None
    row.rounded += price.is_rounded
    return price.amount * quantity
