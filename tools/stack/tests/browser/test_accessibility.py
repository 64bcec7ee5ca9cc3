"""axe finds nothing on any view of the gallery, in light and in dark, on a desktop and on a phone."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tools.stack.tests.browser.conftest import DESKTOP, PHONE, Open, Screenshot
from tools.stack.tests.campaign import EARLIER

AXE = Path(__file__).parents[4] / "lab/checks/node_modules/axe-core/axe.min.js"
VIEWS = {
    "list": ("", "", "#emails button"),
    "email": ("#emails/C7", "", "#view iframe"),
    "customers and data": ("", ".known summary", ".known table"),
    "filters": ("", ".filters summary", "#clear-filters"),
    "customer": ("#emails/C7", "[data-beside=customer]", "#beside .own"),
    "text": ("#emails/C7", "#tab-text", "#view pre"),
    "copy": ("#emails/C13", "[data-beside=copy]", "#beside table"),
    "figures": ("#figures", "", "#figures figure"),
    "opinions": ("#opinions", "#category-list summary", ".category-products"),
    "compare": (f"#compare/{EARLIER}", "", "#change-list li"),
    "keys": ("", "#show-help", "#help"),
}
"""The address of each view, what is clicked there, and what it shows then."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe; where it is not installed, tests skip locally and fail in CI."""
    if not AXE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"axe-core is not installed: {AXE} does not exist")
        pytest.skip("axe-core is not installed")
    return AXE.read_text(encoding="utf-8")


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
    page.locator(shown).first.wait_for()
    page.evaluate("document.querySelectorAll('.prompt').forEach((each) => { each.open = true; })")
    screenshot(page, "light")
    assert findings(page, axe) == []
    page.locator("#theme").evaluate("button => button.click()")  # the dialog covers it
    screenshot(page, "dark")
    assert findings(page, axe) == []
