"""The preview's server, on loopback alone: the theme is read again for every request."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from fondly.contracts.errors import InvalidFileError
from fondly.mailer.adapters.shop_files import LocalShopFiles
from fondly.mailer.domain.message.theme import Brand, Theme
from fondly.mailer.domain.message.theme_files import built_in_themes
from fondly.mailer.use_cases.load_look import Look, load_look
from fondly.operations.shop import load_shop
from fondly.operations.shop.sample_email import BRAND, LANGUAGE, PICKS, preview_content
from fondly.recommender.domain.picking.rules import MAX_PICKS
from fondly.stack.pictures.addresses import FOLDER

Mode = Literal["light", "dark"]
LOOPBACK = ["127.0.0.1", "localhost"]
POLL_S = 0.3
DARK_MEDIA = "@media (prefers-color-scheme:dark)"
FORCED = {"light": "@media not all", "dark": "@media all"}


def preview_app(config: Path, *, theme: str | None = None) -> Starlette:
    """Return the application: `config` is the shop's file, `theme` takes the place of the name in it."""
    preview = _Preview(config, theme)
    routes = [
        Route("/", preview.page),
        Route("/email.html", preview.html),
        Route("/email.txt", preview.text),
        Route("/changes", preview.changes),
        Mount("/pictures", StaticFiles(directory=FOLDER)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)])


class _Preview:
    def __init__(self, config: Path, theme: str | None) -> None:
        self._files = LocalShopFiles(config)
        self._theme = theme
        page = files(__package__).joinpath("page.html").read_text("utf-8")
        self._page = Environment(autoescape=True).from_string(page)

    async def page(self, request: Request) -> Response:
        """The views side by side, or what is wrong with the files."""
        name = request.query_params.get("theme") or self._theme
        try:
            look = await load_look(self._files, theme=name)
            name, problem = look.shop.theme.name, ""
            look.theme(brand_of(look), LANGUAGE.messages)
            await asyncio.to_thread(self._check_other_sections)
        except InvalidFileError as error:
            problem = str(error)
        chosen = name or ""
        themes = sorted({*built_in_themes(), *filter(None, [chosen])})
        return HTMLResponse(
            self._page.render(themes=themes, chosen=chosen, problem=problem, picks=PICKS, max_picks=MAX_PICKS)
        )

    async def html(self, request: Request) -> Response:
        """One email; the query gives its mode, number of products and whether there are pictures."""
        query = request.query_params
        picks = min(max(int(query.get("picks", PICKS)), 1), MAX_PICKS)
        content = preview_content(picks=picks, pictures=query.get("pictures") != "no")
        theme = await self._loaded(request)
        return HTMLResponse(in_mode(theme.html(content), cast("Mode", query.get("mode", "light"))))

    async def text(self, request: Request) -> Response:
        """The plain text of the same email."""
        return PlainTextResponse((await self._loaded(request)).text(preview_content()))

    async def changes(self, request: Request) -> Response:
        """An event, for as long as the page is open, whenever a file of the shop or of a theme changes."""
        return StreamingResponse(self._changes(request), media_type="text/event-stream")

    async def _loaded(self, request: Request) -> Theme:
        look = await load_look(self._files, theme=request.query_params.get("theme") or self._theme)
        return look.theme(brand_of(look), LANGUAGE.messages)

    def _check_other_sections(self) -> None:
        """Raise `InvalidFileError` for what the mailer does not read."""
        if self._files.config.is_file():
            load_shop(self._files.config, environment={})

    async def _changes(self, request: Request) -> AsyncIterator[str]:
        before = self._state()
        yield ": watching\n\n"
        while not await request.is_disconnected():
            await asyncio.sleep(POLL_S)
            now = self._state()
            if now != before:
                yield "data: changed\n\n"
            before = now

    def _state(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self._watched() if path.is_file()}

    def _watched(self) -> Iterator[Path]:
        yield self._files.config
        yield from (self._files.config.parent / "themes").rglob("*")
        yield from Path(str(files("fondly.mailer.domain.message") / "themes")).rglob("*")


def brand_of(look: Look) -> Brand:
    """Return the brand that the shop's file describes, with the sample's for what it leaves out."""
    said = look.shop.brand
    return Brand(said.name or BRAND.name, said.postal_address or BRAND.postal_address)


def in_mode(html: str, mode: Mode) -> str:
    """Return an email that is light or dark whatever the reader's device prefers."""
    return html.replace(DARK_MEDIA, FORCED[mode]).replace(
        "color-scheme:light dark", f"color-scheme:only {mode}"
    )
