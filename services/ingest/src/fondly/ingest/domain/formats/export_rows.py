"""Maps the rows of exports whose fields are not just their columns: customers, orders and reviews."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from fondly.ingest.domain.formats.exported_products import ExportedProducts
from fondly.ingest.domain.formats.mapper import ExportMapper, Parts, Row, RowMapper, Source
from fondly.ingest.domain.formats.vocabulary import loosened

_OF_PERSON = ("user_id", "email", "user_name", "marketing_consent")
_OF_ORDER = (
    *_OF_PERSON,
    *("first_name", "last_name", "shipping_name", "timestamp", "paid_at", "currency"),
    *("status", "payment_status", "fulfilment_status", "cancelled_at", "refunded_at", "returned_at"),
)
_OF_GUESTS = "0"
"""The id that programs give to all customers without an account."""


def _person(parts: Parts) -> Row:
    """Return who a row is about, by an id of their own only."""
    name = parts["user_name"] or f"{parts['first_name']} {parts['last_name']}".strip()
    user_id = "" if parts["user_id"] == _OF_GUESTS else parts["user_id"]
    return {
        **{part: parts[part] for part in _OF_PERSON if part in parts},
        "user_id": user_id,
        "user_name": name,
    }


class ExportedReviews(ExportMapper):
    """Maps reviews of shops that know products by a number and by a handle or a SKU.

    The product export of Shopify has no such numbers, so a review's product is its handle, which is the
    `parent_id` of the product's variants. Only an id that is not a number, such as a SKU of the shop, is
    preferred.
    """

    def map(self, cells: Sequence[str]) -> list[Row]:
        """Return a review; nothing for one that the shop does not show."""
        parts = self.parts(cells)
        if self.is_off(parts):
            self.left_out[self.rules.left_out] += 1
            return []
        number = parts["product_id"]
        product_id = number if number and not number.isdigit() else parts["handle"] or number
        return [self.row({**parts, "product_id": product_id} | _person(parts))]


class ExportedCustomers(ExportMapper):
    """Maps customers: their name in one piece; whose account is closed, or who refuses emails, gets none."""

    def map(self, cells: Sequence[str]) -> list[Row]:
        """Return a customer."""
        parts = self.parts(cells)
        return [self.row(parts | _person(parts) | ({"suppressed": "yes"} if self.is_off(parts) else {}))]


class ExportedOrders(ExportMapper):
    """Maps the items of orders; an order's first row says whose it is, and what became of it."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._order = Parts()
        self._last = ""
        self._lists = sorted(part for part in self.positions if part.startswith("items"))

    def map(self, cells: Sequence[str]) -> list[Row]:
        """Return the items of a row, which may have none."""
        parts = self.parts(cells)
        if parts["order_id"] not in {self._order["order_id"], ""} or not self._order:
            self._order = Parts({"order_id": parts["order_id"]})
        known = (*_OF_ORDER, *self.others)
        self._order |= {part: parts[part] for part in known if parts[part]}
        items = self._items(parts)
        return [
            self._item(each) for each in items if each["product_id"] or each["number"] or each["item_name"]
        ]

    def _items(self, parts: Parts) -> Iterator[Parts]:
        """Yield the items of a row: it is one, or lists several in cells; none that stands there twice."""
        if not self._lists:
            is_again = parts["parent_item"] and parts["product_id"] == self._last
            self._last = parts["product_id"]
            yield from () if is_again else (parts,)
        for text in filter(None, re.split(self.rules.split, "\n".join(parts[each] for each in self._lists))):
            pairs = ((loosened(name), value.strip()) for name, value in re.findall(self.rules.pair, text))
            yield Parts({self.rules.item[name]: value for name, value in pairs if name in self.rules.item})

    def _item(self, item: Parts) -> Row:
        order, person = self._order, _person(self._order)
        price = item["unit_price"] or _of_each(item["line_total"], item["quantity"])
        own = {
            "user_name": person["user_name"] or order["shipping_name"],
            "timestamp": order["timestamp"] or order["paid_at"],
            "product_id": _product(item),
            "unit_price": f"{price} {order['currency']}".strip() if price else "",
        }
        return self.row(item | order | person | own)


def _product(item: Parts) -> str:
    """Return the id of an item; PrestaShop's product export has no references of combinations."""
    is_combined = item["combination"] not in {"", "0"} and item["number"]
    return item["number"] if is_combined else item["product_id"] or item["number"]


def _of_each(total: str, quantity: str) -> str:
    """Return the price of one piece; none if that cannot be told."""
    try:
        return f"{Decimal(total) / Decimal(quantity):.2f}"
    except (InvalidOperation, ArithmeticError):
        return ""


MAPPERS: Mapping[str, Callable[[Source], RowMapper]] = {
    mapper.__name__: mapper
    for mapper in (ExportedCustomers, ExportedOrders, ExportedProducts, ExportedReviews)
}
"""The mappers that `exports.toml` names."""
