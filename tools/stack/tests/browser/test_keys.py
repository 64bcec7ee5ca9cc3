"""Keys, focus and the way back work in the gallery, also after a click inside an email."""

import pytest
from playwright.sync_api import Page, expect

from tools.stack.tests.browser.conftest import PHONE, Open

FRAME = "#view iframe"


def selected(page: Page) -> str:
    """Return the id of the customer whose email is shown."""
    return page.locator("#customer").inner_text()


def click_inside_the_email(page: Page) -> None:
    """Press and release the mouse well inside the frame, where there is no link."""
    box = page.locator(FRAME).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("key", ["j", "ArrowDown"])
def test_keys_step_through_the_list(open_page: Open, key: str) -> None:
    """Down to the next email and, with their counterparts, up again."""
    page = open_page()
    page.keyboard.press(key)
    assert selected(page) == "C1"
    page.keyboard.press({"j": "k", "ArrowDown": "ArrowUp"}[key])
    assert selected(page) == "C0"


@pytest.mark.parametrize("where", ["file", "http"])
def test_keys_work_after_a_click_inside_an_email(open_page: Open, served: str, where: str) -> None:
    """The frame, in which no script runs, gives the focus back."""
    page = open_page(served if where == "http" else "")
    page.locator(FRAME).wait_for()
    click_inside_the_email(page)
    expect(page.locator("#view")).to_be_focused()
    page.keyboard.press("j")
    assert selected(page) == "C1"
    click_inside_the_email(page)
    expect(page.locator("#view")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_a_link_of_an_email_still_opens_in_a_tab_of_its_own(open_page: Open) -> None:
    """Although the focus leaves the frame as soon as it is clicked."""
    page = open_page()
    page.context.route("https://shop.example/*", lambda route: route.fulfill(body="a kettle"))
    with page.context.expect_page() as opened:
        page.frame_locator(FRAME).get_by_role("link").click()
    assert opened.value.url == "https://shop.example/p"
    assert selected(page) == "C0"


def test_who_tabs_into_an_email_stays_there(open_page: Open) -> None:
    """To follow its links without a mouse; another Tab leads out."""
    page = open_page()
    page.locator(FRAME).wait_for()
    page.locator("#view").focus()
    page.keyboard.press("Tab")
    expect(page.locator(FRAME)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#beside")).to_be_focused()


def test_back_returns_to_the_email_that_was_chosen_before(open_page: Open) -> None:
    """Choosing an email or a page is a step to come back from; stepping with keys is not."""
    page = open_page()
    page.locator("#emails button").nth(3).click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.click("[data-page=figures]")
    expect(page.locator("#figures")).to_be_visible()
    page.go_back()
    assert selected(page) == "C5"
    click_inside_the_email(page)
    page.go_back()
    expect(page.locator("#customer")).to_have_text("C0")
    page.go_forward()
    expect(page.locator("#customer")).to_have_text("C5")


def test_back_closes_an_email_on_a_phone(open_page: Open) -> None:
    """And leads to the list, with the focus on the email that was open."""
    page = open_page(viewport=PHONE)
    expect(page.locator("#reader")).to_be_hidden()
    page.locator("#emails button").nth(2).click()
    expect(page.locator("#emails")).to_be_hidden()
    page.go_back()
    expect(page.locator("#emails")).to_be_visible()
    expect(page.locator("#emails button").nth(2)).to_be_focused()


@pytest.mark.parametrize("hash_", ["#emails/C77", "#figures", "#opinions", "#compare"])
def test_an_address_leads_to_what_it_names(open_page: Open, hash_: str) -> None:
    """So that people can send one another links."""
    page = open_page(hash_=hash_)
    if hash_ == "#emails/C77":
        assert selected(page) == "C77"
        expect(page.locator("#emails [aria-current=true]")).to_be_visible()
    else:
        expect(page.locator(hash_)).to_be_visible()
        expect(page.locator("#reader")).to_be_hidden()


@pytest.mark.parametrize("hash_", ["#emails/nobody", "#elsewhere", "#emails/%E0%A4%A", "#constructor/x"])
def test_an_address_that_names_nothing_leads_to_the_list(open_page: Open, hash_: str) -> None:
    """As one of a run that had other customers."""
    assert selected(open_page(hash_=hash_)) == "C0"


def test_help_lists_the_keys(open_page: Open) -> None:
    """It opens with a question mark, closes with Escape, and takes all keys meanwhile."""
    page = open_page()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    assert selected(page) == "C0"


def test_keys_are_text_while_somebody_types(open_page: Open) -> None:
    """In the search, `j` and `?` are letters."""
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.locator("#search").input_value() == "j?"
    expect(page.locator("#help")).to_be_hidden()
