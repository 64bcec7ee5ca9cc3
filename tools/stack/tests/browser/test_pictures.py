"""The sample's pictures are in the gallery's emails, also when no stack serves them."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from fondly.evaluation.sample.row import picture_url
from tools.stack.tests.gallery_pages import email, write_gallery

pytestmark = pytest.mark.timeout(180)


def test_a_page_opened_from_disk_shows_the_pictures(browser: Browser, tmp_path: Path) -> None:
    """The frame has no origin, and its policy no host: the picture comes from the gallery's own files."""
    html = f'<html><head></head><body><img alt="" src="{picture_url("kettle", "Sage")}"></body></html>'
    address = write_gallery(tmp_path, {"run_id": "run-1"}, [email(html=html)]).as_uri()
    page = browser.new_page()
    page.goto(address)
    shown = page.frame_locator("#view iframe").locator("img")
    shown.wait_for()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    page.close()
