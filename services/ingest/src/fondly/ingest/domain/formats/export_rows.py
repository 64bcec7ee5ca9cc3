"""Maps the rows of exports whose fields are not just their columns, but those of Shopify's products."""

from collections.abc import Callable, Mapping, Sequence

from fondly.ingest.domain.formats.mapper import (
    Cells,
    ExportMapper,
    Row,
    RowMapper,
    Source,
    without_apostrophe,
)
from fondly.ingest.domain.formats.shopify_products import ShopifyProducts

_STATES = ("payment_status", "fulfilment_status", "cancelled_at")
_ORDER = (
    "email",
    "user_name",
    "shipping_name",
    "timestamp",
    "paid_at",
    "marketing_consent",
    *_STATES,
    "currency",
)


class JudgeMeReviews(ExportMapper):
    """Maps reviews of Judge.me, which knows products by Shopify's number and by their handle.

    Shopify's product export has no such numbers, so a review's product is its handle, which is the
    `parent_id` of the product's variants. Only an id that is not a number, such as a SKU of the shop, is
    preferred.
    """

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return a review; None for one that the shop has marked as spam."""
        row = Cells(self.positions, cells)
        if row["curated"].casefold() == "spam":
            self.left_out["spam"] += 1
            return None
        number = without_apostrophe(row["product_id"])
        found = {
            part: row[part] for part in self.positions if part not in {"product_id", "handle", "curated"}
        }
        found["product_id"] = number if number and not number.isdigit() else row["handle"] or number
        return found


class ShopifyCustomers(ExportMapper):
    """Maps customers: their id without its apostrophe, their name in one piece."""

    def map(self, cells: Sequence[str]) -> Row:
        """Return a customer."""
        row = Cells(self.positions, cells)
        found = {part: row[part] for part in self.positions if part not in {"first_name", "last_name"}}
        if "user_id" in found:
            found["user_id"] = without_apostrophe(found["user_id"])
        if "user_name" not in found:
            found["user_name"] = f"{row['first_name']} {row['last_name']}".strip()
        return found


class ShopifyOrders(ExportMapper):
    """Maps the items of orders; an order's first row says whose it is, and what became of it."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._number = ""
        self._order: Row = {}

    def map(self, cells: Sequence[str]) -> Row | None:
        """Return an ordered item; None for one of an order that is no purchase, or a row without an item."""
        row = Cells(self.positions, cells)
        if row["order_id"] not in {self._number, ""} or not self._number:
            self._number = row["order_id"]
            self._order = {}
        self._order |= {part: row[part] for part in (*_ORDER, *self.others) if row[part]}
        if not (row["product_id"] or row["item_name"]):
            return None
        return self._item(row)

    def _item(self, row: Cells) -> Row:
        order = self._order
        return {
            **{part: order.get(part, "") for part in ("email", "marketing_consent", *_STATES, *self.others)},
            "order_id": self._number,
            "user_name": order.get("user_name") or order.get("shipping_name", ""),
            "timestamp": order.get("timestamp") or order.get("paid_at", ""),
            "product_id": without_apostrophe(row["product_id"]),
            "quantity": row["quantity"],
            "unit_price": f"{row['unit_price']} {order.get('currency', '')}".strip()
            if row["unit_price"]
            else "",
        }


MAPPERS: Mapping[str, Callable[[Source], RowMapper]] = {
    mapper.__name__: mapper for mapper in (JudgeMeReviews, ShopifyCustomers, ShopifyOrders, ShopifyProducts)
}
"""The mappers that `exports.toml` names."""
