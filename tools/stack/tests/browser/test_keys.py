"""Keys, focus and the way back work in the gallery, also after a click inside an email."""

import pytest
from playwright.sync_api import Page, expect

from tools.stack.tests.browser.conftest import PHONE, Open

FRAME = "#view iframe"


def selected(page: Page) -> str:
    """Return the number of the email that the list marks as shown, as its address has it."""
    return str(page.locator("#emails [aria-current=true]").get_attribute("href"))


def click_inside_the_email(page: Page) -> None:
    """Press and release the mouse well inside the frame, where there is no link."""
    box = page.locator(FRAME).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_keys_step_through_the_list(open_page: Open) -> None:
    """Down to the next email and up again, also from one page of the list to another."""
    page = open_page()
    for key, wanted in (("j", "#2"), ("j", "#3"), ("k", "#2")):
        page.keyboard.press(key)
        assert selected(page) == wanted
    page.goto(page.url.partition("#")[0] + "#50")
    expect(page.locator("#page")).to_have_text("1 to 50")
    page.keyboard.press("j")
    expect(page.locator("#page")).to_have_text("51 to 100")
    assert selected(page) == "#51"


@pytest.mark.parametrize("where", ["file", "http"])
def test_keys_work_after_a_click_inside_an_email(open_page: Open, served: str, where: str) -> None:
    """The frame, in which no script runs, gives the focus back."""
    page = open_page(served if where == "http" else "")
    page.locator(FRAME).wait_for()
    click_inside_the_email(page)
    expect(page.locator("#reader")).to_be_focused()
    page.keyboard.press("j")
    assert selected(page) == "#2"
    click_inside_the_email(page)
    expect(page.locator("#reader")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_a_link_of_an_email_still_opens_in_a_tab_of_its_own(open_page: Open) -> None:
    """Although the focus leaves the frame as soon as it is clicked."""
    page = open_page()
    page.context.route("https://shop.example/*", lambda route: route.fulfill(body="a kettle"))
    with page.context.expect_page() as opened:
        page.frame_locator(FRAME).get_by_role("link").click()
    assert opened.value.url == "https://shop.example/p"
    assert selected(page) == "#1"


def test_who_tabs_into_an_email_stays_there(open_page: Open) -> None:
    """To follow its links without a mouse."""
    page = open_page()
    page.locator(FRAME).wait_for()
    page.locator("#file").focus()
    page.keyboard.press("Tab")
    expect(page.locator(FRAME)).to_be_focused()


def test_back_returns_to_the_email_that_was_chosen_before(open_page: Open) -> None:
    """Choosing an email is a step to come back from; stepping with keys is not."""
    page = open_page(hash_="#2")
    page.locator("#emails a").nth(3).click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert selected(page) == "#6"
    page.go_back()
    expect(page.locator("#emails [aria-current=true]")).to_have_attribute("href", "#2")


def test_back_closes_an_email_on_a_phone(open_page: Open) -> None:
    """And leads to the list, with the focus on the email that was open."""
    page = open_page(viewport=PHONE)
    expect(page.locator("#reader")).to_be_hidden()
    page.locator("#emails a").nth(2).click()
    expect(page.locator("#emails")).to_be_hidden()
    page.go_back()
    expect(page.locator("#emails")).to_be_visible()
    expect(page.locator("#emails a").nth(2)).to_be_focused()
    page.locator("#emails a").nth(1).click()
    page.keyboard.press("Escape")
    expect(page.locator("#emails a").nth(1)).to_be_focused()


@pytest.mark.parametrize(
    ("hash_", "shown"), [("#78", "#78"), ("#nobody", "#1"), ("#131", "#1"), ("#%E0%A4%A", "#1"), ("#0", "#1")]
)
def test_an_address_leads_to_the_email_of_its_number(open_page: Open, hash_: str, shown: str) -> None:
    """So that people can send one another links; one that names nothing leads to the first."""
    page = open_page(hash_=hash_)
    assert selected(page) == shown
    expect(page.locator("#emails [aria-current=true]")).to_be_in_viewport()


def test_keys_are_text_while_somebody_types(open_page: Open) -> None:
    """In the search, `j` is a letter."""
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("j/")
    assert page.locator("#search").input_value() == "j/"
