"""What every request passes: who it is from, how many and how large requests are, and how long they take."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from fondly.runtime.web.gate import (
    GONE_AWAY,
    HEALTH,
    LIVE,
    MAX_BODY_BYTES,
    MOST_CALLERS,
    MOST_UNDER_WAY,
    BodyTooLargeError,
    Bucket,
    Gate,
    RateLimits,
    anybody,
    limited,
)
from fondly.runtime.web.problems import ProblemError


class Noted:
    """Measures that keep the statuses of requests."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    def note(self, status: int, seconds: float) -> None:
        """Keep it."""
        assert 0 <= seconds < 60
        self.statuses.append(status)


class World:
    """A gate before an application that answers as it is told to."""

    def __init__(
        self, error: Exception | None = None, *, starts: bool = False, request_s: float = 9.0
    ) -> None:
        self.now, self.noted, self.seen = 100.0, Noted(), list[int]()
        self.limits = RateLimits(per_s=100, caller_per_s=1, clock=lambda: self.now)
        self._error, self._starts = error, starts
        made: Any = {"measures": self.noted, "admit": anybody, "app": self._app}
        self.gate = Gate(
            limits=self.limits, request_s=request_s, paths="/picks", passing={KeyError: "busy"}, **made
        )

    async def _app(self, _: object, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        self.seen.append(self.limits.under_way)
        if self._starts:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if isinstance(self._error, TimeoutError):
            await asyncio.sleep(60)
        if self._error:
            raise self._error
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def ask(
        self, path: str = "/picks", *, body: bytes = b"", **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        """Ask as the caller `here`: status, detail and headers of the answer."""
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI's
            sent.append(message)

        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "headers": named, "client": ("here", 1)}
        await self.gate(scope, receive, send)
        text = sent[1]["body"] if len(sent) > 1 else b""
        found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], json.loads(text or "{}").get("detail", ""), found


async def test_requests_under_way_are_counted_until_they_end() -> None:
    """However they end; what containers ask does not count."""
    for world in (World(), World(ValueError()), World(KeyError())):
        await world.ask()
        await world.ask(HEALTH)
        assert (world.seen, world.limits.under_way, len(world.noted.statuses)) == ([1, 0], 0, 1)


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (None, 204, ""),
        (ValueError("secret"), 500, "the request could not be answered"),
        (KeyError("secret"), 503, "busy"),
        (TimeoutError(), 503, "no answer in time"),
        (ProblemError(HTTPStatus.CONFLICT, "it has changed"), 409, "it has changed"),
        (HTTPException(404), 404, "there is nothing under this path: /picks"),
        (HTTPException(405, headers={"Allow": "GET"}), 405, "this path has other methods"),
        (HTTPException(418, "tea"), 418, "tea"),
    ],
)
async def test_whatever_happens_a_caller_is_answered(error: Exception | None, status: int, told: str) -> None:
    """By what is over soon they are asked to come again; nothing of an error of ours is told."""
    world = World(error, request_s=0.01 if isinstance(error, TimeoutError) else 9.0)
    found, detail, headers = await world.ask()
    assert (found, detail, world.noted.statuses) == (status, told, [status])
    assert headers.get("retry-after") == ("2" if status == 503 else None)
    assert headers.get("allow") == ("GET" if status == 405 else None)


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    """Its status is what is noted; so is a caller who did not wait."""
    world = World(ValueError(), starts=True)
    assert (await world.ask())[0] == 200
    assert world.noted.statuses == [200]
    assert GONE_AWAY == 499


async def test_a_caller_who_asks_too_often_waits_and_others_do_not() -> None:
    """A refused request takes nothing; what containers ask is never refused, and is nobody's."""
    world = World()
    statuses = [(await world.ask())[0] for _ in range(40)]
    allowed = statuses.count(204)
    assert statuses == [204] * allowed + [429] * (40 - allowed)
    _, detail, headers = await world.ask()
    assert (allowed, detail, headers["retry-after"]) == (2, "too many requests", "2")
    world.now += 1
    assert [(await world.ask())[0] for _ in range(2)] == [204, 429]
    for _ in range(20):
        status, _, headers = await world.ask(LIVE)
        assert (status, headers["content-type"]) == (200, "application/json")
        assert (await world.ask(HEALTH))[0] == 204
    assert world.limits.take("there") == 0


async def test_too_many_at_once_and_too_large_ones_are_refused() -> None:
    """Before anything of them is read; as many as there may be are answered."""
    world = World()
    world.limits.under_way = MOST_UNDER_WAY - 1
    assert (await world.ask())[0] == 204
    world.limits.under_way = MOST_UNDER_WAY
    assert (await world.ask())[:2] == (503, "too many requests at once")
    assert world.limits.under_way == MOST_UNDER_WAY
    other = World()
    assert (await other.ask(content_length=str(MAX_BODY_BYTES)))[0] == 204
    status, detail, _ = await World().ask(content_length=str(MAX_BODY_BYTES + 1))
    assert (status, detail) == (413, f"the body may have {MAX_BODY_BYTES} bytes")
    assert (await World().ask(body=b"x" * (MAX_BODY_BYTES + 1)))[0] == 413


async def test_a_body_is_as_large_as_what_comes() -> None:
    """Whatever its headers say, over all of its parts."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"xxxx"}

    within = limited(receive, 8)
    assert [len((await within())["body"]) for _ in range(2)] == [4, 4]
    with pytest.raises(BodyTooLargeError, match="8"):
        await within()


def test_a_bucket_fills_at_its_rate_and_holds_no_more_than_its_seconds() -> None:
    """At least one request, however slow it fills; a clock that goes back gains nothing."""
    bucket = Bucket.full(0.1, 100.0)
    assert bucket.wait_s(100.0) == 0
    bucket.take()
    assert bucket.wait_s(100.0) == pytest.approx(10)
    assert bucket.wait_s(95.0) == pytest.approx(10)
    assert bucket.wait_s(100.0) == pytest.approx(5)
    assert bucket.wait_s(999.0) == 0
    bucket.take()
    assert bucket.wait_s(999.0) == pytest.approx(10)


def test_only_so_many_callers_are_kept_in_mind() -> None:
    """The one who has not asked for longest is forgotten first, and all together have a limit."""
    limits = RateLimits(per_s=1e9, caller_per_s=0.1, clock=lambda: 0.0)
    assert [limits.take("first"), limits.take("second")] == [0, 0]
    assert limits.take("first") > 0
    for number in range(MOST_CALLERS - 1):
        limits.take(str(number))
    assert limits.take("first") > 0
    assert limits.take("second") == 0
    together = RateLimits(per_s=0.5, caller_per_s=9, clock=lambda: 0.0)
    assert together.take("a") == 0
    assert together.take("b") == pytest.approx(2)


def test_a_caller_is_their_address() -> None:
    """One whose address nobody knows is the same as others of that kind."""
    none: Any = None
    assert anybody({"client": ("10.0.0.1", 5)}, none) == "10.0.0.1"
    assert anybody({"client": None}, none) == anybody({}, none) == ""
