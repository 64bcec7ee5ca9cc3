import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from uvicorn import Config, Server

from fondly.mailer.domain.copy.checks import problems
from fondly.mailer.domain.copy.fields import FRAME_TEXTS, HEADLINES, LINE, QUOTE
from fondly.mailer.domain.copy.frame_prompt import frame_question
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.message.theme_files import built_in_themes
from fondly.operations.shop.sample_email import BRAND, COPY, LANGUAGE, preview_content, preview_facts
from fondly.recommender.domain.picking.rules import MAX_PICKS
from fondly.stack.theme_preview.server import in_mode, preview_app


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shop's file, which does not exist yet."""
    return tmp_path / "fondly.toml"


@pytest.fixture
async def preview(config: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the running preview."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = Server(Config(preview_app(config), log_config=None, timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def got(client: aiohttp.ClientSession, path: str) -> str:
    """The body of a page."""
    async with client.get(path) as reply:
        assert reply.status == 200
        return await reply.text()


async def test_every_theme_is_shown_in_every_view(preview: aiohttp.ClientSession) -> None:
    """Phone and desktop, light and dark, and text; with the number of products that is asked for."""
    page = await got(preview, "/")
    for name in built_in_themes():
        assert f"?theme={name}" in page
        light, dark = [
            await got(preview, f"/email.html?theme={name}&mode={mode}") for mode in ("light", "dark")
        ]
        assert light.count("<h2") == 5
        assert ("only light" in light, "only dark" in dark) == (True, True)
        assert (await got(preview, f"/email.html?theme={name}&picks=2&pictures=no")).count("<img") == 0
    assert page.count("data-mode") >= 4
    assert "Unsubscribe: https://shop.example.com/" in await got(preview, "/email.txt")
    name = re.findall(r'src="(/pictures/[\w-]+\.png)"', await got(preview, "/email.html"))[0]
    async with preview.get(name) as reply:
        assert (await reply.read()).startswith(b"\x89PNG")
    async with preview.get("/pictures/nothing.png") as reply:
        assert reply.status == 404


async def test_a_bad_file_is_explained_on_the_page(config: Path, preview: aiohttp.ClientSession) -> None:
    """In the line that the mailer would end with."""
    await asyncio.to_thread(config.write_text, "[theme.colours.light]\nmuted = '#999999'\n", encoding="utf-8")
    page = await got(preview, "/")
    assert "theme.colours.light.muted: found #999999 on page #ffffff, a contrast of 2.85" in page
    assert "<iframe" not in page


async def test_the_preview_is_of_the_shops_own_brand(config: Path, preview: aiohttp.ClientSession) -> None:
    """And what other readers of the file would refuse is told as well."""
    text = "[brand]\nname = 'Tee und mehr'\n[shop]\ncurrency = 'EUR'\n"
    await asyncio.to_thread(config.write_text, text, encoding="utf-8")
    assert "Tee und mehr" in await got(preview, "/email.html")
    await asyncio.to_thread(config.write_text, text.replace("EUR", "EURO"), encoding="utf-8")
    assert "shop.currency: found &#39;EURO&#39;, expected an ISO 4217 code" in await got(preview, "/")


async def test_a_change_of_a_file_is_told(config: Path, preview: aiohttp.ClientSession) -> None:
    """The page then loads the emails again."""
    async with preview.get("/changes") as changes:
        assert (await changes.content.readline()).strip() == b": watching"
        await changes.content.readline()
        theme = config.parent / "themes" / "mine" / "email.css"
        theme.parent.mkdir(parents=True)
        await asyncio.to_thread(theme.write_text, ".a { padding: 0 }", encoding="utf-8")
        assert (await changes.content.readline()).strip() == b"data: changed"


async def test_other_hosts_are_refused(preview: aiohttp.ClientSession) -> None:
    """A page elsewhere cannot reach the preview by a name that leads to loopback."""
    async with preview.get("/", headers={"Host": "evil.example"}) as reply:
        assert reply.status == 400


def test_a_view_does_not_depend_on_the_readers_device() -> None:
    """Its rules for dark mode hold always or never."""
    html = ":root{color-scheme:light dark} @media (prefers-color-scheme:dark){ .a{} }"
    assert in_mode(html, "dark") == ":root{color-scheme:only dark} @media all{ .a{} }"
    assert in_mode(html, "light") == ":root{color-scheme:only light} @media not all{ .a{} }"


@pytest.mark.parametrize("picks", range(1, MAX_PICKS + 1))
def test_the_copy_of_the_preview_keeps_the_rules(picks: int) -> None:
    """What a marketer sees first is held to what the emails are held to, for every number of products."""
    facts, style = preview_facts(picks), Style(BRAND.name, LANGUAGE.locale)
    first, *_ = asked = [product_question(product, style) for product in facts.products]
    frame = dict.fromkeys(FRAME_TEXTS, frame_question(facts, style)) | dict.fromkeys(HEADLINES, first)
    found = [
        problems(name, Wording(getattr(COPY, name)), question.ground) for name, question in frame.items()
    ]
    for number, question in enumerate(asked, 1):
        line, said = COPY.lines[str(number)], COPY.quotes.get(str(number))
        found.append(problems(LINE, Wording(line), question.ground))
        if said:
            found.append(problems(QUOTE, Wording(said), question.ground))
            assert said in question.quotes
    assert not any(found), found
    assert len(preview_content(picks=picks).cards) == picks
