"""Shopify's GraphQL Admin API as far as bulk operations go, by shopify.dev."""

import json
import re
from collections.abc import Iterator
from math import inf

from aiohttp import web

from tests.support.platforms.shop import PRICE, Buyer, Json, Order, StandIn, answer, iso, unix

TOKEN = "shpat_1"
PATH = "/admin/api/2026-10/graphql.json"
ONLY_ID = re.compile(r"edges \{ node \{ id \} \}")


class ShopifyStandIn(StandIn):
    """A shop; each product has one variant, of the same number."""

    def __init__(self) -> None:
        super().__init__()
        self._operations: dict[str, tuple[str, list[Json]]] = {}
        self._polled: set[str] = set()

    def route(self, router: web.UrlDispatcher) -> None:
        """Add the API's paths."""
        router.add_post(PATH, self._ask)
        router.add_get("/bulk/{id}", self._file)

    def product(self, key: int, *, at: int, price: str = PRICE, sold: bool = True) -> None:
        """Put a product."""
        gid = f"gid://shopify/Product/{key}"
        variant = {
            "id": f"gid://shopify/ProductVariant/{key}",
            "title": "Default Title",
            "price": price,
            "compareAtPrice": "15.00",
            "availableForSale": sold,
            "image": None,
            "__parentId": gid,
        }
        body = {
            "id": gid,
            "updatedAt": f"{iso(at)}Z",
            "title": f"Lamp {key}",
            "description": "Warm light.",
            "vendor": "Lumen",
            "productType": "Lamp",
            "category": {"fullName": "Home & Garden > Lighting > Lamps"},
            "status": "ACTIVE",
            "onlineStoreUrl": f"https://shop.example.com/products/lamp-{key}",
            "featuredMedia": {"preview": {"image": {"url": f"https://cdn.example.com/{key}.jpg"}}},
            "_children": [variant],
        }
        self.shelves["products"].put(key, body, at)

    def customer(self, buyer: Buyer, *, at: int) -> None:
        """Put a customer."""
        state = "SUBSCRIBED" if buyer.consents else "UNSUBSCRIBED"
        body = {
            "id": f"gid://shopify/Customer/{buyer.id}",
            "updatedAt": f"{iso(at)}Z",
            "firstName": "Ada",
            "lastName": f"Number{buyer.id}",
            "locale": "en-GB",
            "defaultEmailAddress": {"emailAddress": buyer.email, "marketingState": state},
        }
        self.shelves["customers"].put(buyer.id, body, at)

    def order(self, order: Order, *, at: int) -> None:
        """Put an order."""
        gid = f"gid://shopify/Order/{order.id}"
        lines = [
            {
                "id": f"gid://shopify/LineItem/{order.id * 100 + number}",
                "quantity": line.quantity,
                "currentQuantity": line.quantity - line.refunded,
                "variant": {"id": f"gid://shopify/ProductVariant/{line.product_id}"},
                "discountedUnitPriceSet": {"shopMoney": {"amount": PRICE}},
                "__parentId": gid,
            }
            for number, line in enumerate(order.lines)
        ]
        body = {
            "id": gid,
            "updatedAt": f"{iso(at)}Z",
            "processedAt": f"{iso(at)}Z",
            "cancelledAt": f"{iso(at)}Z" if order.status == "cancelled" else None,
            "displayFinancialStatus": "PAID"
            if order.status in {"completed", "cancelled"}
            else order.status.upper(),
            "test": order.status == "test",
            "email": order.buyer.email if order.buyer else order.guest,
            "customer": {"id": f"gid://shopify/Customer/{order.buyer.id}"} if order.buyer else None,
            "_children": lines,
        }
        self.shelves["orders"].put(order.id, body, at)

    async def _ask(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Shopify-Access-Token") != TOKEN:
            raise web.HTTPUnauthorized
        asked = await request.json()
        query, variables = asked["query"], asked["variables"]
        if self.faults.every and self.faults.requests % (self.faults.every + 1) == 0:
            status = {"maximumAvailable": 2000.0, "currentlyAvailable": 4, "restoreRate": 100.0}
            cost = {"requestedQueryCost": 10, "actualQueryCost": None, "throttleStatus": status}
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return answer({"errors": [error], "extensions": {"cost": cost}})
        return answer({"data": self._data(query, variables, request)})

    def _data(self, query: str, variables: Json, request: web.Request) -> Json:
        if "bulkOperationRunQuery" in query:
            return {"bulkOperationRunQuery": self._start(variables["query"])}
        if "BulkOperation " in query:
            return {"node": self._operation(variables["id"], request)}
        if counted := re.search(r"(\w+)Count\(limit: null\)", query):
            return {counted[0].partition("(")[0]: {"count": len(self.shelves[counted[1]].things)}}
        if "shop {" in query:
            return {"shop": {"currencyCode": "GBP"}}
        _, _, kind, key = variables["id"].rsplit("/", 3)
        there = int(key) in self.shelves[f"{kind.lower()}s"].things
        return {"node": {"id": variables["id"]} if there else None}

    def _start(self, query: str) -> Json:
        kind = re.findall(r"\w+", query)[0]
        since = re.search(r"updated_at:>='([^']+)'", query)
        _, taken = self.shelves[kind].changed(unix(since[1]) if since else -inf, inf)
        gid = f"gid://shopify/BulkOperation/{len(self._operations) + 1}"
        self._operations[gid] = query, taken(0, len(self.shelves[kind].things))
        return {"bulkOperation": {"id": gid}, "userErrors": []}

    def _operation(self, gid: str, request: web.Request) -> Json:
        status = "COMPLETED" if gid in self._polled else "RUNNING"
        self._polled.add(gid)
        url = f"http://{request.host}/bulk/{gid.rpartition('/')[2]}"
        count = len(self._operations[gid][1])
        return {"status": status, "rootObjectCount": str(count), "url": url if count else None}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Send the lines; with faults, the connection is lost after the first thousand, twice."""
        if "X-Shopify-Access-Token" in request.headers:
            raise web.HTTPBadRequest(text="the address is signed, and the token is nobody's business here")
        query, found = self._operations[f"gid://shopify/BulkOperation/{request.match_info['id']}"]
        reply = web.StreamResponse()
        await reply.prepare(request)
        for number, line in enumerate(_lines(found, only_id=bool(ONLY_ID.search(query)))):
            if self.faults.every and number == 1000 and self.faults.requests % 3:
                request.transport.close()  # type: ignore[union-attr] # of a request that is being answered
                return reply
            await reply.write(line)
        await reply.write_eof()
        return reply


def _lines(found: list[Json], *, only_id: bool) -> Iterator[bytes]:
    for each in found:
        shown = {
            name: value for name, value in each.items() if name[0] != "_" and (name == "id" or not only_id)
        }
        for line in (shown, *([] if only_id else each.get("_children", ()))):
            yield json.dumps(line).encode() + b"\n"
