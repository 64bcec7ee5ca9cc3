"""WooCommerce, by its REST API, version 3.

Sources: woocommerce.github.io/woocommerce-rest-api-docs (pagination, products, variations, customers, orders,
refunds, product reviews, data). Products and orders can be asked for by when they were modified since version
5.8, customers cannot (issue 41371 of woocommerce/woocommerce). There is no consent to marketing: plugins keep
theirs in customers' metadata.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping

from aiohttp import ClientSession, encode_basic_auth

from fondly.operations.connect.http import Api, NothingThereError, Reply, Sleep
from fondly.operations.connect.model import Cursor, Found, Json, Page, moment_before
from fondly.operations.connect.paging import SECOND, Part, Window, by_time
from fondly.operations.connect.tables import Tables
from fondly.operations.errors import OperationError

SIZE = 100
"""The most that a page may have."""
PATHS = {"products": "products", "customers": "customers", "orders": "orders", "reviews": "products/reviews"}
REFUNDED = "_refunded_item_id"
ALL: Mapping[str, Mapping[str, str]] = {
    "products": {"status": "any"},
    "customers": {"role": "all"},
    "orders": {"status": "any"},
    "reviews": {"status": "approved"},
}
"""What lists all objects of a kind."""


class WooCommerce:
    """A shop of WooCommerce; `token` is `ck_…:cs_…`, a key that may read, and its secret."""

    changing: tuple[str, ...] = ("products", "orders")
    whole: tuple[str, ...] = ("customers", "reviews")

    def __init__(
        self,
        session: ClientSession,
        shop: str,
        token: str,
        *,
        consent: str = "",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        key, _, secret = token.partition(":")
        if not secret:
            raise OperationError("the token of WooCommerce is a key and its secret, ck_…:cs_…")
        headers = {"Authorization": encode_basic_auth(key, secret)}
        self._api = Api(session, f"{shop.rstrip('/')}/wp-json/wc/v3", headers, sleep=sleep)
        self._consent = consent
        self._tables = Tables("woocommerce")
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
        """Read an object, with what it takes to know of it."""
        if item.get("type") == "variable":
            item["variations"] = await self._all(f"products/{item['id']}/variations")
        elif kind == "products":
            item.pop("variations", None)
        if item.get("refunds"):
            self._refund(item["line_items"], await self._all(f"orders/{item['id']}/refunds"))
        given = [each["value"] for each in item.get("meta_data", ()) if each["key"] == self._consent]
        consent = self._consent and ([*given, "no"][0] or "no")
        return self._tables.found(kind, item, currency=self._currency, consent=consent)

    def _refund(self, items: list[Json], refunds: list[Json]) -> None:
        """Note how many of each item were refunded: a refund's items say in metadata of which they are."""
        for item in items:
            own = str(item["id"])
            item["refunded"] = sum(
                -line["quantity"]
                for refund in refunds
                for line in refund["line_items"]
                if own in {str(each["value"]) for each in line["meta_data"] if each["key"] == REFUNDED}
            )

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
