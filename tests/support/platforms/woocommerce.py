"""WooCommerce's REST API, version 3, by woocommerce.github.io/woocommerce-rest-api-docs."""

import base64
from math import ceil, inf

from aiohttp import web

from tests.support.platforms.shop import PRICE, Buyer, Json, Order, StandIn, answer, iso, unix

KEY, SECRET = "ck_1", "cs_1"
PAGING = {"page", "per_page", "orderby", "order", "_fields", "status", "role"}
TIMES = {"modified_after", "modified_before", "dates_are_gmt"}
KINDS = {"products": "products", "customers": "customers", "orders": "orders", "products/reviews": "reviews"}
MOST = 100


class WooCommerceStandIn(StandIn):
    """A shop; a product whose id ends in 7 has two variations, whose ids are its own with 1 or 2 behind."""

    def route(self, router: web.UrlDispatcher) -> None:
        """Add the API's paths."""
        at = "/wp-json/wc/v3"
        router.add_get(f"{at}/data/currencies/current", self._currency)
        router.add_get(f"{at}/products/{{id:\\d+}}/variations", self._variations)
        router.add_get(f"{at}/orders/{{id:\\d+}}/refunds", self._refunds)
        for path in KINDS:
            router.add_get(f"{at}/{path}", self._list, name=path.replace("/", "-"))
            router.add_get(f"{at}/{path}/{{id:\\d+}}", self._one)

    def product(self, key: int, *, at: int, price: str = PRICE, sold: bool = True) -> None:
        """Put a product."""
        variable = key % 10 == 7
        body = {
            "id": key,
            "name": f"Record &#8211; No. {key}",
            "type": "variable" if variable else "simple",
            "status": "publish" if sold else "draft",
            "catalog_visibility": "visible",
            "price": price,
            "regular_price": "" if variable else "15.00",
            "short_description": "<p>Pressed on <b>black</b> vinyl.</p><p>Two sides.</p>",
            "description": "",
            "permalink": f"https://shop.example.com/product/{key}/",
            "images": [{"src": f"https://shop.example.com/{key}.jpg"}],
            "categories": [{"id": 3, "name": "Vinyl &amp; CD"}],
            "stock_status": "instock",
            "variations": [key * 10 + 1, key * 10 + 2] if variable else [],
            "date_modified_gmt": iso(at),
        }
        self.shelves["products"].put(key, body, at)

    def customer(self, buyer: Buyer, *, at: int) -> None:
        """Put a customer."""
        body = {
            "id": buyer.id,
            "email": buyer.email,
            "first_name": "Ada",
            "last_name": f"Number{buyer.id}",
            "meta_data": [{"id": 1, "key": "newsletter", "value": "yes" if buyer.consents else ""}],
        }
        self.shelves["customers"].put(buyer.id, body, at)

    def order(self, order: Order, *, at: int) -> None:
        """Put an order."""
        lines = [
            {
                "id": order.id * 100 + number,
                "product_id": line.product_id,
                "variation_id": line.product_id * 10 + 1 if line.product_id % 10 == 7 else 0,
                "quantity": line.quantity,
                "total": f"{12.5 * line.quantity:.2f}",
                "total_tax": "0.00",
            }
            for number, line in enumerate(order.lines)
        ]
        refunded = [
            {
                "quantity": -line.refunded,
                "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(order.id * 100 + number)}],
            }
            for number, line in enumerate(order.lines)
            if line.refunded
        ]
        body = {
            "id": order.id,
            "status": order.status,
            "currency": "GBP",
            "customer_id": order.buyer.id if order.buyer else 0,
            "billing": {"email": order.buyer.email if order.buyer else order.guest},
            "date_created_gmt": iso(at),
            "date_modified_gmt": iso(at),
            "line_items": lines,
            "refunds": [{"id": 1, "total": "-12.50"}] if refunded else [],
            "_refunded": [{"id": 1, "line_items": refunded}],
        }
        self.shelves["orders"].put(order.id, body, at)

    def review(self, key: int, product_id: int, email: str) -> None:
        """Put a review."""
        body = {
            "id": key,
            "product_id": product_id,
            "reviewer": "Ada",
            "reviewer_email": email,
            "review": "<p>Warm sound.</p>",
            "rating": 5,
            "date_created_gmt": iso(key),
        }
        self.shelves["reviews"].put(key, body, key)

    async def _list(self, request: web.Request) -> web.Response:
        kind, query = KINDS[str(request.match_info.route.name).replace("-", "/")], dict(request.query)
        allowed = PAGING | (TIMES if kind in {"products", "orders"} else set())
        size, number = int(query.get("per_page", 10)), int(query.get("page", 1))
        _check(request)
        if set(query) - allowed or not 1 <= size <= MOST or query.get("order") != "asc":
            raise web.HTTPBadRequest(text=f"rest_invalid_param: {sorted(set(query) - allowed)}")
        shelf = self.shelves[kind]
        if query.get("orderby") == "modified":
            after, before = query.get("modified_after"), query.get("modified_before")
            total, taken = shelf.changed(unix(after) + 1 if after else -inf, unix(before) if before else inf)
        else:
            total, taken = shelf.after(0)
        found = [_shown(each, query.get("_fields")) for each in taken((number - 1) * size, number * size)]
        pages = str(ceil(total / size))
        return answer(found, **{"X-WP-Total": str(total), "X-WP-TotalPages": pages})

    async def _one(self, request: web.Request) -> web.Response:
        _check(request)
        kind = KINDS[request.path.removeprefix("/wp-json/wc/v3/").rpartition("/")[0]]
        found = self.shelves[kind].things.get(int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound(text='{"code": "woocommerce_rest_invalid_id"}')
        return answer(_shown(found[1], request.query.get("_fields")))

    async def _variations(self, request: web.Request) -> web.Response:
        _, parent = self.shelves["products"].things[int(request.match_info["id"])]
        found = [
            {
                "id": key,
                "status": "publish",
                "price": parent["price"],
                "regular_price": parent["price"],
                "stock_status": "instock",
                "image": None,
                "attributes": [{"id": 1, "name": "Size", "option": f'{key % 10 * 5 + 2}"'}],
            }
            for key in parent["variations"]
        ]
        return answer(found)

    async def _refunds(self, request: web.Request) -> web.Response:
        return answer(self.shelves["orders"].things[int(request.match_info["id"])][1]["_refunded"])

    async def _currency(self, _: web.Request) -> web.Response:
        return answer({"code": "GBP", "symbol": "&pound;"})


def _shown(body: Json, fields: str | None) -> Json:
    wanted = fields.split(",") if fields else [name for name in body if name[0] != "_"]
    return {name: body[name] for name in wanted if name in body}


def _check(request: web.Request) -> None:
    expected = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    if request.headers.get("Authorization") != f"Basic {expected}":
        raise web.HTTPUnauthorized
