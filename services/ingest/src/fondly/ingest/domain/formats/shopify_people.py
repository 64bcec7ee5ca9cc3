"""Shopify's exports of customers and orders.

Columns as in https://help.shopify.com/en/manual/customers/import-export-customers and
https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders.
"""

from collections import Counter
from collections.abc import Sequence

from fondly.ingest.domain.formats.export import Cells, Constants, Export, Positions, sign, without_apostrophe
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapper import Row
from fondly.ingest.domain.formats.units import Units

_UNDONE = ("refunded", "voided", "expired")
_ORDER = (
    "email",
    "user_name",
    "shipping_name",
    "timestamp",
    "paid_at",
    "marketing_consent",
    "status",
    "cancelled_at",
    "currency",
)


class ShopifyCustomers:
    """Maps customers: their id without its apostrophe, their name in one piece."""

    def __init__(self, positions: Positions, constants: Constants) -> None:  # noqa: ARG002 - as every export's
        self.left_out: Counter[str] = Counter()
        self._positions = positions
        self._direct = [part for part in positions if part not in {"first_name", "last_name", "user_id"}]

    def map(self, cells: Sequence[str]) -> Row:
        """Return a customer."""
        row = Cells(self._positions, cells)
        found = {part: row[part] for part in self._direct}
        if "user_id" in self._positions:
            found["user_id"] = without_apostrophe(row["user_id"])
        if "user_name" not in found:
            found["user_name"] = f"{row['first_name']} {row['last_name']}".strip()
        return found


class ShopifyOrders:
    """Maps the items of orders that were paid and not undone; an order's first row says whose it is."""

    def __init__(self, positions: Positions, constants: Constants) -> None:  # noqa: ARG002 - as every export's
        self.left_out: Counter[str] = Counter()
        self._positions = positions
        own = (*SHOPIFY_ORDERS.parts, *SHOPIFY_ORDERS.composed)
        self._others = [part for part in positions if part not in own]
        self._number = ""
        self._order: Row = {}

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return an ordered item; None for one of an order that is no purchase, or a row without an item."""
        row = Cells(self._positions, cells)
        if row["order_id"] not in {self._number, ""} or not self._number:
            self._number = row["order_id"]
            self._order = {}
        self._order |= {part: row[part] for part in (*_ORDER, *self._others) if row[part]}
        if not (row["product_id"] or row["item_name"]):
            return None
        if cause := self._undone():
            self.left_out[cause] += 1
            return None
        return self._item(row)

    def _undone(self) -> str:
        if "cancelled_at" in self._order:
            return "items of cancelled orders"
        status = self._order.get("status", "").casefold().replace(" ", "_")
        return f"items of {status} orders" if status in _UNDONE else ""

    def _item(self, row: Cells) -> Row:
        order = self._order
        return {
            **{part: order.get(part, "") for part in ("email", "marketing_consent", *self._others)},
            "order_id": self._number,
            "user_name": order.get("user_name") or order.get("shipping_name", ""),
            "timestamp": order.get("timestamp") or order.get("paid_at", ""),
            "product_id": without_apostrophe(row["product_id"]),
            "quantity": row["quantity"],
            "unit_price": f"{row['unit_price']} {order.get('currency', '')}".strip()
            if row["unit_price"]
            else "",
        }


SHOPIFY_CUSTOMERS = Export(
    name="Shopify customers",
    kind=Kind.CUSTOMERS,
    signature=sign(
        "firstname",
        "lastname",
        "email",
        "acceptsemailmarketing|acceptsmarketing",
        "totalspent|totalorders|tags",
    ),
    parts={
        "user_id": ("customerid",),
        "first_name": ("firstname",),
        "last_name": ("lastname",),
        "email": ("email",),
        "marketing_consent": ("acceptsemailmarketing", "acceptsmarketing"),
        "language": ("language", "locale"),
    },
    composed={"user_name": ("first_name", "last_name")},
    mapper=ShopifyCustomers,
)
SHOPIFY_ORDERS = Export(
    name="Shopify orders",
    kind=Kind.ORDERS,
    signature=sign("name", "email", "lineitemname", "lineitemquantity", "lineitemsku"),
    parts={
        "order_id": ("name",),
        "email": ("email",),
        "status": ("financialstatus",),
        "cancelled_at": ("cancelledat",),
        "marketing_consent": ("acceptsmarketing",),
        "timestamp": ("createdat",),
        "paid_at": ("paidat",),
        "quantity": ("lineitemquantity",),
        "unit_price": ("lineitemprice",),
        "currency": ("currency",),
        "item_name": ("lineitemname",),
        "product_id": ("lineitemsku",),
        "user_name": ("billingname",),
        "shipping_name": ("shippingname",),
    },
    composed={
        "user_name": ("user_name", "shipping_name"),
        "timestamp": ("timestamp", "paid_at"),
        "unit_price": ("unit_price", "currency"),
    },
    mapper=ShopifyOrders,
    units=Units(decimal=".", dates="year-month-day"),
)
