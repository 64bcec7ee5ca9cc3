"""A headless Chromium with galleries in it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tools.stack.tests import campaign
from tools.stack.tests.gallery_pages import write_gallery

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCREENSHOTS = Path("out/screenshots/gallery")
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

expect.set_options(timeout=30_000)  # a busy machine is slow

Open = Callable[..., Page]
Screenshot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; without one, tests skip locally and fail in CI.

    It is closed after each file, because an event loop runs as long as it is open, which tests of other files
    would meet.
    """
    executable = next((found for name in EXECUTABLES if (found := shutil.which(name))), None)
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"the gallery's tests need a browser: none of {', '.join(EXECUTABLES)} is installed")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield launched
        launched.close()


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
