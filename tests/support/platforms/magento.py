"""Magento's REST API, by the schema of developer.adobe.com/commerce/webapi."""

import re
from math import ceil, inf

from aiohttp import web

from tests.support.platforms.shop import PRICE, Buyer, Json, Order, StandIn, answer, iso, unix

TOKEN = "integration-token"
PATHS = {"products": "products", "customers/search": "customers", "orders": "orders"}
MOST = 300
FILTER = re.compile(r"searchCriteria\[filter_groups]\[(\d+)]\[filters]\[0]\[(field|condition_type|value)]")
CATEGORIES = [
    {"id": 1, "level": 0, "path": "1", "name": "Root Catalog"},
    {"id": 2, "level": 1, "path": "1/2", "name": "Default Category"},
    {"id": 3, "level": 2, "path": "1/2/3", "name": "Books"},
    {"id": 4, "level": 3, "path": "1/2/3/4", "name": "Fiction"},
]


class MagentoStandIn(StandIn):
    """A shop; a product whose id ends in 7 is configurable, of the product that follows it alone."""

    def route(self, router: web.UrlDispatcher) -> None:
        """Add the API's paths."""
        for path in PATHS:
            router.add_get(f"/rest/V1/{path}", self._search)
        router.add_get("/rest/V1/store/storeConfigs", self._settings)
        router.add_get("/rest/V1/categories/list", self._categories)
        router.add_get("/rest/V1/stockItems/lowStock/", self._low_stock)

    def product(self, key: int, *, at: int, price: str = PRICE, sold: bool = True) -> None:
        """Put a product."""
        configurable, part = key % 10 == 7, key % 10 == 8
        links = {"configurable_product_links": [key + 1]} if configurable else {}
        body = {
            "id": key,
            "sku": f"S-{key}",
            "name": f"Book {key}",
            "status": 1,
            "visibility": 1 if part else 4,
            "type_id": "configurable" if configurable else "simple",
            "price": 0 if configurable else 20,
            "updated_at": iso(at).replace("T", " "),
            "extension_attributes": {"category_links": [{"category_id": "4", "position": 0}], **links},
            "custom_attributes": [
                {"attribute_code": "description", "value": "<p>A story.</p>"},
                {"attribute_code": "image", "value": f"/b/{key}.jpg"},
                {"attribute_code": "special_price", "value": f"{price}000"},
                {"attribute_code": "special_from_date", "value": "2026-01-01 00:00:00"},
            ],
        }
        self.shelves["products"].put(key, body, at)
        self.shelves["reviews"].remove(key)
        if not sold:
            self.shelves["reviews"].put(key, {"product_id": key, "qty": 0, "stock_status": 0}, at)

    def customer(self, buyer: Buyer, *, at: int) -> None:
        """Put a customer."""
        body = {
            "id": buyer.id,
            "email": buyer.email,
            "firstname": "Ada",
            "lastname": f"Number{buyer.id}",
            "extension_attributes": {"is_subscribed": buyer.consents},
        }
        self.shelves["customers"].put(buyer.id, body, at)

    def order(self, order: Order, *, at: int) -> None:
        """Put an order."""
        items = [
            {
                "item_id": order.id * 100 + number,
                "sku": f"S-{line.product_id}",
                "qty_ordered": line.quantity,
                "qty_refunded": line.refunded,
                "qty_canceled": 0,
                "base_price": 12.5,
                "base_price_incl_tax": 12.5,
            }
            for number, line in enumerate(order.lines)
        ]
        twice = [{**each, "parent_item_id": each["item_id"]} for each in items[:1]]
        body = {
            "entity_id": order.id,
            "increment_id": str(order.id),
            "status": "of_the_shop",
            "state": {"completed": "complete", "cancelled": "canceled"}.get(order.status, order.status),
            "customer_id": order.buyer.id if order.buyer else None,
            "customer_email": order.buyer.email if order.buyer else order.guest,
            "base_currency_code": "GBP",
            "created_at": iso(at).replace("T", " "),
            "updated_at": iso(at).replace("T", " "),
            "items": [*items, *twice],
        }
        self.shelves["orders"].put(order.id, body, at)

    async def _search(self, request: web.Request) -> web.Response:
        _check(request)
        query = dict(request.query)
        size = int(query.get("searchCriteria[pageSize]", 20))
        if size > MOST:
            raise web.HTTPBadRequest(text="Maximum SearchCriteria pageSize is 300")
        filters = dict[str, dict[str, str]]()
        for name, value in query.items():
            if named := FILTER.fullmatch(name):
                filters.setdefault(named[1], {})[named[2]] = value
        asked = {(each["field"], each["condition_type"]): each["value"] for each in filters.values()}
        shelf = self.shelves[PATHS[request.path.removeprefix("/rest/V1/")]]
        if query["searchCriteria[sortOrders][0][field]"] == "updated_at":
            since, until = asked.get(("updated_at", "gteq")), asked.get(("updated_at", "lt"))
            total, taken = shelf.changed(unix(since) if since else -inf, unix(until) if until else inf)
        elif own := asked.get(("entity_id", "eq")):
            found = [shelf.things[int(own)][1]] if int(own) in shelf.things else []
            total, taken = len(found), lambda start, end: found[start:end]
        else:
            total, taken = shelf.after(int(asked.get(("entity_id", "gt"), 0)))
        number = max(1, min(int(query["searchCriteria[currentPage]"]), ceil(total / size)))
        items = [_shown(each, query.get("fields")) for each in taken((number - 1) * size, number * size)]
        return answer({"items": items or None, "search_criteria": {}, "total_count": total})

    async def _settings(self, _: web.Request) -> web.Response:
        base = "https://shop.example.com/"
        store = {
            "base_currency_code": "GBP",
            "secure_base_url": base,
            "secure_base_media_url": f"{base}media/",
        }
        return answer([store])

    async def _categories(self, _: web.Request) -> web.Response:
        return answer({"items": CATEGORIES, "total_count": len(CATEGORIES)})

    async def _low_stock(self, request: web.Request) -> web.Response:
        """Answer with what is sold out, which is kept where other platforms have reviews."""
        number, size = int(request.query["currentPage"]), int(request.query["pageSize"])
        total, taken = self.shelves["reviews"].after(0)
        return answer({"items": taken((number - 1) * size, number * size), "total_count": total})


def _shown(body: Json, fields: str | None) -> Json:
    names = re.findall(r"\w+", (fields or "").removeprefix("items").partition("]")[0])
    return {name: body[name] for name in names if name in body} if names else body


def _check(request: web.Request) -> None:
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        raise web.HTTPUnauthorized
