"""An email can be looked at as its readers will see it, with what it rests on beside it."""

import pytest
from playwright.sync_api import Page, expect

from tools.stack.tests.browser.conftest import PHONE, Open

FRAME = "#view iframe"
DARK, LIGHT = "rgb(16, 16, 16)", "rgb(255, 255, 255)"


def expect_background(page: Page, colour: str) -> None:
    """Wait until the email itself has this colour for its body."""
    expect(page.frame_locator(FRAME).locator("body")).to_have_css("background-color", colour)


@pytest.mark.parametrize("system_is_dark", [False, True])
def test_an_email_is_shown_in_light_and_in_dark(open_page: Open, *, system_is_dark: bool) -> None:
    """By the email's own rules, at first as the reader's system prefers."""
    page = open_page(dark=system_is_dark)
    expect_background(page, DARK if system_is_dark else LIGHT)
    page.keyboard.press("d")
    expect_background(page, DARK)
    page.get_by_role("button", name="Light").click()
    expect_background(page, LIGHT)


def test_an_email_is_shown_as_on_a_phone_and_as_text(open_page: Open) -> None:
    """Whichever way was chosen stays while emails are stepped through."""
    page = open_page()
    page.keyboard.press("p")
    box = page.locator(FRAME).bounding_box()
    assert box
    assert box["width"] == 390
    page.keyboard.press("t")
    expect(page.locator("#view pre")).to_contain_text("Hello Asha Rao\n\nEmail 0")
    page.keyboard.press("j")
    expect(page.locator("#view pre")).to_contain_text("Hello Ben Iyer")
    expect(page.get_by_role("button", name="Plain")).to_have_attribute("aria-pressed", "true")


def test_what_an_email_rests_on_is_beside_it(open_page: Open) -> None:
    """The customer, what became of it, its products and why, what they have and wrote, and its files."""
    page = open_page(hash_="#8")
    beside = page.locator("#beside")
    for words in (
        *("c7@shop.example", "only bad experiences", "criticises lid", "Glass kettle", "says it all."),
        *("new: Glass kettle (P0), review R1, 12 customers", "sound: 7 of 9 praise", "sent", "smtp"),
    ):
        expect(beside).to_contain_text(words)
    link = page.get_by_role("link", name="The message as it arrived")
    expect(link).to_have_attribute("href", "mailbox/000007.eml")
    expect(page.get_by_role("link", name="Message (.eml)")).to_have_attribute("href", "emails/C7.eml")
    page.goto(page.url.partition("#")[0] + "#1")
    expect(page.locator("#emails .chip", has_text="unsubscribed").first).to_be_visible()


def test_prompts_are_opened_with_answers_and_verdicts(open_page: Open) -> None:
    """The frame's and each product's, by its name."""
    page = open_page(hash_="#14")
    prompts = page.locator("#beside details")
    expect(prompts).to_have_count(6)
    frame = prompts.first
    frame.locator("summary").click()
    for words in ('"occasion": "liked"', '"Hello {customer.first_name}"', "After a repair", "a-model"):
        expect(frame).to_contain_text(words)
    refused = page.get_by_text("Product 5 · refused: line")
    refused.click()
    expect(prompts.filter(has=refused)).to_contain_text("line by word: cures It cures a headache.")


@pytest.mark.parametrize("hash_", ["", "#8"])
def test_a_phone_shows_everything_without_scrolling_sideways(open_page: Open, hash_: str) -> None:
    """At 390 px, also an address that has no place to break."""
    page = open_page(viewport=PHONE, hash_=hash_)
    if hash_:
        page.locator(FRAME).wait_for()
        page.locator("#beside dd").nth(1).evaluate("one => one.append('a5st4rwbkgqaxu6s36c7op'.repeat(5))")
    page.locator(".run summary").evaluate("one => one.click()")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_what_became_of_the_run_is_above_the_emails(open_page: Open) -> None:
    """What to know before sending at once, customers and data on demand."""
    page = open_page()
    expect(page.locator(".notices")).to_contain_text("9 of 132 customers got popular products")
    expect(page.get_by_text("without consent").last).to_be_hidden()
    page.click(".run summary")
    expect(page.locator(".run")).to_contain_text("130 of 142 customers have an email")
    expect(page.get_by_role("row", name="3 discounted_price a price above 0 line 7 'free'")).to_be_visible()
