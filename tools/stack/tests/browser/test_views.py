"""An email can be looked at as its readers will see it, with what it rests on beside it."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from fondly.operations.emails.shown import Refusal
from tools.stack.tests import campaign
from tools.stack.tests.browser.conftest import DESKTOP, PHONE, Open
from tools.stack.tests.campaign import EARLIER
from tools.stack.tests.gallery_pages import email, prompt, write_gallery

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


def test_the_copy_is_shown_with_prompts_answers_and_verdicts(open_page: Open) -> None:
    """The frame's and each product's: how many emails share it, and what it cost; a line by its place."""
    page = open_page(hash_="#emails/C13")
    page.keyboard.press("w")
    expect(page.get_by_role("row", name="lines.2 word cures It cures a headache.")).to_be_visible()
    frame, *products = page.locator("#beside .prompt").all()
    expect(frame.locator("summary")).to_have_text("Frame18 emails, the answer was kept")
    titles = [f"Product {place}: Product {3 + place}" for place in range(1, 6)]
    for product, title in zip(products, titles, strict=True):
        expect(product.locator("summary")).to_contain_text(title)
    expect(products[1].locator("summary")).to_contain_text("14 emails, paid by a call of this run, 1 refused")
    for words in ('"occasion": "liked"', '"Hello {customer.first_name}"', "Answer 2, after a repair"):
        expect(frame).to_contain_text(words)
    for words in ("a-model", "900, of the cache 700 read", '"n": 1', '"One"'):
        expect(products[0]).to_contain_text(words)
    products[0].locator("summary").click()
    expect(products[0].get_by_text('"One"')).to_be_visible()


def test_an_apology_has_the_headlines_of_its_frame(open_page: Open, tmp_path: Path) -> None:
    """What was refused of a product's is none of this email's; a prompt that is missing is said to be."""
    headline = Refusal("subject", "Sale!", "word", "Sale")
    emails = [email("A1", prompt_keys=("f", "p", "gone")), email("A2", prompt_keys=("f", "p"), unhappy=True)]
    prompts = [prompt("f", verdicts=()), prompt("p", verdicts=(headline,))]
    address = write_gallery(tmp_path, {"run_id": "run-1"}, emails, prompts=prompts).as_uri()
    page = open_page(address, hash_="#emails/A1")
    page.keyboard.press("w")
    beside = page.locator("#beside")
    expect(beside).to_contain_text("Verdicts: 1 wording refused")
    expect(beside.locator(".prompt").last).to_contain_text("The run kept no prompt for it.")
    page.keyboard.press("j")
    expect(beside).to_contain_text("Every wording passed.")


def test_an_email_without_a_prompt_says_so(open_page: Open) -> None:
    """As one of an earlier version, or one with template copy."""
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
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_a_long_address_is_whole_on_a_phone(open_page: Open) -> None:
    """It goes on in the next line."""
    page = open_page(viewport=PHONE, hash_="#emails/C7")
    page.locator(FRAME).wait_for()
    to = page.locator(".to")
    to.evaluate("one => one.append('a5st4rwbkgqaxu6s36c7op2el7q7'.repeat(2) + '@customers.example.com')")
    assert to.evaluate("one => one.scrollWidth <= one.clientWidth")
    box = to.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]


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


def test_what_became_of_an_email_is_beside_it(open_page: Open) -> None:
    """Outcome, reason and the message as it arrived; what did not arrive stands out in the list."""
    page = open_page()
    page.keyboard.press("c")
    expect(page.locator("#badges")).to_contain_text("suppressed")
    expect(page.locator("#beside")).to_contain_text("unsubscribed")
    expect(page.locator("#emails .badge", has_text="suppressed").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#badges")).to_contain_text("bounced")
    page.keyboard.press("j")
    expect(page.locator("#badges")).to_contain_text("sent")
    link = page.get_by_role("link", name="The message as it arrived")
    expect(link).to_have_attribute("href", "mailbox/000002.eml")
