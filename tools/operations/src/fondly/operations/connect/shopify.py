"""Shopify, by bulk operations of the GraphQL Admin API: any number of objects, without a cost for each page.

Sources, of shopify.dev: "Perform bulk operations with the GraphQL Admin API" (JSONL, `__parentId`,
`groupObjects`), "GraphQL Admin API rate limits" (`throttleStatus`), "Uncapped counts in GraphQL" (`limit:
null`), and the objects Product, ProductVariant, Customer, Order and LineItem of `VERSION`. Orders older than
60 days take the scope `read_all_orders`. Reviews are not in Shopify.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from aiohttp import ClientError, ClientSession

from fondly.operations.connect.http import TRIES, Api, BusyError, Sleep
from fondly.operations.connect.model import Cursor, Json, Page
from fondly.operations.connect.tables import FOLDER, Tables
from fondly.operations.errors import OperationError
from fondly.runtime.retry import backoff_s

VERSION = "2026-10"
OBJECTS_A_PAGE = 500
POLL_S = 5.0
RUNNING = frozenset({"CREATED", "RUNNING", "CANCELING"})
ENDED = "COMPLETED"


class Shopify:
    """A shop of Shopify; `token` is an app's, with the scopes of docs/connect.md."""

    changing: tuple[str, ...] = ("products", "customers", "orders")
    whole: tuple[str, ...] = ()

    def __init__(
        self, session: ClientSession, shop: str, token: str, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        headers = {"X-Shopify-Access-Token": token}
        self._api = Api(session, f"{shop.rstrip('/')}/admin/api/{VERSION}", headers, sleep=sleep)
        self._tables = Tables("shopify")
        self._currency = ""

    async def changed(self, kind: str, cursor: Cursor) -> AsyncIterator[Page]:
        """Yield what has changed; the place in it is a bulk operation, and what of its file has been read."""
        self._currency = self._currency or (await self._ask(query("shop")))["shop"]["currencyCode"]
        begun = Progress.from_place(cursor.place)
        if begun is None or not (await self._operation(begun.operation)).get("url"):  # that ends in a week
            since = f"(query: \"updated_at:>='{cursor.since}'\")" if cursor.since else ""
            begun = Progress(await self._run(query(kind).replace("(FILTER)", since)), latest=cursor.since)
        async for nodes, progress in self._results(begun):
            begun = progress
            found = [self._tables.found(kind, each, currency=self._currency) for each in nodes]
            yield Page(found, Cursor(since=cursor.since, place=progress.place))
        yield Page([], Cursor(since=begun.latest))

    async def listed(self, kind: str) -> AsyncIterator[Page]:
        """Yield the ids of all objects."""
        operation = await self._run(f"{{ {kind} {{ edges {{ node {{ id }} }} }} }}")
        async for nodes, _ in self._results(Progress(operation)):
            yield Page([self._tables.found(kind, each) for each in nodes])

    async def count(self, kind: str) -> int:
        """Return how many objects there are."""
        counted = await self._ask(f"{{ {kind}Count(limit: null) {{ count }} }}")
        return int(counted[f"{kind}Count"]["count"])

    async def exists(self, _kind: str, object_id: str) -> bool:
        """Whether there is such an object."""
        return bool((await self._ask(query("node"), id=object_id))["node"])

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
        while (ended := await self._operation(progress.operation)).get("status") in RUNNING:
            await self._api.sleep(POLL_S)
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
    return FOLDER.joinpath(f"queries/{name}.graphql").read_text("utf-8")


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
            nodes[-1].setdefault("__children", []).append(node)
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
