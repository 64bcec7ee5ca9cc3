"""Asks a platform over HTTPS: bounded, patient, and telling its token to nobody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from fondly.contracts.clock import utc_now
from fondly.operations.errors import OperationError
from fondly.runtime.hosts import is_loopback
from fondly.runtime.retry import backoff_s

TRIES = 8
LONGEST_WAIT_S = 300.0
LONGEST_LINE_BYTES = 8 << 20
TIMEOUT = ClientTimeout(connect=10, sock_read=60)
DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
Sleep = Callable[[float], Awaitable[None]]


class Reply(NamedTuple):
    """A whole answer of a platform."""

    body: Any
    headers: Mapping[str, str]


class NothingThereError(OperationError):
    """The platform has nothing at a path."""


class BusyError(Exception):
    """The platform asks to come back after `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"busy for {wait_s} s")
        self.wait_s = wait_s


class Api:
    """A platform's API below `base`. Redirects are refused: they would carry the token elsewhere."""

    def __init__(
        self, session: ClientSession, base: str, headers: Mapping[str, str], *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.base = secure(base).rstrip("/")
        self.sleep = sleep
        self._session = session
        self._headers = dict(headers)

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Reply:
        """Return an answer; raise `NothingThereError` if nothing is there, `OperationError` for none."""
        return await self._patiently("GET", path, params=dict(params or {}))

    async def post(self, path: str, json: Mapping[str, Any], *, busy: Callable[[Any], None]) -> Any:  # noqa: ANN401 - any JSON
        """Return the JSON of an answer; `busy` raises `BusyError` if that says to come back."""
        return (await self._patiently("POST", path, busy=busy, json=json)).body

    async def lines(self, url: str, *, skip: int) -> AsyncIterator[bytes]:
        """Yield the lines of a file, which the platform has signed its address of, after `skip` of them."""
        asked = self._session.get(
            secure(url), timeout=TIMEOUT, allow_redirects=False, read_bufsize=LONGEST_LINE_BYTES
        )
        async with asked as reply:
            reply.raise_for_status()
            number = 0
            async for line in reply.content:
                number += 1
                if number > skip:
                    yield line

    async def _patiently(
        self, method: str, path: str, *, busy: Callable[[Any], None] = lambda _: None, **request: object
    ) -> Reply:
        problem = ""
        for attempt in range(TRIES):
            try:
                reply = await self._once(method, path, request)
                busy(reply.body)
            except BusyError as error:
                problem = "it is too busy"
                await self.sleep(min(error.wait_s or backoff_s(attempt), LONGEST_WAIT_S))
            except (ClientError, TimeoutError, ValueError) as error:  # also JSON that ends in the middle
                problem = type(error).__name__
                await self.sleep(backoff_s(attempt))
            else:
                return reply
        raise OperationError(f"{self.base}/{path} gives no answer after {TRIES} tries: {problem}")

    async def _once(self, method: str, path: str, request: Mapping[str, Any]) -> Reply:
        async with self._session.request(
            method,
            f"{self.base}/{path}",
            headers=self._headers,
            timeout=TIMEOUT,
            allow_redirects=False,
            **request,
        ) as reply:
            self._check(reply, path)
            return Reply(await reply.json(content_type=None), reply.headers)

    def _check(self, reply: ClientResponse, path: str) -> None:
        if reply.status == HTTPStatus.NOT_FOUND:
            raise NothingThereError(f"{self.base}/{path} does not exist: check the shop's address")
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise BusyError(retry_after_s(reply.headers.get("Retry-After", "")))
        if reply.status in DENIED:
            raise OperationError(
                f"{self.base}/{path}: the token is refused, or lacks a scope (docs/connect.md)"
            )
        if reply.status != HTTPStatus.OK:
            raise OperationError(f"{self.base}/{path} answers {reply.status}, expected {HTTPStatus.OK.value}")


def retry_after_s(header: str) -> float:
    """Return for how many seconds a header asks to wait (RFC 9110, 10.2.3); 0 if it does not say."""
    with suppress(ValueError):
        return max(0.0, float(header))
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(header) - utc_now()) / timedelta(seconds=1))
    return 0.0


def secure(url: str) -> str:
    """Return an address to which a token may go, by HTTPS or on this machine; else raise `OperationError`."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or (parts.scheme != "https" and not is_loopback(parts.hostname)):
        raise OperationError(f"found {parts.scheme}://{parts.hostname}, expected https://, without a user")
    return url
