"""Shopify, by bulk operations of the GraphQL Admin API: any number of objects, without a cost for each page.

Sources, of shopify.dev: "Perform bulk operations with the GraphQL Admin API" (JSONL, `__parentId`,
`groupObjects`), "GraphQL Admin API rate limits" (`throttleStatus`), "Uncapped counts in GraphQL" (`limit:
null`), and the objects Product, ProductVariant, Customer, Order and LineItem of `VERSION`. Orders older than
60 days take the scope `read_all_orders`. Reviews are not in Shopify.
"""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from importlib.resources import files
from typing import NamedTuple

from aiohttp import ClientError, ClientSession

from fondly.operations.connect.http import TRIES, Api, BusyError, Sleep
from fondly.operations.connect.model import Cursor, Found, Json, Page, Row, person, row
from fondly.operations.errors import OperationError
from fondly.runtime.retry import backoff_s

VERSION = "2026-10"
OBJECTS_A_PAGE = 500
POLL_S = 5.0
RUNNING = frozenset({"CREATED", "RUNNING", "CANCELING"})
ENDED = "COMPLETED"
QUERIES = files("fondly.operations.connect")


class Shopify:
    """A shop of Shopify; `token` is an app's, with the scopes of docs/connect.md."""

    changing = ("products", "customers", "orders")
    whole = ()

    def __init__(self, session: ClientSession, shop: str, token: str, *, sleep: Sleep) -> None:
        headers = {"X-Shopify-Access-Token": token}
        self._api = Api(session, f"{shop.rstrip('/')}/admin/api/{VERSION}", headers, sleep=sleep)
        self._currency = ""

    async def changed(self, kind: str, cursor: Cursor) -> AsyncIterator[Page]:
        """Yield what has changed; the place in it is a bulk operation, and what of its file has been read."""
        self._currency = self._currency or (await self._ask(query("shop")))["shop"]["currencyCode"]
        begun = Progress.from_place(cursor.place)
        if begun is None or await self._status(begun.operation) != ENDED:  # its file is there for seven days
            since = f"(query: \"updated_at:>='{cursor.since}'\")" if cursor.since else ""
            begun = Progress(await self._run(query(kind).replace("(FILTER)", since)), latest=cursor.since)
        async for nodes, progress in self._results(begun):
            begun = progress
            found = [READ[kind](each, self._currency) for each in nodes]
            yield Page(found, Cursor(since=cursor.since, place=progress.place))
        yield Page([], Cursor(since=begun.latest))

    async def listed(self, kind: str) -> AsyncIterator[Page]:
        """Yield the ids of all objects."""
        operation = await self._run(f"{{ {kind} {{ edges {{ node {{ id }} }} }} }}")
        async for nodes, _ in self._results(Progress(operation)):
            yield Page([Found(kind, number(each["id"]), ()) for each in nodes])

    async def count(self, kind: str) -> int:
        """Return how many objects there are."""
        counted = await self._ask(f"{{ {kind}Count(limit: null) {{ count }} }}")
        return int(counted[f"{kind}Count"]["count"])

    async def exists(self, kind: str, object_id: str) -> bool:
        """Whether there is such an object."""
        gid = f"gid://shopify/{kind.removesuffix('s').capitalize()}/{object_id}"
        return bool((await self._ask(query("node"), id=gid))["node"])

    async def _run(self, asked: str) -> str:
        """Start a bulk operation and return its id, once the one of the app that is at work has ended."""
        for attempt in range(TRIES):
            answer = (await self._ask(query("bulk"), query=asked))["bulkOperationRunQuery"]
            if answer["bulkOperation"]:
                return str(answer["bulkOperation"]["id"])
            problem = answer["userErrors"][0]["message"]
            await self._api.sleep(POLL_S * 2**attempt)
        raise OperationError(f"Shopify starts no bulk operation: {problem}")

    async def _results(self, progress: "Progress") -> AsyncIterator[tuple[list[Json], "Progress"]]:
        """Yield objects with their children; after a lost connection, on from the last whole object."""
        while await self._status(progress.operation) in RUNNING:
            await self._api.sleep(POLL_S)
        ended = await self._operation(progress.operation)
        if ended.get("status") != ENDED:
            raise OperationError(f"Shopify's bulk operation ended {ended.get('status')}: start again")
        objects, read = int(ended["rootObjectCount"]), progress
        for attempt in range(TRIES):
            if read.objects >= objects:
                return
            with suppress(ClientError, TimeoutError, ValueError):
                lines = self._api.lines(ended["url"], skip=read.lines)
                async for nodes, read in _trees(lines, read, objects):  # noqa: B020 - on from where it was
                    yield nodes, read
            await self._api.sleep(backoff_s(attempt))
        raise OperationError(f"Shopify's file of {objects} objects ends after {read.objects}")

    async def _status(self, operation: str) -> str:
        return str((await self._operation(operation)).get("status", ""))

    async def _operation(self, operation: str) -> Json:
        return (await self._ask(query("operation"), id=operation))["node"] or {}

    async def _ask(self, asked: str, **variables: str) -> Json:
        body = {"query": asked, "variables": variables}
        answer = await self._api.post("graphql.json", body, busy=throttled)
        if errors := answer.get("errors"):
            raise OperationError(f"Shopify refuses a query: {json.dumps(errors)[:300]}")
        return dict(answer["data"])


def query(name: str) -> str:
    """Return one of the queries beside this module."""
    return QUERIES.joinpath(f"queries/{name}.graphql").read_text("utf-8")


def number(gid: str) -> str:
    """Return the number at the end of an id such as `gid://shopify/Product/7`."""
    return gid.rpartition("/")[2]


def throttled(answer: Json) -> None:
    """Raise `BusyError` for as long as the bucket takes to hold what a throttled query costs."""
    codes = {error.get("extensions", {}).get("code") for error in answer.get("errors") or ()}
    if "THROTTLED" not in codes:
        return
    cost = answer.get("extensions", {}).get("cost", {})
    status = cost.get("throttleStatus") or {"currentlyAvailable": 0, "restoreRate": 50}
    missing = (cost.get("requestedQueryCost") or 0) - status["currentlyAvailable"]
    raise BusyError(max(1.0, missing / status["restoreRate"]))


class Progress(NamedTuple):
    """What of a bulk operation's file has been read: lines, the objects in them, and the latest change."""

    operation: str
    lines: int = 0
    objects: int = 0
    latest: str = ""

    @classmethod
    def from_place(cls, place: str) -> "Progress | None":
        """Read what `place` writes."""
        operation, lines, objects, latest = place.split("#") if place else ("", "0", "0", "")
        return cls(operation, int(lines), int(objects), latest) if operation else None

    @property
    def place(self) -> str:
        """Write it for a cursor."""
        return "#".join(map(str, self))


async def _trees(
    lines: AsyncIterator[bytes], read: Progress, objects: int
) -> AsyncIterator[tuple[list[Json], Progress]]:
    """Yield objects some at a time, with the children in the lines after them; the last if all are there."""
    nodes, number_of_lines = list[Json](), read.lines
    async for line in lines:
        node = json.loads(line)
        if "__parentId" in node:
            nodes[-1].setdefault("children", []).append(node)
        else:
            if len(nodes) == OBJECTS_A_PAGE:
                read = _read(read, nodes, number_of_lines)
                yield nodes, read
                nodes = []
            nodes.append(node)
        number_of_lines += 1
    if nodes and read.objects + len(nodes) == objects:
        yield nodes, _read(read, nodes, number_of_lines)


def _read(before: Progress, nodes: Sequence[Json], lines: int) -> Progress:
    latest = max([before.latest, *(each.get("updatedAt", "") for each in nodes)])
    return Progress(before.operation, lines, before.objects + len(nodes), latest)


def read_product(node: Json, currency: str) -> Found:
    """Read a product: each variant is one."""
    rows = [_variant(node, each, currency) for each in node.get("children", ())]
    return Found("products", number(node["id"]), rows)


def _variant(product: Json, variant: Json, currency: str) -> Row:
    picture = variant["image"] or (product["featuredMedia"] or {}).get("preview", {}).get("image") or {}
    url, own = product["onlineStoreUrl"], number(variant["id"])
    sold = product["status"] == "ACTIVE" and url and variant["availableForSale"]
    return row(
        {
            "product_id": own,
            "product_name": product["title"],
            "discounted_price": variant["price"],
            "actual_price": variant["compareAtPrice"],
            "currency": currency,
            "category": (product["category"] or {}).get("fullName", "").replace(" > ", "|")
            or product["productType"],
            "brand": product["vendor"],
            "about_product": product["description"],
            "img_link": picture.get("url"),
            "product_link": f"{url}?variant={own}" if url else None,
            "parent_id": number(product["id"]),
            "variant": None if variant["title"] == "Default Title" else variant["title"],
            "in_stock": "yes" if sold else "no",
        }
    )


def read_customer(node: Json, _currency: str) -> Found:
    """Read a customer: only who is subscribed has consented."""
    address = node["defaultEmailAddress"] or {}
    own = number(node["id"])
    cells = {
        "user_id": own,
        "email": address.get("emailAddress"),
        "user_name": " ".join(filter(None, (node["firstName"], node["lastName"]))),
        "marketing_consent": "yes" if address.get("marketingState") == "SUBSCRIBED" else "no",
        "language": node["locale"],
    }
    return Found("customers", own, [row(cells)], own)


def read_order(node: Json, currency: str) -> Found:
    """Read an order; a test's has no rows, nor has an item whose product is gone."""
    customer = node["customer"] and number(node["customer"]["id"])
    shared = {
        "order_id": number(node["id"]),
        "user_id": customer,
        "email": node["email"],
        "timestamp": node["processedAt"],
        "status": "cancelled" if node["cancelledAt"] else (node["displayFinancialStatus"] or "").lower(),
    }
    items = () if node["test"] else (each for each in node.get("children", ()) if each["variant"])
    rows = [row({**shared, **_item(each, currency)}) for each in items]
    return Found("orders", number(node["id"]), rows, person(customer, node["email"]) if rows else "")


def _item(item: Json, currency: str) -> dict[str, object]:
    return {
        "product_id": number(item["variant"]["id"]),
        "quantity": item["quantity"],
        "refunded_quantity": item["quantity"] - item["currentQuantity"] or None,
        "unit_price": f"{item['discountedUnitPriceSet']['shopMoney']['amount']} {currency}",
    }


READ: dict[str, Callable[[Json, str], Found]] = {
    "products": read_product,
    "customers": read_customer,
    "orders": read_order,
}
