"""Requests that no page of ours sends: nothing is done, nothing breaks, and nothing leads elsewhere."""

import time
from collections.abc import Mapping
from http import HTTPStatus

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.requests import HTTPConnection

from fondly.console.api.routes import ROUTES as API_ROUTES
from fondly.console.pages import AREAS
from fondly.console.sessions import COOKIE, KEY_BYTES, SESSION_S, TOKEN_S, LocalSessions, opening_path
from tests.support.runs import RUN
from tools.console.tests.conftest import Asked, Asking
from tools.console.tests.finished_run import put_run
from tools.console.tests.hostile import PARTS, QUERIES, STATIC
from tools.console.tests.template_only import problems

PAGES = [route for area in AREAS for route in area.ROUTES]
LISTS = ("/", "/runs", "/audit", "/results", "/queues/mailer/dead", "/shop", "/shop/rules", "/uploads")
OF_A_RUN = (
    "",
    "/emails",
    "/read",
    "/wordings",
    "/results",
    "/delivery",
    "/compare/latest/emails",
    "/compare/latest",
)
PLACES = (
    "/runs/{}",
    "/runs/{}/emails",
    f"/runs/{RUN}/emails/{{}}",
    f"/runs/{RUN}/compare/{{}}",
    f"/runs/{RUN}/compare/{{}}/emails",
    "/runs/{}/delivery",
    "/queues/{}/dead",
    "/customers/{}",
    "/customers/{}/forget",
    "/products/{}",
    "/{}",
    "/api/v1/runs/{}",
    "/api/v1/queues/{}/dead",
    "/api/v1/customers/{}",
    "/api/v1/shop/{}",
)
FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "same-origin, cross-site"},
    {"sec-fetch-site": "SAME-ORIGIN"},
    {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8080"},
    {"sec-fetch-site": "cross-site", "authorization": "Bearer x"},
    {"sec-fetch-site": "cross-site", "x-http-method-override": "GET"},
)
ORIGINS = (
    None,
    "",
    "null",
    "http://evil.example",
    "http://127.0.0.1",
    "http://127.0.0.1:8080.evil.example",
    "http://127.0.0.1:8080@evil.example",
    "http://evil.example#127.0.0.1:8080",
    "http://localhost:8080",
    "file://",
    "http://[",
)
HOSTS = (
    "evil.example",
    "evil.example:8080",
    "127.0.0.1",
    "127.0.0.1:8080.evil.example",
    "127.0.0.1:8080@evil.example",
    "127.0.0.1:8081",
    "[::1",
    "",
    "127.0.0.1:8080/api/",
    "127.0.0.1:8080, evil.example",
)
BODIES = (
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a":' * 50_000),
    ("application/json", b"\xff\xfe\x00"),
    ("application/json", b'{"who": "\xed\xa0\x80"}'),
    ("application/json", b'{"who": "\\ud800"}'),
    ("application/json", b'{"who": "\\u0000"}'),
    ("application/json", b'{"who": 1e999}'),
    ("application/json", b'{"who": ' + b"9" * 100_000 + b"}"),
    ("application/json", b'{"who": "a", "who": "b", "by": "eve", "roles": ["operator"]}'),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("text/plain", b'{"who": "a"}'),
    ("application/x-www-form-urlencoded", b"who=%FF%FE%00&by=eve"),
    ("application/x-www-form-urlencoded", b"\xff\xfe=\x00"),
    ("application/x-www-form-urlencoded", b"&" * 100_000 + b"=" * 100_000),
    ("application/x-www-form-urlencoded", b"who=" + b"x" * 2_000_000),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n--x--"),
    ("multipart/form-data; boundary=x", b"--x\r\n" * 50_000),
    ("", b"who=a"),
)


def sane(asked: Asked, about: object) -> None:
    """Whatever was asked, the answer is careful: no error of ours, no other host, no header of theirs."""
    assert asked.status < HTTPStatus.INTERNAL_SERVER_ERROR, (about, asked.text)
    assert not any(mark in value for value in asked.headers.values() for mark in "\r\n\x00"), about
    assert "set-cookie" not in asked.headers, about
    location = asked.headers.get("location", "/")
    assert location.startswith("/"), (about, location)
    assert not location.startswith(("//", "/\\")), (about, location)
    assert asked.headers["x-content-type-options"] == "nosniff", about
    if asked.headers.get("content-type", "").startswith("text/html"):
        assert list(problems(asked.text)) == [], about


async def test_no_path_and_no_query_breaks_anything_or_leads_elsewhere(console: Asking) -> None:
    """As a run, an email, a customer, a product, a queue, a file of the shop; a filter, a page."""
    await put_run(console.environment)
    for at, part in enumerate(PARTS):
        for place in PLACES[at % 4 :: 4]:
            sane(await console.get(place.format(part)), (place, part))
    for at, query in enumerate(QUERIES):
        for path in (*LISTS[at % 8 :: 8], *(f"/runs/{RUN}{each}" for each in OF_A_RUN[at % 8 :: 8])):
            sane(await console.get(f"{path}?{query}"), (path, query))
    for path in (
        "//evil.example",
        "//evil.example/runs/",
        "/runs/",
        "/\\evil.example",
        "/shop//",
        "/runs//x",
    ):
        sane(await console.get(path, {"host": "127.0.0.1:8080"}), path)


async def test_nobody_gets_out_of_what_anybody_may_ask_for(console: Asking) -> None:
    """Of static files there are those of the folder, and nothing else is open."""
    console.as_()
    for path in STATIC:
        asked = await console.get(path)
        assert asked.status in {HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED}, (path, asked.status)
        sane(asked, path)


async def test_nothing_that_changes_something_is_taken_from_another_site(console: Asking) -> None:
    """By any route; and of an old browser, which says an origin alone, only from ours."""
    changing = [each.path for each in (*PAGES, *API_ROUTES) if each.methods - {"GET", "HEAD"}]
    assert len(changing) > 40
    for at, path in enumerate(changing):
        for headers in FOREIGN[at % 2 :: 2]:
            if path.startswith("/api/") and "authorization" in headers:
                continue  # which no page of another site can send
            asked = await console.post(path, headers=headers)
            assert (asked.status, path, headers) == (HTTPStatus.FORBIDDEN, path, headers)
    for origin in ORIGINS:
        headers = {"origin": origin} if origin is not None else {}
        assert (await console.ask("POST", "/uploads/discard", b"", headers)).status == HTTPStatus.FORBIDDEN
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        assert (await console.ask(method, "/runs", b"", {})).status == HTTPStatus.FORBIDDEN


async def test_names_of_this_machine_that_are_not_ours_are_not_answered(console: Asking) -> None:
    """DNS may lead any name here; whatever it is, the answer is a page."""
    for host in HOSTS:
        for path in ("/", "/runs/", "/api/v1/runs", "/static/console.css"):
            asked = await console.get(path, {"host": host, "authorization": "Bearer x"})
            assert (asked.status, host) == (HTTPStatus.MISDIRECTED_REQUEST, host)
            sane(asked, host)


async def test_behind_a_load_balancer_no_host_makes_a_page_one_of_the_api(console: Asking) -> None:
    """Nor is it where a redirect leads to."""
    object.__setattr__(console.console, "hosts", frozenset())
    for host in HOSTS:
        asked = await console.post("/uploads/discard", headers={"host": host, "sec-fetch-site": "cross-site"})
        assert asked.status == HTTPStatus.FORBIDDEN
        sane(await console.get("/runs/", {"host": host}), host)
        sane(await console.get("/nothing", {"host": host, "authorization": "Bearer x"}), host)


async def test_no_body_breaks_anything(console: Asking) -> None:
    """Deep, huge, of no encoding, twice the same; what it says of the caller is not believed."""
    await put_run(console.environment)
    for at, (kind, body) in enumerate(BODIES):
        for path in ("/api/v1/customers", f"/api/v1/runs/{RUN}/strikes", "/customers", "/shop", "/uploads"):
            headers = {"content-type": kind, "sec-fetch-site": "same-origin", "if-match": '"x"'}
            asked = await console.ask("POST", path, body, headers)
            sane(asked, (at, path))
            if len(body) > 1024 * 1024 and path != "/uploads" and "form" in kind and "api" not in path:
                assert asked.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert console.console.staging.find("Ann") is None


def cookie(value: str) -> Mapping[str, str]:
    """The header that a browser would send."""
    return {"cookie": f"{COOKIE}={value}"}


async def known(sessions: LocalSessions, headers: Mapping[str, str]) -> bool:
    """Whether somebody with these headers is signed in."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return await sessions.person(HTTPConnection({"type": "http", "headers": raw})) is not None


async def test_a_session_is_one_that_this_console_has_begun() -> None:
    """No token of another key or purpose, none that was changed, none without a signature."""
    key, other = bytes(KEY_BYTES), bytes([1] * KEY_BYTES)
    sessions = LocalSessions(key, began=0)
    good = sessions.open(opening_path(key).removeprefix("/open/"))
    assert good is not None
    assert await known(sessions, cookie(good))
    payload, stamp, signature = good.split(".")
    of_other = URLSafeTimedSerializer(other, salt="fondly-console-session").dumps("local")
    without_salt = URLSafeTimedSerializer(key).dumps("local")
    forged = [
        *("", ".", "..", "local", "null", "true", '"local"', "a" * 5_000, "\xff\xfe", f"{good} x"),
        *(f"{payload}.{stamp}", f"{payload}.{stamp}.", f"{payload}..{signature}", f".{stamp}.{signature}"),
        *(good[:-1], f"{good}A", good.upper(), f"{payload}.AAAA.{signature}", f"ImV2ZSI.{stamp}.{signature}"),
        *(of_other, without_salt, opening_path(key).removeprefix("/open/")),
    ]
    for value in forged:
        assert not await known(sessions, cookie(value)), value
    assert not await known(sessions, {"authorization": f"Bearer {good}"})
    assert not await known(sessions, {"cookie": f"fondly_Console={good}"})


async def test_a_one_time_address_opens_once_and_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one of another key, of before the console began, or of a session."""
    key = bytes(KEY_BYTES)
    sessions = LocalSessions(key, began=0)
    once, late = (opening_path(key).removeprefix("/open/") for _ in range(2))
    session = sessions.open(once)
    assert session
    other = opening_path(bytes([1] * KEY_BYTES)).removeprefix("/open/")
    for each in (once, session, other, "", ".", "a.b.c", "\x00", f"{late}x", late[:-2], late.swapcase()):
        assert sessions.open(each) is None, each
    assert LocalSessions(key, began=time.time() + 5).open(late) is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + TOKEN_S + 2)
    assert sessions.open(late) is None
    assert await known(sessions, cookie(session))
    monkeypatch.setattr(time, "time", lambda: now + SESSION_S + 2)
    assert not await known(sessions, cookie(session))
