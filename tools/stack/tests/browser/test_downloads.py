"""Files leave the gallery as they are, from disk and from a web server."""

import csv
import io
from pathlib import Path

import pytest

from tools.stack.tests.browser.conftest import Open
from tools.stack.tests.gallery_pages import email, pick, write_gallery

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1")  # noqa: RUF001 - a full-width sign


@pytest.mark.parametrize("where", ["file", "http"])
def test_an_email_downloads_byte_for_byte(open_page: Open, served: str, where: str) -> None:
    """Under its customer's id, also with bytes beyond ASCII."""
    page = open_page(served if where == "http" else "", hash_="#emails/C13")
    page.locator("#view iframe").wait_for()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download .eml").click()
    assert started.value.suggested_filename == "C13.eml"
    assert Path(started.value.path()).read_bytes() == (
        b"Subject: Gita, five finds\r\nX-Bytes: \xff\r\n\r\nEmail 13\r\n"
    )


def test_the_list_is_exported_as_it_is_filtered(open_page: Open) -> None:
    """One row for each email, with products, reasons and what the filters tell apart."""
    page = open_page()
    page.locator("#search").fill("c13@shop.example")
    with page.expect_download() as started:
        page.get_by_role("button", name="Export CSV").click()
    assert started.value.suggested_filename == "run-00000000000000aa.csv"
    (row,) = csv.DictReader(io.StringIO(Path(started.value.path()).read_text(encoding="utf-8-sig")))
    assert row["customer_id"] == "C13"
    assert (row["copy"], row["refused_fields"], row["only_bad_experiences"]) == ("ai", "lines.2", "no")
    assert row["pick_5_name"] == "Product 8"
    assert row["pick_1_reason"] == "also liked: Glass kettle (P0), review R1, 12 customers"


def test_no_cell_of_an_export_is_a_formula(open_page: Open, tmp_path: Path) -> None:
    """Whatever customers and sellers call things; quotes and line breaks stay in their cell."""
    texts = (*FORMULAS, 'a "b", c', "two\nlines", "plain")
    emails = [email(f"A{at}", name=text, subject=text, picks=(pick(text),)) for at, text in enumerate(texts)]
    page = open_page(write_gallery(tmp_path, {"run_id": "run-1"}, emails).as_uri())
    with page.expect_download() as started:
        page.get_by_role("button", name="Export CSV").click()
    exported = Path(started.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(exported, newline="")))
    for text, row in zip(texts, rows, strict=True):
        written = f"'{text}" if text in FORMULAS else text
        assert (row["name"], row["subject"], row["pick_1_name"]) == (written, written, written)
