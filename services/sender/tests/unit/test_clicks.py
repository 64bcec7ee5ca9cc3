"""Clicks are counted on their way to the shop, and those of programs are not."""

import re
from binascii import b2a_qp
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape, unescape
from urllib.parse import urlsplit

import pytest

from fondly.contracts.click_links import Click, ClickLinks
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.sender.domain.clicks import event_of, message_of, query_of
from fondly.sender.domain.requests import Request
from fondly.sender.domain.trial import trial_email
from fondly.sender.web.__main__ import click_routes
from services.sender.tests.fakes_of_feedback import RUN, SENT_AT
from services.sender.tests.web import KEY, TOKEN, Web, served, web_settings

LINKS = ClickLinks((KEY.encode(),))
CLICK = Click(RUN, "K-7", "P1")
TARGET = "https://shop.example/p/1?a=b&c=d"
QUERY = LINKS.query(CLICK, TARGET)
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """The served pages of a shop that counts clicks."""
    settings = web_settings(sender_web_clicks=True)
    holder: list[Web] = []

    async def send(body: str) -> None:
        await holder[0].send(body)

    async with served(settings, more=click_routes(settings, send)) as web:
        holder.append(web)
        yield web


async def test_a_reader_gets_to_the_shop_and_the_click_is_passed_on(web: Web) -> None:
    """Nothing on the way is kept, and the shop does not learn the link."""
    answer = await web.ask("GET", f"/click?{QUERY}", headers=BROWSER)
    assert (answer.status, answer.headers["Location"], answer.text) == (302, TARGET, "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    [message] = web.sent
    assert LINKS.click(query_of(message) or "") == CLICK


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", BROWSER),
        ("GET", {**BROWSER, "Purpose": "prefetch"}),
        ("GET", {**BROWSER, "Sec-Purpose": "prefetch;prerender"}),
        ("GET", {**BROWSER, "X-Purpose": "preview"}),
        ("GET", {**BROWSER, "X-Moz": "prefetch"}),
        ("GET", {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}),
        ("GET", {"User-Agent": "BarracudaLinkScanner/1.0"}),
        ("GET", {"User-Agent": "python-requests/2.32"}),
        ("GET", {"User-Agent": ""}),
    ],
)
async def test_programs_that_look_ahead_are_passed_on_and_not_counted(
    web: Web, method: str, headers: dict[str, str]
) -> None:
    """As far as they say what they are."""
    answer = await web.ask(method, f"/click?{QUERY}", headers=headers)
    assert (answer.status, answer.headers["Location"]) == (302, TARGET)
    assert web.sent == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "u=https%3A%2F%2Fevil.example",
        QUERY.replace("shop.example", "evil.example"),
        f"{QUERY}&u=https%3A%2F%2Fe.example",
    ],
)
async def test_there_is_no_open_redirect(web: Web, query: str) -> None:
    """A link that we have not signed leads nowhere."""
    answer = await web.ask("GET", f"/click?{query}", headers=BROWSER)
    assert answer.status == 400
    assert "Location" not in answer.headers
    assert web.sent == []


async def test_a_reader_gets_to_the_shop_while_the_queue_does_not_answer(web: Web) -> None:
    """The click is lost, the customer is not."""
    web.error = ConnectionError("no queue")
    answer = await web.ask("GET", f"/click?{QUERY}", headers=BROWSER)
    assert answer.status == 302


async def test_a_shop_that_does_not_want_to_count_has_no_such_address() -> None:
    """Which is what every shop has by default."""
    settings = web_settings()

    async def send(_: str) -> None:
        raise AssertionError

    assert click_routes(settings, send) == []
    async with served(settings) as web:
        assert (await web.ask("GET", f"/click?{QUERY}", headers=BROWSER)).status == 404


def test_no_request_of_a_customer_is_taken_for_a_click() -> None:
    """Nor the other way round."""
    assert query_of(message_of(QUERY)) == QUERY
    assert query_of(Request(TOKEN).message) is None
    assert query_of("{}") is None


def test_clicks_of_a_day_on_one_product_are_one_event() -> None:
    """However often somebody goes back to their email."""
    first = event_of(CLICK, SENT_AT)
    assert first == CustomerEvent(
        event_id=first.event_id,
        customer_id="K-7",
        product_id="P1",
        kind=EventKind.CLICKED,
        timestamp=int(SENT_AT.timestamp()),
        run_id=RUN,
    )
    assert event_of(CLICK, SENT_AT.replace(minute=59)).event_id == first.event_id
    assert event_of(CLICK, SENT_AT.replace(day=21)).event_id != first.event_id
    assert event_of(Click(RUN, "K-7", "P2"), SENT_AT).event_id != first.event_id


@pytest.mark.parametrize("indent", range(0, 76, 5))
def test_a_click_in_a_test_email_counts_for_nobody(indent: int) -> None:
    """Wherever its link is folded, as a text or in HTML; it leads to the shop as the customer's does."""
    customer = "Ünal:7"
    token = sign(KEY.encode(), UNSUBSCRIBE, customer)
    link = f"https://go.example/click?{LINKS.query(Click(RUN, customer, 'P1'), TARGET)}"
    text = f'{" " * indent}{link}\r\n<a href="{escape(link)}">Lamp</a>\r\n'
    content = (
        "From: hello@shop.example\r\nTo: k@mail.example\r\nSubject: A lamp\r\n"
        "Message-ID: <1@shop.example>\r\n"
        f"List-Unsubscribe: <https://shop.example/u?t={token}>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode() + b2a_qp(text.encode(), istext=True)
    parsed = message_from_bytes(trial_email(content, "me@shop.example"), policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    found = re.findall(r"https://go\.example[^\s\"]+", parsed.get_content())
    assert len(found) == 2
    for each in found:
        query = urlsplit(unescape(each)).query
        assert (LINKS.click(query), LINKS.target(query)) == (None, TARGET)
