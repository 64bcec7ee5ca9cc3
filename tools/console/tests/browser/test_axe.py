"""axe at each page and its main states, light and dark, on a desk and on a phone; nothing is too wide."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fondly.operations.environment import Environment
from tests.support.runs import RUN
from tools.console.tests.browser.conftest import Prepare
from tools.console.tests.browser.shop_files import write_shop
from tools.console.tests.browser.stored import fail_a_run, give_up, stop_a_run
from tools.console.tests.finished_run import key_of, put_run
from tools.console.tests.support import KEY, NAME, put_customer

BASE, EMAIL = f"/runs/{RUN}", f"/runs/{RUN}/emails/{key_of(1)}?part=1"
OTHER = "run-fedcba9876543210"
EMPTY = ("/", "/runs", "/queues", "/customers", "/results", "/uploads", "/shop", "/shop/rules", "/webhooks")
OF_A_RUN = (
    *("/", "/runs", "/runs?status=failed", BASE, f"{BASE}/emails", f"{BASE}/emails?refused=greeting"),
    *(EMAIL, f"{EMAIL}&view=plain", f"{BASE}/read", f"{BASE}/wordings", f"{BASE}/delivery", f"{BASE}/stages"),
    *(f"{BASE}/compare/{RUN}{each}" for each in ("", "/emails", f"/emails?key={key_of(1)}")),
    *(f"{BASE}/emails?outcome=sent", f"{BASE}/results", "/results", "/products/P1", "/audit", "/nothing"),
)
OF_WORK = ("/", f"/runs/{OTHER}", f"/runs/{OTHER}/stages", f"/runs/{OTHER}/delivery", "/queues/mailer/dead")
RUN_AXE = "rules => axe.run(document, {iframes: false, ...rules})"
CONTRAST = {"runOnly": ["color-contrast"]}
"""All that differs in the dark."""

Look = Callable[[str], None]


@pytest.fixture
def look(page: Page, axe: str) -> Iterator[Look]:
    """Looks at what a page shows now; at the end, all that was found must be nothing."""
    found: list[str] = []

    def looked(what: str) -> None:
        page.evaluate(axe)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                found.append(f"{what}: wider than {width} px")
            for dark in (False, True):
                page.emulate_media(color_scheme="dark" if dark else "light")
                for each in page.evaluate(RUN_AXE, CONTRAST if dark else {})["violations"]:
                    node = each["nodes"][0]["html"]
                    found.append(
                        f"{what} at {width} px{' in the dark' * dark}: {each['id']}, {json.dumps(node)}"
                    )

    yield looked
    assert found == []


def home(page: Page) -> str:
    """Return the address of the console."""
    return "/".join(page.url.split("/")[:3])


def send(page: Page, button: str) -> None:
    """Press a button that leads to another page, and wait for that."""
    page.evaluate("document.documentElement.dataset.was = 'before'")
    page.get_by_role("button", name=button, exact=True).first.click()
    expect(page.locator("html:not([data-was]) h1")).to_be_visible()
    page.wait_for_load_state()


def test_pages_without_anything_to_show(page: Page, look: Look) -> None:
    """Each names the next step."""
    for path in EMPTY:
        page.goto(home(page) + path)
        look(f"empty {path}")


def test_pages_of_a_run(page: Page, look: Look, prepare: Prepare) -> None:
    """A finished run that is held, and then approved; menus are opened, and words mistyped."""
    prepare(partial(put_run, emails=22))
    for path in OF_A_RUN:
        page.goto(home(page) + path)
        look(path)
    page.goto(f"{home(page)}{BASE}/read")
    tops = "each => each.getBoundingClientRect().top"
    in_line = page.locator(".reading .line > * > :is(button, summary)")
    assert len({each.evaluate(tops) for each in in_line.all()}) == 1
    page.keyboard.press("p")
    look("a product to strike")
    page.goto(f"{home(page)}{BASE}/wordings")
    page.locator("summary", has_text="Edit").click()
    look("a wording to edit")
    page.goto(f"{home(page)}{EMAIL}")
    page.get_by_role("button", name="Show prompts").click()
    expect(page.get_by_text("Nothing was asked")).to_be_visible()
    look("prompts")
    page.goto(f"{home(page)}{BASE}/delivery")
    send(page, "Look at the approval")
    for word, state in (("aprove", "mistyped"), ("approve", "approved")):
        look(f"before it is {state}")
        page.locator("[name=word]").fill(word)
        send(page, "Approve")
        look(state)


def test_pages_of_work_and_support(page: Page, look: Look, prepare: Prepare) -> None:
    """A run that failed and one that was stopped, dead letters, a customer, and what was done."""

    async def all_of_it(environment: Environment) -> None:
        await fail_a_run(environment)
        await stop_a_run(environment, OTHER)
        await give_up(environment, 2)

    prepare(all_of_it)
    for path in (*OF_WORK, BASE, "/queues"):
        page.goto(home(page) + path)
        for each in page.locator("details").all()[:1]:
            each.locator("summary").click()
        look(path)
    prepare(put_customer)
    page.goto(f"{home(page)}/customers")
    for who, said in (("nobody@shop.example", "Nobody was found"), (NAME, "What they got")):
        page.get_by_label("Address, id").fill(who)
        page.keyboard.press("Enter")
        expect(page.get_by_text(said).first).to_be_visible()
        look(said)
    send(page, "Never write to them")
    look("suppressed")
    send(page, "Export all that is known")
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    look("an export")
    page.goto(f"{home(page)}/audit")
    look("what was done")
    page.context.clear_cookies()
    page.goto(f"{home(page)}/customers/{KEY}")
    look("nobody signed in")


def test_pages_of_the_shop(page: Page, look: Look, tmp_path: Path) -> None:
    """Files that were checked and started, settings that are wrong, a draft, and rules."""
    page.goto(f"{home(page)}/uploads")
    page.set_input_files("#files", write_shop(tmp_path, customers=20, reviews=20, products=30))
    send(page, "Check these files")
    expect(page.get_by_role("button", name="Start the run")).to_be_visible(timeout=60_000)
    look("files that were checked")
    send(page, "Start the run")
    look("files that were started")
    page.goto(f"{home(page)}/shop")
    page.get_by_label("Voice").fill("dry")
    send(page, "Show what this changes")
    look("a draft")
    page.goto(f"{home(page)}/shop/rules")
    for text in ("exclude: {brands: 1}", "exclude: {brands: [Acme]}"):
        page.locator("#text").fill(text)
        send(page, "Show what this changes")
        look(text)
