"""The pages that customers see, on a phone and with large text."""

from itertools import pairwise

import pytest
from playwright.sync_api import Browser

from fondly.sender.web.pages import LANGUAGES, Page, Pages
from tools.stack.tests.browser.conftest import PHONE

TOPICS = ("Electronics", "Home&Kitchen", "Garten und Terrasse")
BRAND = "M\u00fcller & S\u00f6hne Haushaltswarenfachgesch\u00e4ft"
GAP = 6
"""Pixels at least between the texts of two choices, so that it is seen which lines are one choice."""
TEXTS = """() => [...document.querySelectorAll("label")].map(label => {
  const range = document.createRange();
  range.selectNodeContents(label.lastChild);
  const box = range.getBoundingClientRect();
  return [box.top, box.bottom];
})"""


@pytest.mark.parametrize("scale", ["100%", "200%"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_name", list(Page))
def test_large_text_fits_a_phone(browser: Browser, page_name: Page, language: str, scale: str) -> None:
    """Nothing is cut off or reached by scrolling sideways, and choices stay apart."""
    pages = Pages(language, BRAND, TOPICS)
    page = browser.new_page(viewport=PHONE)
    page.set_content(pages.show(page_name, "token").decode())
    page.evaluate("size => document.documentElement.style.fontSize = size", scale)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    texts = page.evaluate(TEXTS)
    assert len(texts) == (3 + len(TOPICS) if page_name is Page.PREFERENCES else 0)
    gaps = [below[0] - above[1] for above, below in pairwise(texts)]
    assert min(gaps, default=GAP) >= GAP
    page.close()
