"""The journeys of operators and support, each within its clicks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from fondly.operations.environment import Environment, open_environment
from fondly.operations.target import Target, load_topology
from fondly.runtime.runs.run import PartReport, StageName
from fondly.stack.provision import Resources
from tests.support.environments import REGION
from tests.support.runs import RUN
from tools.console.tests.support import ADDRESS, AT, KEY, NAME, WHO, put_customer
from understudy.testing import UnderstudyServer

EVENT = json.dumps({"type": "fondly.recommendations-ready.v1", "subject": RUN, "data": {"part": 3}})
FACTS: Any = {"reason": {"DataType": "String", "StringValue": f"run {RUN} is not in the ledger"}}
COUNTED = ("products", "customers", "reviews", "purchases", "interactions", "shared_texts")
STOPPED = "the budget of 1.0000 dollars does not allow part-00001"
Work = Callable[[Environment], Awaitable[Any]]


@dataclass
class Clicks:
    """Clicks, and counts them."""

    number: int = 0

    def on(self, place: Locator) -> None:
        """Click once."""
        self.number += 1
        place.click()


@pytest.fixture
def prepare(resources: Resources) -> Callable[[Work], None]:
    """Do something in the environment; in another thread, for a loop of the browser's runs in this one."""

    async def opened(work: Work) -> None:
        name = resources.tables["runs"].removesuffix("-runs")
        async with open_environment(Target(name, REGION), load_topology(None)) as environment:
            await work(environment)

    def run(work: Work) -> None:
        thread = Thread(target=lambda: asyncio.run(opened(work)))
        thread.start()
        thread.join()

    return run


@pytest.fixture
def personalize(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have an understudy for Personalize, which the emulator lacks."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        yield


async def give_up(environment: Environment, number: int) -> None:
    """Dead-letter so many messages of the mailer."""
    url = await environment.dead_letter_url("mailer")
    for begin in range(0, number, 10):
        await environment.sqs.send_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(each), "MessageBody": EVENT, "MessageAttributes": FACTS}
                for each in range(min(10, number - begin))
            ],
        )


async def stop_a_run(environment: Environment) -> None:
    """Have a budget stop a run whose file is read."""
    ledger, objects = await environment.ledger(), await environment.objects()
    await ledger.open_run(RUN, source="s3://b/uploads/shop.csv")
    await ledger.set_parts(RUN, 1)
    report = PartReport(
        stage=StageName.INGEST,
        name="part-00001",
        started_at=AT,
        finished_at=AT,
        counts=dict.fromkeys(COUNTED, 1),
    )
    await ledger.record(RUN, report)
    await ledger.complete_part(RUN, StageName.INGEST, 1)
    await ledger.stop(RUN, STOPPED)
    await objects.put_lines(f"runs/{RUN}/customers/part-00001.jsonl", [])


def test_a_dead_letter_is_seen_understood_and_redriven_in_3_clicks(
    page: Page, prepare: Callable[[Work], None]
) -> None:
    """Journey 1, by the keyboard as well; it appears while somebody looks."""
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="Queues", exact=True))
    expect(page.get_by_text("No alarm rings")).to_be_visible()
    prepare(lambda environment: give_up(environment, 1))
    clicks.on(page.get_by_role("link", name="1 dead"))
    expect(page.get_by_text("Its run has expired or was deleted")).to_be_visible()
    redrive = page.get_by_role("button", name="Redrive all")
    redrive.focus()
    page.keyboard.press("Enter")
    clicks.number += 1
    expect(page.get_by_role("status")).to_have_text("1 sent back to mailer.")
    assert clicks.number == 3


def test_all_are_saved_and_discarded_in_4_clicks_and_a_number(
    page: Page, prepare: Callable[[Work], None]
) -> None:
    """Journey 2: the file has all before any is gone; the emulator takes seconds for each hundred."""
    prepare(lambda environment: give_up(environment, 100))
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="Queues", exact=True))
    clicks.on(page.get_by_role("link", name="100 dead"))
    with page.expect_download() as download:
        clicks.on(page.get_by_role("link", name="Save 100 to a file"))
    assert download.value.path().read_bytes().count(b"\n") == 100
    page.get_by_label("Once saved").fill("100")
    clicks.on(page.get_by_role("button", name="Discard all for good"))
    expect(page.get_by_text("There are none")).to_be_visible()
    assert clicks.number == 4


def test_a_stopped_run_shows_why_in_2_clicks_and_goes_on_in_3(
    page: Page, prepare: Callable[[Work], None]
) -> None:
    """Journeys 3 and 4: the reason, then a budget that is typed."""
    prepare(stop_a_run)
    clicks = Clicks()
    page.goto(page.url)
    clicks.on(page.locator(f'a[href="/runs/{RUN}"]').first)
    clicks.on(page.get_by_role("link", name="Work", exact=True))
    expect(page.get_by_text(STOPPED).first).to_be_visible()
    page.get_by_label("Budget in all").fill("12.50")
    clicks.on(page.get_by_role("button", name="Resume"))
    expect(page.get_by_text("$12.50")).to_be_visible()
    expect(page.locator(".state").first).to_have_text("running")
    assert clicks.number == 3


@pytest.mark.usefixtures("personalize")
def test_an_address_leads_to_the_last_email_and_why_and_is_forgotten_with_proof(
    page: Page, prepare: Callable[[Work], None]
) -> None:
    """Journeys 10 and 11: one field, then 3 clicks and a word; no address of a page names anybody."""
    prepare(put_customer)
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="Customers", exact=True))
    page.get_by_label("Address, id").fill(ADDRESS)
    page.keyboard.press("Enter")
    expect(page.get_by_text("liked: Kettle (P9)")).to_be_visible()
    page.get_by_label("To forget them for good").fill("forget")
    clicks.on(page.get_by_role("button", name="Forget", exact=True))
    expect(page.get_by_text("nothing is left of them")).to_be_visible()
    assert clicks.number <= 3
    assert any(KEY in each for each in visited)
    assert not any(word in each for each in visited for word in (ADDRESS, WHO, NAME.partition(" ")[0]))
