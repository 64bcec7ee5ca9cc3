import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

SCREENSHOTS = Path("out/screenshots/site")
SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
READ = ("index.html", "docs/data-formats.html", "reference/events.html")
DRAWN = (
    "index.html",
    "docs/architecture.html",
    "services/recommender/index.html",
    "services/sender/index.html",
)

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Open a page of the site; a request to anywhere else, or an error of a script, fails the test."""
    contexts, strange = [], list[str]()

    def opened(page: str, size: str = "desktop", scheme: str = "light") -> Page:
        context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type] # light or dark
        contexts.append(context)
        shown = context.new_page()
        shown.on(
            "request", lambda made: strange.append(made.url) if not made.url.startswith(address) else None
        )
        shown.on("pageerror", lambda error: strange.append(str(error)))
        shown.goto(address + page)
        shown.wait_for_load_state("networkidle")
        return shown

    yield opened
    for each in contexts:
        each.close()
    assert strange == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", READ)
def test_axe_finds_nothing(open_page: Open, axe: str, page: str, size: str, scheme: str) -> None:
    """At any impact, on a desk and on a phone, in light and in dark; and nothing is wider than the screen."""
    shown = open_page(page, size, scheme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=SCREENSHOTS / f"{page.replace('/', '-')}-{size}-{scheme}.png")
    shown.evaluate(axe)
    found = shown.evaluate("axe.run(document)")["violations"]
    assert [f"{each['id']}: {json.dumps(each['nodes'][0]['html'])}" for each in found] == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]


@pytest.mark.parametrize("page", DRAWN)
def test_diagrams_are_drawn(open_page: Open, page: str) -> None:
    """By a script of the site's own: a text that could not be drawn stays a block of code."""
    shown = open_page(page)
    drawn = shown.locator("div.mermaid")
    drawn.first.wait_for()
    assert shown.locator("pre.mermaid").count() == 0
    assert all((box := each.bounding_box()) and box["height"] > 100 for each in drawn.all())


def test_a_word_is_found(open_page: Open) -> None:
    """The search leads to the page that explains it; it listens to keys, so filling in is not enough."""
    shown = open_page("index.html")
    shown.locator("input[aria-label=Search]").press_sequentially("holdout")
    results = shown.locator(".md-search-result__link")
    results.first.wait_for()
    assert any("measuring" in str(each.get_attribute("href")) for each in results.all())


def test_dark_and_light_are_chosen(open_page: Open) -> None:
    """The choice stays on the next page."""
    shown = open_page("index.html")
    body = shown.locator("body")
    assert body.get_attribute("data-md-color-scheme") == "default"
    for _ in range(2):
        shown.locator("form[data-md-component=palette] label:visible").click()
    assert body.get_attribute("data-md-color-scheme") == "slate"
    shown.goto(shown.url.replace("index.html", "docs/shop.html"))
    assert body.get_attribute("data-md-color-scheme") == "slate"


def test_a_gallery_can_be_looked_at(open_page: Open) -> None:
    """Somebody who has installed nothing reads a shop's email from the site."""
    shown = open_page("gallery/index.html")
    shown.get_by_role("link", name="fashion-de", exact=True).last.click()
    shown.locator("#emails a").first.click()
    shown.frame_locator("#view iframe").locator("h1").wait_for()
