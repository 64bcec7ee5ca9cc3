"""Callers that open connections and send nothing, or never the whole of a request, on loopback."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from pydantic import ValidationError

from fondly.runtime.web import connections, gate
from fondly.runtime.web.connections import MOST_OF_CLIENT
from services.sender.tests.web import TOKEN, Web, served, web_settings

LOOPBACK = "127.0.0.1"
SOON_S = 10
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = f"POST /preferences?t={TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n".encode()


@asynccontextmanager
async def held(web: Web, count: int, first: bytes = b"") -> AsyncIterator[list[Opened]]:
    """Hold connections on which nothing but `first` is sent."""
    url = urlsplit(web.url)
    opened: list[Opened] = []
    async with AsyncExitStack() as stack:
        for _ in range(count):
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            stack.callback(writer.close)
            writer.write(first)
            opened.append((reader, writer))
        yield opened


async def answers(web: Web, path: str = "/live") -> bool:
    """Whether somebody who connects now is answered."""
    async with ClientSession() as client, client.get(web.url + path) as reply:
        return reply.status == 200


async def ended(opened: Iterable[Opened]) -> int:
    """Count the connections that the server has ended."""
    await asyncio.sleep(0.1)
    return sum(reader.at_eof() or reader.exception() is not None for reader, _ in opened)


@pytest.mark.parametrize("first", [b"", b"GET /live HTTP/1.1\r\nHost:"])
async def test_a_client_that_holds_connections_loses_its_own(first: bytes) -> None:
    """The idle ones, the longest first; whoever comes next, such as a load balancer, is answered."""
    async with served() as web, held(web, 3 * MOST_OF_CLIENT, first) as opened:
        assert await answers(web)
        assert await answers(web, f"/unsubscribe?t={TOKEN}")
        assert await ended(opened) >= 2 * MOST_OF_CLIENT
        assert await ended(opened[-MOST_OF_CLIENT // 2 :]) == 0


async def test_all_together_hold_no_more_than_the_process_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections of a proxy are nobody's own, so that its limit is that of all."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 200)
    async with served(web_settings(web_proxies=LOOPBACK)) as web, held(web, 300) as opened:
        assert await answers(web)
        assert 100 <= await ended(opened) < 200


@pytest.mark.parametrize("first", [b"", b"GET /live HTTP/1.1\r\nHost:", HEAD, HEAD + b"frequency="])
async def test_a_request_has_its_time_to_arrive(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    """Neither a head nor a body may come drop by drop."""
    monkeypatch.setattr(connections, "RECEIVE_S", 0.3)
    async with served() as web, held(web, 20, first) as opened, asyncio.timeout(SOON_S):
        dripping = asyncio.create_task(drip(opened))
        while await ended(opened) < len(opened):
            pass
        dripping.cancel()
        assert await answers(web)


async def drip(opened: Iterable[Opened]) -> None:
    """Send a byte now and then."""
    while True:
        for _, writer in opened:
            writer.write(b"a")
        await asyncio.sleep(0.05)


async def test_an_idle_connection_may_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a request has does not count for what comes between two."""
    monkeypatch.setattr(connections, "RECEIVE_S", 0.3)
    async with served() as web, held(web, 1) as [(reader, writer)], asyncio.timeout(SOON_S):
        for _ in range(2):
            writer.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b'"live"' in await reader.readuntil(b"}")
            await asyncio.sleep(0.5)


async def test_requests_at_once_leave_room_for_the_question_whether_it_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those that wait for a slow queue are bounded, and `/live` is not among them."""
    monkeypatch.setattr(gate, "MOST_UNDER_WAY", 5)
    async with served() as web, held(web, 5, HEAD):
        await asyncio.sleep(0.1)
        answer = await web.ask("GET", f"/unsubscribe?t={TOKEN}")
        assert (answer.status, bool(answer.headers["Retry-After"])) == (503, True)
        assert await answers(web)


async def test_a_caller_is_who_stands_behind_a_trusted_proxy() -> None:
    """Each has a rate of their own, whatever they write before what the proxy adds."""
    slow = {"sender_web_caller_requests_per_s": 0.01}
    path = f"/unsubscribe?t={TOKEN}"
    async with served(web_settings(web_proxies="10.0.0.0/8, 127.0.0.1", **slow)) as web:
        for count, given in enumerate(("1.1.1.1", "1.1.1.2", "9.9.9.9, 1.1.1.1, 10.0.0.7")):
            answer = await web.ask("GET", path, headers={"X-Forwarded-For": given})
            assert answer.status == (429 if count == 2 else 200)
    async with served(web_settings(**slow)) as web:
        assert (await web.ask("GET", path, headers={"X-Forwarded-For": "1.1.1.1"})).status == 200
        assert (await web.ask("GET", path, headers={"X-Forwarded-For": "1.1.1.2"})).status == 429


def test_a_proxy_is_an_address_or_a_network() -> None:
    """A name would be trusted by nobody, and say nothing of it."""
    with pytest.raises(ValidationError, match="'proxy' does not appear to be an IPv4 or IPv6 network"):
        web_settings(web_proxies="10.0.0.0/8,proxy")
