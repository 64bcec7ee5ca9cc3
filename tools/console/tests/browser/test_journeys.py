"""The twelve journeys of the console, by keyboard alone, each within its clicks."""

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path

import pytest
from moto.sqs.models import SQSBackend
from playwright.sync_api import Page, expect

from tests.support.runs import RUN
from tools.console.tests.browser.conftest import Prepare
from tools.console.tests.browser.keyboard import Keyboard
from tools.console.tests.browser.shop_files import write_shop
from tools.console.tests.browser.stored import FAILED, STOPPED, fail_a_run, give_up, stop_a_run
from tools.console.tests.finished_run import put_run
from tools.console.tests.support import ADDRESS, KEY, NAME, WHO, put_customer
from understudy.testing import UnderstudyServer

DEAD, EMAILS = 500, 60


@pytest.fixture
def personalize(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have an understudy for Personalize, which the emulator lacks."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        yield


@pytest.fixture
def run(prepare: Prepare) -> None:
    """A finished run that is held."""
    prepare(partial(put_run, emails=EMAILS))


@pytest.fixture
def shop(tmp_path: Path) -> list[Path]:
    """A made-up shop's files, 10 MB in all."""
    files = write_shop(tmp_path, customers=60_000, reviews=105_000)
    assert sum(each.stat().st_size for each in files) > 10_000_000
    return files


def test_a_dead_letter_is_seen_understood_and_redriven_in_3_clicks(page: Page, prepare: Prepare) -> None:
    """Journey 1: it appears while somebody looks."""
    with Keyboard(page, "1 redrive a dead letter") as at:
        at.link("Queues")
        expect(page.get_by_text("No alarm rings")).to_be_visible()
        prepare(partial(give_up, number=1))
        at.link("1 dead")
        expect(page.get_by_text("Its run has expired or was deleted")).to_be_visible()
        at.button("Redrive all")
        expect(page.get_by_role("status")).to_have_text("1 sent back to mailer.")
        assert at.clicks <= 3


def test_all_are_saved_and_discarded_in_4_clicks_and_a_number(
    page: Page, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Journey 2: the file has all before any is gone."""
    # The emulator counts all messages of a queue three times for each that it gives.
    monkeypatch.setattr(SQSBackend, "is_message_valid_based_on_retention_period", lambda *_: True)
    prepare(partial(give_up, number=DEAD))
    with Keyboard(page, f"2 discard {DEAD}") as at:
        at.link("Queues")
        at.link(f"{DEAD} dead")
        with page.expect_download() as download:
            at.press(page.get_by_role("button", name=f"Save {DEAD} to a file"))
        assert download.value.path().read_bytes().count(b"\n") == DEAD
        at.type("Once saved", str(DEAD))
        at.button("Discard all for good")
        expect(page.get_by_text("There are none")).to_be_visible()
        assert (at.clicks, at.words) == (4, 1)


def test_a_failed_run_says_why_in_2_clicks(page: Page, prepare: Prepare) -> None:
    """Journey 3: on its own page, and where its work is shown."""
    prepare(fail_a_run)
    page.reload()
    with Keyboard(page, "3 why a run failed") as at:
        at.link(RUN)
        expect(page.get_by_role("alert")).to_have_text(FAILED)
        at.link("Stages")
        expect(page.get_by_text(FAILED).first).to_be_visible()
        assert at.clicks <= 2


def test_a_stopped_run_goes_on_with_a_higher_budget_in_3_clicks(page: Page, prepare: Prepare) -> None:
    """Journey 4: what is waited for is first on the first page."""
    prepare(stop_a_run)
    page.reload()
    with Keyboard(page, "4 raise a budget") as at:
        at.link(RUN)
        expect(page.get_by_text(STOPPED).first).to_be_visible()
        if "/stages" not in page.url:
            at.link("Stages")
        at.type("Budget in all", "12.50")
        at.button("Resume")
        expect(page.get_by_text("$12.50")).to_be_visible()
        expect(page.locator(".state").first).to_have_text("running")
        assert (at.clicks <= 3, at.words) == (True, 1)


@pytest.mark.usefixtures("run")
def test_twenty_emails_are_judged_by_a_key_each(page: Page) -> None:
    """Journey 5: one of them has a wording struck, which goes on with the next."""
    page.goto(f"{page.url}runs/{RUN}/read")
    with Keyboard(page, "5 judge 20 emails") as at:
        for number in range(1, 21):
            expect(page.locator("h1")).to_contain_text(f"{number} of 20")
            at.keys(*("w1" if number == 7 else "f"))
        expect(page.locator("main")).to_contain_text("All 20 are read: 19 fine, 1 with something struck")
        at.keys("Enter")
        expect(page.locator("h1")).to_contain_text("Delivery of")
        assert at.clicks == 0


@pytest.mark.usefixtures("run")
def test_emails_with_a_refused_greeting_take_2_clicks(page: Page) -> None:
    """Journey 6: from the page of their run."""
    page.goto(f"{page.url}runs/{RUN}")
    with Keyboard(page, "6 a refused greeting") as at:
        at.link("All emails")
        at.follow(page.locator(".facets a", has_text="greeting").first)
        expect(page.locator("main")).to_contain_text(f"1 of {EMAILS} emails")
        assert at.clicks == 2


@pytest.mark.usefixtures("run")
def test_a_sample_to_two_seeds_takes_4_clicks_and_a_word(page: Page) -> None:
    """Journey 7: from the first page; besides the word, whom it goes to is typed."""
    page.reload()
    with Keyboard(page, "7 a sample") as at:
        at.link(RUN)
        at.type("To these addresses", "ann@shop.example, bob@shop.example")
        at.button("Look at the sample")
        expect(page.locator(".lead")).to_contain_text(
            "50 of 60 emails go to ann@shop.example, bob@shop.example"
        )
        at.type("Type sample to confirm", "sample")
        at.button("Sample")
        expect(page.locator("h1")).to_contain_text("sample")
        assert (at.clicks <= 4, at.words) == (True, 2)


@pytest.mark.usefixtures("run")
def test_of_two_tabs_one_approves_in_4_clicks_and_a_word_and_it_is_paused_in_2(page: Page) -> None:
    """Journeys 8 and 9: the other tab is told what was decided meanwhile."""
    page.reload()
    other = page.context.new_page()
    other.goto(page.url)
    tabs = [Keyboard(each, "8 approve") for each in (page, other)]
    for at in tabs:
        at.page.bring_to_front()
        at.link(RUN)
        at.type("Not before", "09:00 Europe/Berlin")
        at.type("At most an hour", "5000")
        at.button("Look at the approval")
        expect(at.page.locator(".lead")).to_contain_text("at most 5,000 an hour")
    for at, status in zip(tabs, (HTTPStatus.OK, HTTPStatus.PRECONDITION_FAILED), strict=True):
        at.page.bring_to_front()
        at.type("Type approve to confirm", "approve")
        assert at.button("Approve") == status
        assert at.clicks <= 4
    expect(page.locator("h1")).to_contain_text("approved")
    expect(other.locator("[role=alert]")).to_contain_text("decided `approve`")
    other.close()
    page.goto(page.url.partition("/runs")[0])
    with Keyboard(page, "9 pause") as at:
        at.link("approved")
        at.button("Pause at once")
        expect(page.locator("h1")).to_contain_text("paused")
        assert at.clicks == 2


@pytest.mark.usefixtures("personalize")
def test_an_address_leads_to_the_last_email_and_why_and_is_forgotten_with_proof(
    page: Page, prepare: Prepare
) -> None:
    """Journeys 10 and 11: one field, then 3 clicks and a word; no address of a page names anybody."""
    prepare(put_customer)
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))
    with Keyboard(page, "10 and 11 find and forget") as at:
        at.link("Customers")
        at.type("Address, id", ADDRESS)
        at.follow(page.get_by_label("Address, id"))
        expect(page.get_by_text("liked: Kettle (P9)")).to_be_visible()
        assert (at.clicks, at.words) == (2, 1)
        at.tell("last email and why")
        at.type("To forget them for good", "forget")
        at.button("Forget")
        expect(page.get_by_text("nothing is left of them")).to_be_visible()
        assert (at.clicks, at.words) == (3, 2)
    assert any(KEY in each for each in visited)
    assert not any(word in each for each in visited for word in (ADDRESS, WHO, NAME.partition(" ")[0]))


def test_files_become_a_run_within_10_clicks(page: Page, shop: list[Path]) -> None:
    """Journey 12: a column mapped and the voice changed; the check goes on beside the console."""
    with Keyboard(page, "12 upload and start") as at:
        at.link("Uploads")
        with page.expect_file_chooser() as chosen:
            at.press(page.locator("#files"))
        chosen.value.set_files(shop)
        at.button("Check these files")
        asked = page.get_by_text("no column says who agreed")
        expect(asked).to_be_visible(timeout=120_000)
        at.tell("checked")
        at.choose(page.get_by_label("May write of customers.csv"), "marketing_consent")
        at.button("Check again with these columns")
        at.link("Shop")
        at.type("Voice", "dry, precise, a little amused")
        at.button("Show what this changes")
        expect(page.get_by_text('voice = "dry, precise, a little amused"')).to_be_visible()
        at.button("Save")
        expect(page.get_by_role("status")).to_have_text("Saved.")
        at.link("Uploads")
        expect(page.get_by_role("button", name="Start the run")).to_be_visible(timeout=120_000)
        expect(asked).to_be_hidden()
        at.button("Start the run")
        expect(page.get_by_role("status")).to_contain_text("begins as soon as ingest has read them")
        assert at.clicks <= 10
