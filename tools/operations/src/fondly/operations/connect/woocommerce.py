"""WooCommerce, by its REST API, version 3.

Sources: woocommerce.github.io/woocommerce-rest-api-docs (pagination, products, variations, customers, orders,
refunds, product reviews, data). Products and orders can be asked for by when they were modified since version
5.8, customers cannot (issue 41371 of woocommerce/woocommerce). There is no consent to marketing: plugins keep
theirs in customers' metadata.
"""

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from html import unescape

from aiohttp import ClientSession, encode_basic_auth

from fondly.ingest.domain.formats.shopify_products import entries
from fondly.operations.connect.http import Api, NothingThereError, Reply, Sleep
from fondly.operations.connect.model import Cursor, Found, Json, Page, Row, moment_before, person, row
from fondly.operations.connect.paging import SECOND, Part, Window, by_time
from fondly.operations.errors import OperationError

SIZE = 100
"""The most that a page may have."""
PATHS = {"products": "products", "customers": "customers", "orders": "orders", "reviews": "products/reviews"}
ALL: Mapping[str, Mapping[str, str]] = {
    "products": {"status": "any"},
    "customers": {"role": "all"},
    "orders": {"status": "any"},
    "reviews": {"status": "approved"},
}
"""What lists all objects of a kind."""


class WooCommerce:
    """A shop of WooCommerce; `token` is `ck_…:cs_…`, a key that may read, and its secret."""

    changing = ("products", "orders")
    whole = ("customers", "reviews")

    def __init__(
        self, session: ClientSession, shop: str, token: str, *, consent: str = "", sleep: Sleep
    ) -> None:
        key, _, secret = token.partition(":")
        if not secret:
            raise OperationError("the token of WooCommerce is a key and its secret, ck_…:cs_…")
        headers = {"Authorization": encode_basic_auth(key, secret)}
        self._api = Api(session, f"{shop.rstrip('/')}/wp-json/wc/v3", headers, sleep=sleep)
        self._consent = consent
        self._currency = ""

    async def changed(self, kind: str, cursor: Cursor) -> AsyncIterator[Page]:
        """Yield what has changed."""
        self._currency = self._currency or (await self._api.get("data/currencies/current")).body["code"]

        async def ask(window: Window) -> Part:
            reply = await self._list(kind, {**_between(window), "orderby": "modified", "page": window.number})
            found = [await self._found(kind, each) for each in reply.body]
            last = f"{reply.body[-1]['date_modified_gmt']}Z" if reply.body else ""
            return Part(found, last, total(reply))

        async for page in by_time(ask, cursor, size=SIZE):
            yield page

    async def listed(self, kind: str) -> AsyncIterator[Page]:
        """Yield everything by id; from the beginning again if some go meanwhile, so that others move up."""
        fields = {"_fields": "id"} if kind in self.changing else {}
        number, before = 1, 0
        while True:
            reply = await self._list(kind, {"orderby": "id", "page": number, **fields})
            yield Page([await self._found(kind, each) for each in reply.body])
            if total(reply) < before:
                number, before = 1, total(reply)
            elif number * SIZE >= total(reply):
                return
            else:
                number, before = number + 1, total(reply)

    async def count(self, kind: str) -> int:
        """Return how many objects there are."""
        return total(await self._list(kind, {"per_page": 1, "_fields": "id"}))

    async def exists(self, kind: str, object_id: str) -> bool:
        """Whether there is such an object."""
        try:
            found = await self._api.get(f"{PATHS[kind]}/{object_id}", {"_fields": "id,status"})
        except NothingThereError:
            return False
        return bool(found.body.get("status") != "trash")

    async def _list(self, kind: str, params: Mapping[str, str | int]) -> Reply:
        return await self._api.get(PATHS[kind], {"per_page": SIZE, "order": "asc", **ALL[kind], **params})

    async def _found(self, kind: str, item: Json) -> Found:
        """Read an object; of one that was listed by its id alone, only that."""
        own = str(item["id"])
        if len(item) == 1:
            return Found(kind, own, ())
        match kind:
            case "products":
                variations = (
                    await self._all(f"products/{own}/variations") if item["type"] == "variable" else []
                )
                return Found(kind, own, read_product(item, variations, self._currency))
            case "orders":
                refunds = await self._all(f"orders/{own}/refunds") if item["refunds"] else []
                return read_order(item, refunds)
            case "customers":
                return read_customer(item, self._consent)
            case _:
                return read_review(item)

    async def _all(self, path: str) -> list[Json]:
        """Return a short list in full."""
        found = list[Json]()
        while True:
            reply = await self._api.get(path, {"per_page": SIZE, "page": len(found) // SIZE + 1})
            found += reply.body
            if len(reply.body) < SIZE:
                return found


def total(reply: Reply) -> int:
    """Return how many objects a list has on all of its pages."""
    return int(reply.headers["X-WP-Total"])


def _between(window: Window) -> dict[str, str]:
    """Say a window, whose ends are both outside."""
    if not window.since:
        return {}
    said = {"modified_after": moment_before(window.since, SECOND)[:-1], "dates_are_gmt": "true"}
    ends = {"modified_before": moment_before(window.since, -SECOND)[:-1]} if window.within else {}
    return said | ends


def read_product(item: Json, variations: list[Json], currency: str) -> list[Row]:
    """Read a product; of one with variations, each of these is one."""
    sold = item["status"] == "publish" and item["catalog_visibility"] != "hidden"
    shared = {
        "product_name": unescape(item["name"]),
        "currency": currency,
        "category": "|".join(unescape(each["name"]) for each in item["categories"]),
        "brand": ", ".join(unescape(each["name"]) for each in item.get("brands", ())),
        "about_product": "|".join(entries(item["short_description"] or item["description"])),
        "img_link": item["images"][0]["src"] if item["images"] else None,
        "product_link": item["permalink"] if sold else None,
    }
    if not variations:
        return [row({**shared, **_offer(item, sold=sold)})]
    return [row({**shared, **_variation(each, item, sold=sold)}) for each in variations]


def _variation(item: Json, parent: Json, *, sold: bool) -> dict[str, object]:
    picture = {"img_link": item["image"]["src"]} if item.get("image") else {}
    return {
        **_offer(item, sold=sold and item["status"] == "publish"),
        **picture,
        "parent_id": parent["id"],
        "variant": " / ".join(unescape(each["option"]) for each in item["attributes"]),
    }


def _offer(item: Json, *, sold: bool) -> dict[str, object]:
    return {
        "product_id": item["id"],
        "discounted_price": item["price"],
        "actual_price": item["regular_price"],
        "in_stock": "yes" if sold and item["stock_status"] == "instock" else "no",
    }


def read_customer(item: Json, consent: str) -> Found:
    """Read a customer; `consent` names the metadata with their consent to marketing."""
    own = str(item["id"])
    given = {each["key"]: each["value"] for each in item.get("meta_data", ())}
    cells = {
        "user_id": own,
        "email": item["email"],
        "user_name": f"{item['first_name']} {item['last_name']}".strip(),
        "marketing_consent": str(given.get(consent) or "no") if consent else None,
    }
    return Found("customers", own, [row(cells)], own)


def read_order(item: Json, refunds: list[Json]) -> Found:
    """Read an order; a refund names the item that it is about in the metadata `_refunded_item_id`."""
    refunded = dict[str, int]()
    for each in (line for refund in refunds for line in refund["line_items"]):
        about = {str(meta["value"]) for meta in each["meta_data"] if meta["key"] == "_refunded_item_id"}
        refunded |= {own: refunded.get(own, 0) - int(each["quantity"]) for own in about}
    customer, email = item["customer_id"] or None, item["billing"]["email"]
    shared = {
        "order_id": item["id"],
        "user_id": customer,
        "email": email,
        "timestamp": f"{item['date_created_gmt']}Z",
        "status": item["status"],
    }
    rows = [
        row({**shared, **_line(each, item["currency"], refunded.get(str(each["id"])))})
        for each in item["line_items"]
    ]
    return Found("orders", str(item["id"]), rows, person(customer, email))


def _line(line: Json, currency: str, refunded: int | None) -> dict[str, object]:
    paid = (Decimal(line["total"]) + Decimal(line["total_tax"])) / line["quantity"]
    return {
        "product_id": line["variation_id"] or line["product_id"],
        "quantity": line["quantity"],
        "refunded_quantity": refunded,
        "unit_price": f"{paid.quantize(Decimal(line['total']))} {currency}",
    }


def read_review(item: Json) -> Found:
    """Read a review; its writer is known by address."""
    cells = {
        "review_id": item["id"],
        "product_id": item["product_id"],
        "email": item["reviewer_email"],
        "user_name": unescape(item["reviewer"]),
        "rating": item["rating"] or None,
        "review_content": " ".join(entries(item["review"])),
        "timestamp": f"{item['date_created_gmt']}Z",
    }
    return Found("reviews", str(item["id"]), [row(cells)], person(None, item["reviewer_email"]))
