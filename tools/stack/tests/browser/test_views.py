"""An email can be looked at as its readers will see it, with what it rests on beside it."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tools.stack.tests import campaign
from tools.stack.tests.browser.conftest import DESKTOP, PHONE, Open
from tools.stack.tests.campaign import EARLIER
from tools.stack.tests.gallery_pages import write_gallery

FRAME = "#view iframe"
DARK, LIGHT = "rgb(16, 16, 16)", "rgb(255, 255, 255)"


def expect_background(page: Page, colour: str) -> None:
    """Wait until the email itself has this colour for its body."""
    expect(page.frame_locator(FRAME).locator("body")).to_have_css("background-color", colour)


@pytest.mark.parametrize("system_is_dark", [False, True])
def test_dark_mode_darkens_the_email_too(open_page: Open, *, system_is_dark: bool) -> None:
    """By the email's own rules for dark mode, whatever the reader's system prefers."""
    page = open_page(dark=system_is_dark)
    expect_background(page, DARK if system_is_dark else LIGHT)
    page.click("#theme")
    expect(page.locator("#dark-email")).to_have_attribute("aria-pressed", str(not system_is_dark).lower())
    expect_background(page, LIGHT if system_is_dark else DARK)


def test_an_email_alone_can_be_darkened(open_page: Open) -> None:
    """With its own button or the key d."""
    page = open_page()
    page.keyboard.press("d")
    expect_background(page, DARK)
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.click("#dark-email")
    expect_background(page, LIGHT)


def test_views_are_tabs(open_page: Open) -> None:
    """Desktop, phone, text and source, by mouse, arrow keys or v."""
    page = open_page()
    page.get_by_role("tab", name="Phone").click()
    box = page.locator(FRAME).bounding_box()
    assert box
    assert box["width"] == 390
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Text")).to_be_focused()
    expect(page.locator("#view pre")).to_contain_text("Hello Asha Rao\n\nEmail 0")
    page.keyboard.press("v")
    expect(page.locator("#view pre")).to_contain_text("Subject: Five finds for you")
    expect(page.locator("#dark-email")).to_be_disabled()


def test_the_customer_is_beside_the_email(open_page: Open) -> None:
    """What they have, what they think of it, what their reviews say."""
    page = open_page(hash_="#emails/C7")
    page.get_by_role("button", name="Customer").click()
    beside = page.locator("#beside")
    for words in (
        "c7@shop.example",
        "only bad experiences",
        "Criticise",
        "lid",
        "let down",
        "Glass kettle",
        "Its",
    ):
        expect(beside).to_contain_text(words)


def test_each_pick_has_the_evidence_of_its_reason(open_page: Open) -> None:
    """The customer's product and review, and how many customers prove it; seller claims are named."""
    page = open_page(hash_="#emails/C18")
    picks = page.locator("#beside .pick")
    expect(picks).to_have_count(5)
    expect(picks.first).to_contain_text("liked: Glass kettle (P0), review R1, 12 customers")
    expect(picks.first.locator("blockquote")).to_contain_text("says it all.")
    expect(picks.first).to_contain_text("sound: 7 of 9 praise")
    expect(page.locator("#beside")).to_contain_text("seller claims: warranty")


def test_the_copy_is_shown_with_prompt_answers_and_verdicts(open_page: Open) -> None:
    """And how many emails share the prompt, with what it cost."""
    page = open_page(hash_="#emails/C13")
    page.keyboard.press("w")
    beside = page.locator("#beside")
    for words in (
        "a-model",
        "9 emails",
        "in this run",
        "900, of the cache 700 read",
        "cures",
        '"occasion": "liked"',
        '"One"',
    ):
        expect(beside).to_contain_text(words)


def test_an_email_without_a_prompt_says_so(open_page: Open) -> None:
    """As one of an earlier version, or one that the house wrote."""
    page = open_page(hash_="#emails/C10")
    page.keyboard.press("w")
    expect(page.locator("#beside")).to_contain_text("The run kept no prompt for this email.")


def test_what_is_beside_covers_the_email_on_a_phone(open_page: Open) -> None:
    """And gives way to it again."""
    page = open_page(viewport=PHONE, hash_="#emails/C7")
    page.get_by_role("button", name="Picks").click()
    expect(page.locator("#view")).to_be_hidden()
    page.get_by_role("button", name="Picks").click()
    expect(page.locator(FRAME)).to_be_visible()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("tab", name="Text").click()
    expect(page.locator("#view pre")).to_be_visible()


@pytest.mark.parametrize("hash_", ["", "#emails/C7", "#figures", "#opinions", f"#compare/{EARLIER}"])
def test_a_phone_shows_everything_without_scrolling_sideways(open_page: Open, hash_: str) -> None:
    """At 390 px."""
    page = open_page(viewport=PHONE, hash_=hash_)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (
            {"status": "failed", "reason": "no such column: price"},
            "This run has no emails. no such column: price",
        ),
        (
            {
                "status": "finished",
                "customers": 10,
                "emails": 0,
                "ingest": campaign.INGEST.model_dump(mode="json"),
            },
            "This run has no emails, though it has 10 customers: 10 without consent.",
        ),
    ],
    ids=["failed", "excluded"],
)
def test_a_run_without_emails_says_why(
    open_page: Open, tmp_path: Path, summary: dict[str, Any], told: str, viewport: ViewportSize
) -> None:
    """Where the emails would be, and not that a search has found none."""
    page = open_page(write_gallery(tmp_path, summary, []).as_uri(), viewport=viewport)
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#nothing")).to_have_text(told)


def test_what_became_of_the_run_is_above_the_emails(open_page: Open) -> None:
    """What to know before sending at once, customers and data on demand."""
    page = open_page()
    expect(page.locator(".notices")).to_have_text(re.compile("9 of 132 customers got popular products"))
    table = page.get_by_role("table", name="What became of the customers")
    expect(table).to_be_hidden()
    page.click(".known summary")
    expect(table.get_by_role("row", name="without consent 10")).to_be_visible()
    expect(page.get_by_role("row", name="3 discounted_price a price above 0 line 7 'free'")).to_be_visible()
