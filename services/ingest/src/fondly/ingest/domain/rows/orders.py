"""Reads a row of an orders file: one product of one order, and what became of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.errors import quoted
from fondly.ingest.domain.rows.people import CustomerRow, read_customer_row
from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.money import Price, read_price
from fondly.ingest.domain.values.numbers import read_quantity, read_taken_back
from fondly.ingest.domain.values.order_states import KEPT, RETURNS, Cause, first_of, has_happened
from fondly.ingest.domain.values.texts import read_id


class PurchaseRow(NamedTuple):
    """A product that was bought by one order, as given in one row; or a return, where none was bought."""

    order_id: str
    product_id: str
    quantity: int
    timestamp: int | None = None
    price: Decimal | None = None
    """Of one of them, in the shop's currency."""
    taken_back: int = 0
    """How many were cancelled, refunded or returned."""
    cause: str = KEPT
    """Why it is no purchase, as far as its own row says: a `Cause`."""


def read_order_row(row: Row, how: Reading) -> tuple[CustomerRow, PurchaseRow]:
    """Read a row of an orders file and whose order it is; without a quantity, one was bought."""
    cause = first_of(_causes(row, how))
    given = _quantity(row, how, cause)
    quantity, price = max(0, given), _price(row, how, "unit_price")
    cancelled, refunded = _taken_back(row, how, price)
    if given < 0:
        cancelled, refunded, cause = 0, -given if cause in {KEPT, *RETURNS} else 0, KEPT
    elif quantity <= cancelled + refunded:
        cause = cause or (Cause.REFUNDED if refunded else Cause.CANCELLED)
    purchase = PurchaseRow(
        order_id=row.required("order_id", read_id),
        product_id=row.required("product_id", read_id),
        quantity=quantity,
        timestamp=row.optional("timestamp", how.timestamp),
        price=price,
        taken_back=cancelled + refunded,
        cause=cause,
    )
    return read_customer_row(row), purchase


def _causes(row: Row, how: Reading) -> Iterator[str]:
    """Yield what the columns of states and of dates say; where quantities do, a date says no more."""
    for field, meanings in how.states.items():
        yield meanings.get(clean(row.raw(field)).casefold(), KEPT)
    for field, cause, counts in _DATES:
        if row.raw(field) and not any(plain(row.raw(each)).strip("-0.,") for each in counts):
            yield cause if row.optional(field, has_happened) else KEPT


_REFUNDS = ("refunded_quantity", "refunded_amount")
_DATES = (
    ("cancelled_at", Cause.CANCELLED, ("cancelled_quantity",)),
    ("refunded_at", Cause.REFUNDED, _REFUNDS),
    ("returned_at", Cause.RETURNED, _REFUNDS),
)


def _quantity(row: Row, how: Reading, cause: str) -> int:
    """Return how many were bought, below 0 if brought back; of what came to nothing some shops count none."""
    if not row.raw("quantity").strip():
        return 1
    read = how.reader("quantity", read_quantity)
    return (row.optional("quantity", read) or 1) if cause else row.required("quantity", read)


def _taken_back(row: Row, how: Reading, price: Decimal | None) -> tuple[int, int]:
    """Return how many were cancelled and refunded; a refund of money is one of as many as it pays for."""
    cancelled, refunded = (
        row.optional(field, how.reader(field, read_taken_back)) or 0
        for field in ("cancelled_quantity", "refunded_quantity")
    )
    amount = _price(row, how, "refunded_amount") if price else None
    return cancelled, max(refunded, int(amount / price)) if amount and price else refunded


def _price(row: Row, how: Reading, field: str) -> Decimal | None:
    """Return an amount; one in another currency than the shop's is noted and left out."""
    text = row.raw(field).strip()
    if field != "unit_price":
        text = plain(text).removeprefix("-")
        if not text.strip("0.,"):
            return None
    read = how.reader(field, read_price)
    price: Price | None = row.value(field, text, read) if text else None
    if price is None:
        return None
    if price.currency != how.default.currency:
        row.note(field, f"a price in {how.default.currency}, the shop's currency", quoted(row.raw(field)))
        return None
    row.rounded += price.is_rounded
    return price.amount
