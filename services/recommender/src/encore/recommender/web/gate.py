"""What every request passes before it reaches a route: host, key, rate, size, time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from encore.recommender.ports import BusyError, NoShopError, ShopClosedError
from encore.recommender.web.keys import Keys
from encore.recommender.web.limits import RateLimits
from encore.recommender.web.measures import Measures
from encore.recommender.web.problems import ProblemError, problem_response, try_again
from encore.runtime.logs import get_logger

OPEN_PATHS = frozenset({"/health", "/live"})
"""What load balancers and containers ask, without a key."""
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
MAX_BODY_BYTES = 1024 * 1024
SOON_S = 1.0
GONE_AWAY = 499
"""Counted for a caller who did not wait: no status of HTTP's, but what proxies log then."""
_WHAT = {
    HTTPStatus.NOT_FOUND: "there is nothing under this path: /customers/{id}/picks, /events, /health",
    HTTPStatus.METHOD_NOT_ALLOWED: "this path has other methods",
}
_PASSING: Mapping[type[Exception], str] = {
    NoShopError: "no shop is open: no run has been studied yet, or it is being loaded",
    ShopClosedError: "the shop is being opened again",
    BusyError: "too much is being asked at once",
    TimeoutError: "no answer in time",
}
"""What is over soon."""
log = get_logger()


class BodyTooLargeError(Exception):
    """A request has more than `MAX_BODY_BYTES`."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Lets requests through to `app`, and turns what goes wrong into problem details.

    Without keys, the host must be a loopback name: a page in a browser of this machine could otherwise have
    its own name lead here (DNS rebinding).
    """

    app: ASGIApp
    keys: Keys
    limits: RateLimits
    measures: Measures
    request_s: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["app"] = self.app  # so that routes raise what they do not find, instead of answering in words
        sending = _Sending(send)
        began = perf_counter()
        is_open = scope["path"] in OPEN_PATHS
        try:
            if not is_open:
                self._admit(scope)
            async with asyncio.timeout(self.request_s):
                await self.app(scope, _limited(receive), sending)
        except ClientDisconnect:
            sending.status = sending.status or GONE_AWAY
        except Exception as error:  # noqa: BLE001 - a caller is told in any case
            if sending.status is None:
                await problem_response(_problem(error))(scope, receive, sending)
        finally:
            if not is_open:
                self.measures.note(sending.status or HTTPStatus.INTERNAL_SERVER_ERROR, perf_counter() - began)

    def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if self.keys.are_required:
            caller = self.keys.caller(headers)
            if caller is None:
                raise ProblemError(
                    HTTPStatus.UNAUTHORIZED,
                    "a key is required: X-API-Key, or Authorization: Bearer",
                    {"WWW-Authenticate": "Bearer"},
                )
        else:
            caller = str((scope.get("client") or ("",))[0])
            if _host(headers) not in LOOPBACK_NAMES:
                raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "the Host is not a name of this machine's")
        if wait_s := self.limits.take(caller):
            raise try_again("too many requests", after_s=wait_s, status=HTTPStatus.TOO_MANY_REQUESTS)
        if int(headers.get("content-length") or 0) > MAX_BODY_BYTES:
            raise BodyTooLargeError


class _Sending:
    """Passes an answer on, and knows its status as soon as it has one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _limited(receive: Receive) -> Receive:
    """Receive a body of at most `MAX_BODY_BYTES`, whatever its headers say."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise BodyTooLargeError
        return message

    return limited


def _problem(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, BodyTooLargeError):
        return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body may have {MAX_BODY_BYTES} bytes")
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return ProblemError(status, _WHAT.get(status, error.detail), error.headers or {})
    for kind, detail in _PASSING.items():
        if isinstance(error, kind):
            return try_again(detail, after_s=SOON_S, status=HTTPStatus.SERVICE_UNAVAILABLE)
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be answered")


def _host(headers: Headers) -> str:
    """Return the name of the host that a request is for, without its port."""
    host = headers.get("host", "")
    return host if host.endswith("]") else host.rsplit(":", 1)[0]
