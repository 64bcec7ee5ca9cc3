"""What every platform has: things by id that change in time, and a server whose answers may fail."""

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiohttp import web

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
"""When the first thing of a shop was made, in Unix seconds."""
PRICE = "12.50"


class Buyer(NamedTuple):
    """A customer."""

    id: int
    consents: bool = True

    @property
    def email(self) -> str:
        """Where they are written to."""
        return f"buyer-{self.id}@example.com"


class Line(NamedTuple):
    """A product of an order, whose id is that of a row of products."""

    product_id: int
    quantity: int = 1
    refunded: int = 0


class Order(NamedTuple):
    """An order; without a buyer it is a guest's."""

    id: int
    buyer: Buyer | None
    lines: tuple[Line, ...]
    status: str = "completed"
    guest: str = ""


class Shelf:
    """The things of one kind, sorted by when they changed and by id."""

    def __init__(self) -> None:
        self.things: dict[int, tuple[int, Json]] = {}
        self._by_time: list[tuple[float, int]] = []
        self._ids: list[int] = []

    def put(self, key: int, body: Json, at: int) -> None:
        """Store a thing as changed at a time."""
        self.remove(key)
        self.things[key] = at, body
        insort(self._by_time, (at, key))
        insort(self._ids, key)

    def remove(self, key: int) -> None:
        """Remove a thing, if it is there."""
        if found := self.things.pop(key, None):
            del self._by_time[bisect_left(self._by_time, (found[0], key))]
            del self._ids[bisect_left(self._ids, key)]

    def changed(self, since: float, until: float) -> tuple[int, Callable[[int, int], list[Json]]]:
        """Return how many things have changed from a time to before another, and what slices them."""
        first, last = bisect_left(self._by_time, (since, 0)), bisect_left(self._by_time, (until, 0))

        def taken(start: int, end: int) -> list[Json]:
            keys = self._by_time[first + start : min(first + end, last)]
            return [self.things[key][1] for _, key in keys]

        return last - first, taken

    def after(self, key: int) -> tuple[int, Callable[[int, int], list[Json]]]:
        """Return how many things have a larger id, and what slices them."""
        first = bisect_right(self._ids, key)

        def taken(start: int, end: int) -> list[Json]:
            return [self.things[each][1] for each in self._ids[first + start : first + end]]

        return len(self._ids) - first, taken

    def __iter__(self) -> Iterator[Json]:
        """Iterate over the things, by id."""
        return (self.things[key][1] for key in self._ids)


@dataclass
class Faults:
    """What goes wrong: every so many requests too many, an error or half an answer, in turn."""

    every: int = 0
    requests: int = 0
    failed: int = 0
    meanwhile: Callable[[int], None] = lambda _: None
    """Called with the number of each request before it is answered."""

    @web.middleware
    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer, or fail."""
        self.requests += 1
        self.meanwhile(self.requests)
        if not self.every or self.requests % self.every:
            return await handler(request)
        self.failed += 1
        if self.failed % 3 == 1:
            return web.Response(status=429, headers={"Retry-After": "2"})
        if self.failed % 3 == 2:
            return web.Response(status=503)
        answer = await handler(request)
        body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
        half = web.Response(body=body[: len(body) // 2])
        half.headers.extend({name: value for name, value in answer.headers.items() if name.startswith("X-")})
        return half


@dataclass
class StandIn:
    """A platform's API over some shelves."""

    shelves: dict[str, Shelf] = field(
        default_factory=lambda: {kind: Shelf() for kind in ("products", "customers", "orders", "reviews")}
    )
    faults: Faults = field(default_factory=Faults)

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(middlewares=[self.faults.__call__])
        self.route(app.router)
        return app

    def route(self, router: web.UrlDispatcher) -> None:
        """Add the API's paths."""
        raise NotImplementedError

    def product(self, key: int, *, at: int, price: str = PRICE, sold: bool = True) -> None:
        """Put a product."""
        raise NotImplementedError

    def customer(self, buyer: Buyer, *, at: int) -> None:
        """Put a customer."""
        raise NotImplementedError

    def order(self, order: Order, *, at: int) -> None:
        """Put an order."""
        raise NotImplementedError


def answer(body: object, **headers: str) -> web.Response:
    """Return JSON."""
    return web.Response(body=json.dumps(body).encode(), content_type="application/json", headers=headers)


def iso(at: int) -> str:
    """Write a time as in ISO 8601, in UTC and without saying so."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def unix(time: str) -> int:
    """Read a time in UTC."""
    return int(datetime.fromisoformat(time.removesuffix("Z")).replace(tzinfo=UTC).timestamp())
