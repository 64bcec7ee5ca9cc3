"""The pages over HTTP: the real application on a real server, over a double of the queue."""

import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from html.parser import HTMLParser
from io import StringIO

import pytest
import structlog
from aiohttp import FormData, MultipartWriter
from pydantic import SecretStr, ValidationError
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from fondly.contracts.consent import Frequency
from fondly.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, sign
from fondly.runtime.logs import configure_logging
from fondly.sender.domain.requests import Preferences, Request
from fondly.sender.web.pages import LANGUAGES, Page, Pages, escaped, language_of
from services.sender.tests.web import KEY, OLD_KEY, TOKEN, Answer, Web, served, web_settings

UNSUBSCRIBED = "You are unsubscribed"
LINKS = (f"/unsubscribe?t={TOKEN}", f"/preferences?t={TOKEN}")
FORGED = (
    "",
    "?t=",
    "?t=K-7",
    f"?t={TOKEN}x",
    f"?t={sign(b'another key', UNSUBSCRIBE, 'K-7')}",
    f"?t={sign(KEY.encode(), 'view-online:', 'K-7')}",
    "?t=%00%0a%7B%22eventType%22",
    f"?u={TOKEN}",
)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """The served pages."""
    async with served() as web:
        yield web


class Elements(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of a kind."""
        return [attributes for name, attributes in self.found if name == tag]


def assert_is_private(answer: Answer) -> None:
    """Require that nothing keeps a page, frames it, or learns of it, and that it loads nothing."""
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    elements = Elements(answer.text)
    assert not {"script", "img", "iframe", "link", "object"} & {name for name, _ in elements.found}
    assert not any("src" in given or "style" in given for _, given in elements.found)
    links = [str(given["href"]) for given in elements.named("a")]
    assert all(link.startswith(("unsubscribe?t=", "preferences?t=")) for link in links)


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
@pytest.mark.parametrize(
    "body",
    [
        FormData({"List-Unsubscribe": "One-Click"}),
        "multipart",
        b"",
        b"\xff\x00 no form",
        FormData({"frequency": "weekly"}),
    ],
)
async def test_one_click_unsubscribes_at_once(web: Web, key: str, body: FormData | str | bytes) -> None:
    """RFC 8058: either type of a form, no cookie, no redirect, no page in between; old keys too."""
    if body == "multipart":
        writer = MultipartWriter("form-data")
        writer.append("One-Click").set_content_disposition("form-data", name="List-Unsubscribe")
        answer = await web.ask(
            "POST", f"/unsubscribe?t={sign(key.encode(), UNSUBSCRIBE, 'K-7')}", data=writer
        )
    else:
        answer = await web.ask("POST", f"/unsubscribe?t={sign(key.encode(), UNSUBSCRIBE, 'K-7')}", data=body)
    assert (answer.status, UNSUBSCRIBED in answer.text) == (200, True)
    assert web.sent == [f"{sign(key.encode(), UNSUBSCRIBE, 'K-7')}\nList-Unsubscribe=One-Click"]
    assert_is_private(answer)


@pytest.mark.parametrize("path", LINKS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing(web: Web, path: str, method: str) -> None:
    """Scanners follow every link of an email."""
    answer = await web.ask(method, path)
    assert answer.status == 200
    assert web.sent == []
    if method == "GET":
        assert_is_private(answer)
        assert [form.get("method") for form in Elements(answer.text).named("form")] == ["post"]
        assert "K-7" not in answer.text


@pytest.mark.parametrize("path", ["/unsubscribe", "/preferences"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("query", FORGED)
async def test_a_forged_link_does_nothing(web: Web, path: str, method: str, query: str) -> None:
    """The page says what to do, and repeats nothing of the link."""
    answer = await web.ask(method, path + query, data=b"frequency=any" if method == "POST" else None)
    assert (answer.status, "This link does not work" in answer.text) == (400, True)
    assert web.sent == []
    assert_is_private(answer)
    assert TOKEN not in answer.text


async def test_what_the_page_offers_is_what_is_kept(web: Web) -> None:
    """Each field of the form, sent as browsers do."""
    page = Elements((await web.ask("GET", f"/preferences?t={TOKEN}")).text)
    fields = [(given["name"], given["value"]) for given in page.named("input")]
    frequencies = [str(value) for name, value in fields if name == "frequency"]
    topics = [str(value) for name, value in fields if name == "off"]
    assert frequencies == list(Frequency)
    assert topics == ["Electronics", "Home & Kitchen"]
    form = FormData([("frequency", "monthly"), *(("off", topic) for topic in topics)])
    answer = await web.ask("POST", f"/preferences?t={TOKEN}", data=form)
    assert (answer.status, "Your choice is saved" in answer.text) == (200, True)
    assert_is_private(answer)
    [sent] = web.sent
    assert Request.of_message(sent) == Request(TOKEN, Preferences(Frequency.MONTHLY, tuple(topics)))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"frequency=daily", b"List-Unsubscribe=One-Click", b"\xff", b"&" * 20_000),
        b"frequency=any&off=Electronics&off=Whatever",
    ],
)
async def test_a_form_that_says_nothing_is_shown_again(web: Web, body: bytes) -> None:
    """It neither stores anything nor unsubscribes; nor does a topic that is not offered."""
    answer = await web.ask("POST", f"/preferences?t={TOKEN}", data=body)
    assert (answer.status, "How often may we write to you?" in answer.text) == (400, True)
    assert web.sent == []


async def test_links_of_a_test_email_are_live_and_change_nothing(web: Web) -> None:
    """Whoever looks at a test sees what customers would see."""
    for path, shown in (("/unsubscribe", UNSUBSCRIBED), ("/preferences", "Your choice is saved")):
        assert (await web.ask("GET", f"{path}?t={TEST_TOKEN}")).status == 200
        answer = await web.ask("POST", f"{path}?t={TEST_TOKEN}", data=b"frequency=any")
        assert (answer.status, shown in answer.text) == (200, True)
    assert web.sent == []


async def test_a_queue_that_refuses_is_no_success(web: Web) -> None:
    """Nobody is told that they are unsubscribed before their request is safe."""
    web.error = TimeoutError()
    answer = await web.ask("POST", f"/unsubscribe?t={TOKEN}")
    assert (answer.status, "Please try again in a minute" in answer.text) == (503, True)
    assert answer.headers["Retry-After"]
    assert_is_private(answer)
    web.error = RuntimeError(TOKEN)
    answer = await web.ask("POST", f"/unsubscribe?t={TOKEN}")
    assert (answer.status, "Please try again in a minute" in answer.text) == (500, True)
    assert TOKEN not in answer.text


async def test_one_caller_cannot_flood_the_queue() -> None:
    """Whoever asks too often is told when to come again; a health check is always answered."""
    async with served(web_settings(sender_web_caller_requests_per_s=0.5)) as web:
        assert (await web.ask("POST", f"/unsubscribe?t={TOKEN}")).status == 200
        refused = await web.ask("POST", f"/unsubscribe?t={TOKEN}")
        assert (refused.status, len(web.sent)) == (429, 1)
        assert 1 <= int(refused.headers["Retry-After"]) <= 3
        assert (await web.ask("GET", "/health")).status == 200
        assert (await web.ask("GET", "/live")).status == 200


async def test_nothing_else_is_there(web: Web) -> None:
    """Other paths and methods are refused by a page, too."""
    for method, path, status in (("GET", "/", 404), ("DELETE", LINKS[0], 405), ("GET", "/unsubscribe/", 404)):
        answer = await web.ask(method, path)
        assert (answer.status, "This link does not work" in answer.text) == (status, True)


async def test_other_modules_may_add_routes() -> None:
    """They are behind the same gate."""

    async def other(_: HttpRequest) -> Response:
        return PlainTextResponse("other")

    async with served(more=[Route("/other", other)]) as web:
        assert (await web.ask("GET", "/other")).text == "other"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What is logged, as a process writes it."""
    log = StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    configure_logging(service="sender-web")
    yield log
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


async def test_no_token_is_logged(written: StringIO) -> None:
    """Nor in errors."""
    async with served() as web:
        await web.ask("GET", LINKS[0])
        await web.ask("POST", LINKS[1], data=b"frequency=any")
        web.error = RuntimeError("the queue is gone")
        await web.ask("POST", LINKS[0])
    assert "request_failed" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", Page)
def test_every_page_is_in_every_language(language: str, page: Page) -> None:
    """With a title, one heading, nothing left to fill in, and no sign that API Gateway would read."""
    text = Pages(language, "Café & Söhne", ("A",)).show(page, TOKEN).decode()
    elements = Elements(text)
    assert elements.named("html") == [{"lang": language}]
    assert text.count("<title>") == text.count("<h1>") == text.count("<main>") == 1
    assert "width=device-width" in text
    assert not set("${#") & set(text.split("</style>")[1])
    assert not set("$#") & set(text)
    for given in elements.named("input"):
        assert given["type"] in {"hidden", "radio", "checkbox"}
    assert text.count("<label>") == sum(given["type"] != "hidden" for given in elements.named("input"))


def test_what_a_shop_is_called_is_no_markup() -> None:
    """Names of brands and departments are untrusted; those that a form sends are what they were."""
    name = "<b>\"A&B\"</b> '$x' #set {{token}}"
    text = Pages("en", name, (name,)).show(Page.PREFERENCES, TOKEN).decode()
    assert "<b>" not in text
    assert text.count(TOKEN) == 1
    [topic] = [given["value"] for given in Elements(text).named("input") if given["type"] == "checkbox"]
    assert topic == name
    assert not set("$#{'\"<>") & set(escaped(name))


def test_a_shop_without_departments_asks_only_how_often() -> None:
    """There would be an empty box."""
    text = Pages("en", "Shop").show(Page.PREFERENCES, TOKEN).decode()
    assert text.count("<fieldset>") == 1


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de_DE", "de"), ("de-AT", "de"), ("de", "de"), ("en_IN", "en"), ("fr_FR", "en"), ("DE_de", "de")],
)
def test_pages_are_in_the_language_of_the_emails(locale: str, language: str) -> None:
    """English if there are none in it."""
    assert language_of(locale) == language


def test_a_process_that_can_prove_nothing_does_not_start() -> None:
    """Without a key every link would be forged."""
    with pytest.raises(ValidationError, match="found no mailer_unsubscribe_key"):
        web_settings(mailer_unsubscribe_key=None, sender_unsubscribe_keys={})
    assert web_settings(mailer_unsubscribe_key=None).unsubscribe_keys == (OLD_KEY.encode(),)
    again = web_settings(sender_unsubscribe_keys={"a": SecretStr(KEY), "b": SecretStr("")})
    assert again.unsubscribe_keys == (KEY.encode(),)


def test_departments_are_told_apart_by_bars() -> None:
    """As in files of products; a comma may be part of a name."""
    assert web_settings(sender_topics=" Home, Garden | Toys||Toys").topics == ("Home, Garden", "Toys")
