"""Bytes that two servers may read as different requests: a served console answers one, and does nothing."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from starlette.requests import HTTPConnection

from fondly.console.app import Console, console_app
from fondly.console.roles import Person, Role
from fondly.operations.audit import entries
from fondly.operations.environment import Environment
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp, serve_app
from tests.support.runs import RUN
from tools.console.tests.finished_run import key_of, put_run

Address = tuple[str, int]
HOST, FORM = b"Host: console.example", b"Content-Type: application/x-www-form-urlencoded"
OURS, APPROVER = b"Sec-Fetch-Site: same-origin", b"Cookie: who=approver"
HOLD, EMAIL = f"/runs/{RUN}/delivery/hold".encode(), f"/runs/{RUN}/emails/{key_of(1)}?part=1".encode()


def request(target: bytes, *headers: bytes, method: bytes = b"POST", body: bytes = b"") -> bytes:
    """A request of a viewer's, unless a header says whose."""
    own = () if APPROVER in headers else (b"Cookie: who=viewer",)
    head = method + b" " + target + b" HTTP/1.1"
    return b"\r\n".join((head, HOST, *own, *headers)) + b"\r\n\r\n" + body


HELD = request(HOLD, FORM, OURS, APPROVER, b"Content-Length: 0")
READ = request(EMAIL, APPROVER, method=b"GET")
LAST = request(b"/live", b"Connection: close", method=b"GET")
CHUNKED, SIZE = b"Transfer-Encoding: chunked", b"Content-Length: %d"
AMBIGUOUS = {
    f"{name}, then {then}": raw
    for then, second in (("an act", HELD), ("a look", READ))
    for name, raw in {
        "both lengths": request(b"/uploads/discard", FORM, SIZE % 4, CHUNKED, body=b"0\r\n\r\n" + second),
        "both, the other way": request(
            b"/uploads/discard", FORM, CHUNKED, SIZE % (5 + len(second)), body=b"0\r\n\r\n" + second
        ),
        "two sizes": request(b"/runs", SIZE % 0, SIZE % len(second), body=second),
        "a list of sizes": request(b"/runs", b"Content-Length: 0, %d" % len(second), body=second),
        "a signed size": request(b"/runs", b"Content-Length: +%d" % len(second), body=second),
        "a folded coding": request(
            b"/runs", b"Transfer-Encoding:\r\n chunked", SIZE % 4, body=b"0\r\n\r\n" + second
        ),
        "a folded size": request(b"/runs", b"Content-Length:\r\n %d" % len(second), body=second),
        "an unknown coding": request(b"/runs", b"Transfer-Encoding: xchunked", SIZE % 0, body=second),
        "two codings": request(b"/runs", b"Transfer-Encoding: chunked, identity", SIZE % 0, body=second),
        "a coding before a colon": request(b"/runs", b"Transfer-Encoding : chunked", SIZE % 0, body=second),
        "a coding after a tab": request(b"/runs", b"Transfer-Encoding:\x0bchunked", SIZE % 0, body=second),
        "a bad chunk": request(b"/runs", CHUNKED, body=b"0x0\r\n\r\n" + second),
        "a size with a bare LF": request(b"/runs", b"X: x\nContent-Length: %d" % len(second), body=second),
        "bare LFs": request(b"/runs", SIZE % len(second)).replace(b"\r\n", b"\n") + second,
        "a bare CR": request(b"/runs", b"X: x\r%s" % CHUNKED, SIZE % 0, body=second),
        "a NUL": request(b"/runs", b"X: x\x00", SIZE % len(second), body=second),
        "a body": request(b"/runs", FORM, OURS, SIZE % len(second), body=second),
        "a body of a look": request(b"/runs", SIZE % len(second), method=b"GET", body=second),
        "an absolute target": request(
            b"http://evil.example/runs", SIZE % len(second), method=b"GET", body=second
        ),
        "a target of two slashes": request(b"//evil.example/runs", SIZE % len(second), body=second),
        "two hosts": request(b"/runs", b"Host: evil.example", SIZE % len(second), body=second),
        "no host": request(b"/runs", SIZE % len(second), body=second).replace(HOST + b"\r\n", b""),
    }.items()
}


@pytest.fixture
async def served(environment: Environment) -> AsyncIterator[Address]:
    """Where a console listens that believes a cookie."""
    await put_run(environment)

    async def identify(connection: HTTPConnection) -> Person | None:
        return Person.of("Ann", [Role(connection.cookies["who"])]) if connection.cookies else None

    stop, at = asyncio.Event(), asyncio.get_running_loop().create_future()
    app = WebApp(console_app(Console(environment, identify, hosts=frozenset())), Measures())
    listening = Listening("127.0.0.1", 0, 0.0, 1.0)
    serving = asyncio.create_task(serve_app(app, listening, stop=stop, listening=at.set_result))
    yield await at
    stop.set()
    await serving


async def answers(served: Address, raw: bytes) -> bytes:
    """All that comes back for some bytes and a last request, unless the connection is closed before that."""
    reader, writer = await asyncio.open_connection(*served)
    writer.write(raw + LAST)
    got = await reader.read()
    writer.close()
    return got.removesuffix(got[got.rindex(b"HTTP/1.1 ") :]) if got.endswith(b"\r\n\r\nlive") else got


async def test_no_bytes_are_answered_as_two_requests_or_as_somebody_else_s(
    served: Address, environment: Environment
) -> None:
    """Whatever says how long a request is; what is hidden behind it neither acts nor shows anything."""
    for name, raw in AMBIGUOUS.items():
        got = await answers(served, raw)
        assert got.count(b"HTTP/1.1 ") == 1, (name, got)
        status, head = int(got.split(b" ", 2)[1]), got.partition(b"\r\n\r\n")[0].lower()
        assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, got)
        assert b"evil.example" not in head, name
        assert b"A lamp for 1" not in got, name
    assert (await entries(environment)).entries == []
    delivery = await Deliveries(environment.dynamodb, environment.table_name("runs")).find(RUN)
    assert delivery is not None
    assert [each.by for each in delivery.decisions] == ["the setting"]


async def test_each_hidden_request_would_have_been_answered_by_itself(
    served: Address, environment: Environment
) -> None:
    """So that the others would show it if it were."""
    assert b"A lamp for 1" in await answers(served, READ)
    assert b" 303 " in (await answers(served, HELD)).partition(b"\r\n")[0]
    assert [each.act for each in (await entries(environment)).entries] == ["hold"]
