"""A headless Chromium with galleries in it."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.support import browsers
from tools.stack.tests import campaign
from tools.stack.tests.gallery_pages import write_gallery

SCREENSHOTS = Path("out/screenshots/gallery")
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

Open = Callable[..., Page]
Screenshot = Callable[[Page, str], None]
axe, browser = browsers.axe, browsers.browser


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made-up campaign."""
    folder = tmp_path_factory.mktemp("out") / str(campaign.SUMMARY["run_id"])
    return write_gallery(folder, campaign.SUMMARY, campaign.campaign(), campaign.prompts())


@pytest.fixture(scope="session")
def served(gallery: Path) -> Iterator[str]:
    """The address of the same page on a web server."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(gallery.parents[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{gallery.parent.name}/index.html"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window that has never seen a gallery."""
    opened = browser.new_context(
        viewport=DESKTOP, color_scheme="light", locale="en-GB", reduced_motion="reduce"
    )
    yield opened
    opened.close()


@pytest.fixture
def open_page(context: BrowserContext, gallery: Path) -> Iterator[Open]:
    """Open a gallery and wait until it can be used; any error of its script fails the test."""
    errors: list[str] = []

    def opened(
        address: str = "", *, hash_: str = "", viewport: ViewportSize = DESKTOP, dark: bool = False
    ) -> Page:
        page = context.new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((address or gallery.as_uri()) + hash_)
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    assert errors == []


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Screenshot:
    """Keep a picture of a page under the test's name, for a person to look at."""

    def keep(page: Page, kind: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w]+", "-", f"{request.node.name}-{kind}")
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return keep
