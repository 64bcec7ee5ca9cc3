"""Journey 12: files to a run, with a column mapped and the voice changed; every click is counted."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tools.console.tests.browser.shop_files import write_shop

MOST_CLICKS = 10


@dataclass
class Clicks:
    """Clicks, and counts them; to choose from a list is one, and so is to choose files."""

    number: int = 0

    def on(self, place: Locator) -> None:
        """Click once."""
        self.number += 1
        place.click()


@pytest.fixture
def shop(tmp_path: Path) -> list[Path]:
    """A made-up shop's files, 10 MB in all."""
    files = write_shop(tmp_path, customers=60_000, reviews=105_000)
    assert sum(each.stat().st_size for each in files) > 10_000_000
    return files


def test_files_become_a_run_within_ten_clicks(page: Page, shop: list[Path]) -> None:
    """The check takes its time beside the console, which answers others meanwhile."""
    clicks, home = Clicks(), page.url.rstrip("/")
    clicks.on(page.get_by_role("link", name="Uploads", exact=True))
    clicks.number += 1
    page.set_input_files("#files", shop)
    began = monotonic()
    clicks.on(page.get_by_role("button", name="Check these files"))
    other = page.context.new_page()
    for _ in range(5):
        other.goto(f"{home}/shop")
    other.close()
    expect(page.get_by_text("no column says who agreed")).to_be_visible(timeout=120_000)
    print(f"checked after {monotonic() - began:.1f} s")  # noqa: T201 - a figure for a person; no assertion
    clicks.number += 1
    page.get_by_label("May write of customers.csv").select_option("marketing_consent")
    clicks.on(page.get_by_role("button", name="Check again with these columns"))
    clicks.on(page.get_by_role("link", name="Shop", exact=True))
    page.get_by_label("Voice").fill("dry, precise, a little amused")
    clicks.on(page.get_by_role("button", name="Show what this changes").first)
    expect(page.get_by_text('voice = "dry, precise, a little amused"')).to_be_visible()
    clicks.on(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status")).to_have_text("Saved.")
    clicks.on(page.get_by_role("link", name="Uploads", exact=True))
    expect(page.get_by_text("no column says who agreed")).to_be_hidden(timeout=120_000)
    clicks.on(page.get_by_role("button", name="Start the run"))
    expect(page.get_by_role("status")).to_contain_text(
        "begins as soon as ingest has read them", timeout=60_000
    )
    assert clicks.number <= MOST_CLICKS


def test_hostile_files_do_nothing_in_a_browser(page: Page, tmp_path: Path) -> None:
    """No script of theirs runs, nothing is loaded from elsewhere, and the page stays where it is."""
    text = "<img src=https://evil.example/x onerror=document.title='owned'>"
    [products, *others] = write_shop(tmp_path, customers=20, reviews=20, products=30)
    hostile = products.read_text("utf-8").replace("Steel Kettle", f"Kettle {text}")
    products.write_text(hostile.replace("category", f"category,{text}").replace(",Home|", f",{text},Home|"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url.rstrip("/") + "/uploads")
    page.set_input_files("#files", [products, *others])
    page.get_by_role("button", name="Check these files").click()
    expect(page.get_by_text("Example emails")).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    assert page.title().startswith("Uploads")
    assert not [url for url in asked if "evil.example" in url]
