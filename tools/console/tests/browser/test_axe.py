"""What marketers do in the console, with clicks counted: as few as promised, and none where keys do."""

import asyncio
import json
import os
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from fondly.operations.environment import open_environment
from fondly.operations.target import Target, load_topology
from fondly.stack.provision import Resources
from tests.support.environments import REGION
from tests.support.runs import RUN
from tools.console.tests.finished_run import key_of, put_run

AXE = Path(__file__).parents[4] / "lab/checks/node_modules/axe-core/axe.min.js"
BASE = f"/runs/{RUN}"
EMAILS = 22
PAGES = (
    *("/", "/runs", BASE, f"{BASE}/emails", f"{BASE}/emails/{key_of(1)}?part=1"),
    *(f"{BASE}/read", f"{BASE}/wordings", f"{BASE}/delivery", f"{BASE}/compare/{RUN}"),
)

pytestmark = pytest.mark.usefixtures("run")


@pytest.fixture
def run(resources: Resources) -> None:
    """A finished run that is held."""

    async def put() -> None:
        name = resources.tables["runs"].removesuffix("-runs")
        async with open_environment(Target(name, REGION), load_topology(None)) as environment:
            await put_run(environment, emails=EMAILS)

    thread = Thread(target=lambda: asyncio.run(put()))  # a browser's loop runs in this one
    thread.start()
    thread.join()


class Clicking:
    """Somebody who clicks on a page, and counts."""

    def __init__(self, page: Page, path: str) -> None:
        self.page, self.clicks = page, 0
        page.goto(urljoin(page.url, path))

    def click(self, name: str) -> None:
        """Click on what is called so."""
        self.clicks += 1
        self.page.locator(f'main :is(a, button, summary):has-text("{name}")').first.click()

    def fill(self, **fields: str) -> None:
        """Type into fields."""
        for name, text in fields.items():
            self.page.locator(f"[name={name}]").last.fill(text)


def test_twenty_emails_are_judged_by_keyboard_alone(page: Page) -> None:
    """A key each; one of them has a wording struck, which goes on with the next."""
    at = Clicking(page, f"{BASE}/read")
    for number in range(1, 21):
        expect(page.locator("h1")).to_contain_text(f"{number} of 20")
        page.wait_for_load_state("domcontentloaded")  # keys are listened to from then on
        for key in "w1" if number == 7 else "f":
            page.keyboard.press(key)
    expect(page.locator("main")).to_contain_text("All 20 are read: 19 fine, 1 with something struck")
    assert at.clicks == 0


def test_emails_with_a_refused_greeting_take_two_clicks(page: Page) -> None:
    """From the page of their run."""
    at = Clicking(page, BASE)
    at.click("All emails")
    at.click("greeting")
    expect(page.locator("main")).to_contain_text(f"1 of {EMAILS} emails")
    assert at.clicks == 2


def test_a_sample_to_two_seeds_takes_four_clicks_and_a_word(page: Page) -> None:
    """From the first page."""
    at = Clicking(page, "/")
    at.click(RUN)
    at.fill(sample="20", seeds="ann@shop.example, bob@shop.example")
    at.click("Look at the sample")
    expect(page.locator(".lead")).to_contain_text("20 of 22 emails go to ann@shop.example, bob@shop.example")
    at.fill(word="sample")
    at.click("Sample")
    expect(page.locator("h1")).to_contain_text("sample")
    assert at.clicks <= 4


def test_of_two_tabs_one_approves_and_the_run_is_paused_in_two_clicks(page: Page) -> None:
    """The other is told what was decided meanwhile."""
    other = page.context.new_page()
    other.goto(page.url)
    tabs = [Clicking(each, "/") for each in (page, other)]
    for at in tabs:
        at.click(RUN)
        at.fill(at="09:00 Europe/Berlin", per_hour="5000")
        at.click("Look at the approval")
        expect(at.page.locator(".lead")).to_contain_text("at most 5,000 an hour")
    for at in tabs:
        at.fill(word="approve")
        at.page.locator("main form button").click()
        at.clicks += 1
        assert at.clicks <= 4
    expect(page.locator("h1")).to_contain_text("approved")
    expect(other.locator("[role=alert]")).to_contain_text("decided `approve`")
    pausing = Clicking(page, "/")
    pausing.click("approved")
    pausing.click("Pause at once")
    expect(page.locator("h1")).to_contain_text("paused")
    assert pausing.clicks == 2


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe; where it is not installed, tests skip locally and fail in CI."""
    if not AXE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"axe-core is not installed: {AXE} does not exist")
        pytest.skip("axe-core is not installed")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Page, axe: str, width: int) -> None:
    """On no page, in light and in dark; the email itself has checks of its own."""
    page.set_viewport_size({"width": width, "height": 900})
    for path in PAGES:
        page.goto(urljoin(page.url, path))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate(axe)
        for dark in (False, True):
            page.emulate_media(color_scheme="dark" if dark else "light")
            found = page.evaluate("axe.run(document, { iframes: false })")["violations"]
            assert [f"{each['id']}: {json.dumps(each['nodes'][0]['html'])}" for each in found] == [], path
