"""What every request passes before it reaches a route: whoever admits callers, rate, size, time."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic, perf_counter

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondly.runtime.logs import get_logger
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.problems import ProblemError, problem_response, try_again

HOLDS_S = 2.0
"""For how many seconds a bucket holds: so much may come at once after a pause."""
MOST_CALLERS = 10_000


@dataclass(slots=True)
class Bucket:
    """Fills with `per_s` requests a second, and holds those of `HOLDS_S`, at least one."""

    per_s: float
    level: float
    at: float

    @classmethod
    def full(cls, per_s: float, now: float) -> "Bucket":
        """Return a bucket that nobody has taken from."""
        return cls(per_s, max(1.0, per_s * HOLDS_S), now)

    def wait_s(self, now: float) -> float:
        """Return for how many seconds there is no request in it; 0 if there is one."""
        self.level = min(max(1.0, self.per_s * HOLDS_S), self.level + max(0.0, now - self.at) * self.per_s)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.per_s

    def take(self) -> None:
        """Take a request."""
        self.level -= 1


@dataclass(kw_only=True)
class RateLimits:
    """The limits of one process. A refused request takes nothing: insisting locks nobody out."""

    per_s: float
    caller_per_s: float
    clock: Callable[[], float] = monotonic
    under_way: int = 0
    """Requests that have begun and not ended."""
    _all: Bucket = field(init=False)
    _callers: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._all = Bucket.full(self.per_s, self.clock())

    def take(self, caller: str) -> float:
        """Take a request of a caller; return 0, or for how many seconds there is none to take."""
        now = self.clock()
        own = self._callers.pop(caller, None) or Bucket.full(self.caller_per_s, now)
        self._callers[caller] = own
        if len(self._callers) > MOST_CALLERS:
            self._callers.popitem(last=False)
        wait_s = max(own.wait_s(now), self._all.wait_s(now))
        if not wait_s:
            own.take()
            self._all.take()
        return wait_s


LIVE, HEALTH = "/live", "/health"
"""What containers and load balancers ask, whoever they are; `LIVE` has 200 as long as the process answers."""
MAX_BODY_BYTES = 1024 * 1024
MOST_UNDER_WAY = 400
"""Requests at once, fewer than connections: so there is always one for `LIVE`."""
SOON_S = 1.0
GONE_AWAY = 499
"""Counted for a caller who did not wait: no status of HTTP's, but what proxies log then."""
Admit = Callable[[Scope, Headers], str]
"""Names the caller of a request, or raises the `ProblemError` of one who must not be answered."""
_ALIVE = Response(b'{"status": "live"}', headers={"Cache-Control": "no-store"}, media_type="application/json")
_NO_ANSWER: Mapping[type[Exception], str] = {TimeoutError: "no answer in time"}
log = get_logger()


def anybody(scope: Scope, _: Headers) -> str:
    """Admit every caller, by their address: that behind the proxies that the server trusts."""
    return str((scope.get("client") or ("",))[0])


class BodyTooLargeError(ProblemError):
    """A request has more than `max_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body may have {max_bytes} bytes")


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Lets requests through to `app`, and turns what goes wrong into answers, by default problem details."""

    app: ASGIApp
    admit: Admit
    limits: RateLimits
    measures: Measures
    request_s: float
    paths: str
    """What there is, for callers who ask for something else."""
    passing: Mapping[type[Exception], str] = field(default_factory=dict)
    """Errors that are over soon, and what they mean."""
    answer: Callable[[ProblemError], Response] = problem_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] == LIVE:
            await _ALIVE(scope, receive, send)
            return
        scope["app"] = self.app  # so that routes raise what they do not find, instead of answering in words
        sending = _Sending(send)
        began = perf_counter()
        is_open = scope["path"] == HEALTH
        self.limits.under_way += not is_open
        try:
            if not is_open:
                self._admit(scope)
            async with asyncio.timeout(self.request_s):
                await self.app(scope, limited(receive, MAX_BODY_BYTES), sending)
        except ClientDisconnect:
            sending.status = sending.status or GONE_AWAY
        except Exception as error:  # noqa: BLE001 - a caller is told in any case
            if sending.status is None:
                problem = problem_of(error, self.passing, paths=f": {self.paths}")
                await self.answer(problem)(scope, receive, sending)
        finally:
            self.limits.under_way -= not is_open
            if not is_open:
                self.measures.note(sending.status or HTTPStatus.INTERNAL_SERVER_ERROR, perf_counter() - began)

    def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        caller = self.admit(scope, headers)
        if wait_s := self.limits.take(caller):
            raise try_again("too many requests", after_s=wait_s, status=HTTPStatus.TOO_MANY_REQUESTS)
        if self.limits.under_way > MOST_UNDER_WAY:
            raise try_again(
                "too many requests at once", after_s=SOON_S, status=HTTPStatus.SERVICE_UNAVAILABLE
            )
        if int(headers.get("content-length") or 0) > MAX_BODY_BYTES:
            raise BodyTooLargeError(MAX_BODY_BYTES)


def problem_of(
    error: Exception, passing: Mapping[type[Exception], str] = _NO_ANSWER, *, paths: str = ""
) -> ProblemError:
    """Return what a caller is told of an error; one of no known kind is logged."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException):
        return _not_found(error, paths)
    for kind, detail in {**_NO_ANSWER, **passing}.items():
        if isinstance(error, kind):
            return try_again(detail, after_s=SOON_S, status=HTTPStatus.SERVICE_UNAVAILABLE)
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be answered")


def _not_found(error: HTTPException, paths: str) -> ProblemError:
    status = HTTPStatus(error.status_code)
    what = {
        HTTPStatus.NOT_FOUND: f"there is nothing under this path{paths}",
        HTTPStatus.METHOD_NOT_ALLOWED: "this path has other methods",
    }
    return ProblemError(status, what.get(status, error.detail), error.headers or {})


class _Sending:
    """Passes an answer on, and knows its status as soon as it has one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def limited(receive: Receive, max_bytes: int) -> Receive:
    """Receive a body of at most so many bytes, whatever its headers say."""
    received = 0

    async def within() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise BodyTooLargeError(max_bytes)
        return message

    return within
