"""Files of a shop that would do something in the browser of whoever checks them."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tools.console.tests.browser.shop_files import write_shop


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
