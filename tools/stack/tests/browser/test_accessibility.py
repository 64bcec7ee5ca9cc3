"""axe finds nothing on any view of the gallery, in light and in dark, on a desktop and on a phone."""

import json

import pytest
from playwright.sync_api import Page, ViewportSize

from tools.stack.tests.browser.conftest import DESKTOP, PHONE, Open, Screenshot

VIEWS = {
    "list": ("", "", "#emails a"),
    "email": ("#8", "", "#view iframe"),
    "run": ("", ".run summary", ".run table"),
    "filters": ("", ".list summary", "#filters select"),
    "plain": ("#8", "[data-view=plain]", "#view pre"),
    "prompts": ("#14", "", "#beside [data-prompt]"),
}
"""The address of each view, what is clicked there, and what it shows then."""


def findings(page: Page, axe: str) -> list[str]:
    """Return axe's findings of any impact, with the first element of each.

    The email in its frame, in which no script runs, has checks of its own (`make check-emails`).
    """
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, { iframes: false })")
    return [f"{each['id']}: {json.dumps(each['nodes'][0]['html'])}" for each in result["violations"]]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(
    open_page: Open, screenshot: Screenshot, axe: str, view: str, viewport: ViewportSize
) -> None:
    """No finding at any impact."""
    hash_, click, shown = VIEWS[view]
    page = open_page(hash_=hash_, viewport=viewport)
    if click:
        page.locator(click).first.click()
    page.locator(shown).first.wait_for(state="attached")
    page.evaluate("document.querySelectorAll('#beside details').forEach((each) => { each.open = true; })")
    screenshot(page, "light")
    assert findings(page, axe) == []
    page.emulate_media(color_scheme="dark")
    screenshot(page, "dark")
    assert findings(page, axe) == []
