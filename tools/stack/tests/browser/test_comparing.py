"""Two runs of one folder are compared, and a run that failed says why."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fondly.contracts.records import CopySource
from fondly.stack.gallery.packed import write_runs
from tools.stack.tests.browser.conftest import Open
from tools.stack.tests.gallery_pages import email, picks, write_gallery


@pytest.fixture
def page_of_two(tmp_path: Path) -> Path:
    """The newer of two runs: one customer has other picks, one other copy, one is new and one is gone."""
    before = [email("same"), email("picks"), email("copy", name="Ben"), email("gone", name="")]
    now = [
        before[0],
        replace(before[1], picks=picks("Kettle", "Lamp", "Mouse", "Bottle", "Fan")),
        replace(before[2], copy_source=CopySource.TEMPLATE, subject="For you"),
        email("new"),
    ]
    write_gallery(tmp_path / "run-1", {"run_id": "run-1", "cost_usd": {"total": 2.0}}, before)
    page = write_gallery(tmp_path / "run-2", {"run_id": "run-2", "cost_usd": {"total": 1.5}}, now)
    write_runs(tmp_path)
    return page


def changes(page: Page) -> list[str]:
    """Return the shown changes, each on one line."""
    return [" ".join(each.split()) for each in page.locator("#change-list > li").all_inner_texts()]


def test_what_changed_is_listed_by_customer(open_page: Open, page_of_two: Path) -> None:
    """Picks, subject, who wrote the copy, and whom only one of the runs has."""
    page = open_page(page_of_two.as_uri(), hash_="#compare")
    page.locator("#other-run").select_option("run-1")
    expect(page.locator("#changes-found")).to_have_text("4 customers with a change, of 4 in this run")
    assert changes(page) == [
        "Priya Rao picks no longer: Iron new: Fan",
        "Ben copy Subject: Five finds ✨ became For you Copy: AI copy became template copy",
        "Priya Rao new has an email only in this run",
        "gone gone has an email only in the other run",
    ]
    page.locator("#change-kind").select_option("subject")
    expect(page.locator("#change-list > li")).to_have_count(1)
    page.get_by_role("button", name="Ben").click()
    expect(page.locator("#customer")).to_have_text("copy")
    page.go_back()
    expect(page.locator("#change-list > li")).to_have_count(1)


def test_both_runs_are_counted(open_page: Open, page_of_two: Path) -> None:
    """With the difference."""
    page = open_page(page_of_two.as_uri(), hash_="#compare/run-1")
    page.locator("#measures table").wait_for()
    cells = [row.split("\t") for row in page.locator("#measures tr").all_inner_texts()]
    counted = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in cells}
    assert counted["all template copy"] == ["0 (0.0%)", "1 (25.0%)", "+1"]
    assert counted["emails"] == ["4", "4", "same"]
    assert counted["cost at list prices"] == ["$2.00", "$1.50", "−$0.50"]  # noqa: RUF001 - a minus sign


def test_a_gallery_of_another_folder_is_opened_as_a_file(open_page: Open, page_of_two: Path) -> None:
    """Its list is read; another file is refused with a reason."""
    page = open_page(page_of_two.as_uri(), hash_="#compare")
    page.locator("#other-file").set_input_files(page_of_two)
    expect(page.locator("#changes-found")).to_contain_text("index.html is not a file of a gallery")
    page.locator("#other-file").set_input_files(page_of_two.parents[1] / "run-1" / "gallery" / "list.js")
    expect(page.locator("#change-list > li")).to_have_count(4)


def test_a_run_alone_says_that_there_is_no_other(open_page: Open, tmp_path: Path) -> None:
    """As one whose folder somebody has sent."""
    page = open_page(write_gallery(tmp_path, {"run_id": "run-1"}, [email()]).as_uri(), hash_="#compare")
    expect(page.locator("#no-runs")).to_be_visible()


def test_a_run_that_failed_shows_its_reason(open_page: Open, tmp_path: Path) -> None:
    """Before anything else, also without emails; every page can still be opened."""
    summary = {"run_id": "run-1", "status": "failed", "reason": "Personalize refused the data"}
    page = open_page(write_gallery(tmp_path, summary, []).as_uri())
    expect(page.get_by_role("alert")).to_have_text("The run failed: Personalize refused the data")
    expect(page.locator("#found")).to_have_text("0 emails")
    for name in ("Figures", "Compare", "Emails"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("alert")).to_be_visible()
