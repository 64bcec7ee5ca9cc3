"""How a run is stored and announced, once and for good."""

import asyncio
import os
import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from encore.contracts import object_keys
from encore.contracts.errors import PermanentError, TransientError
from encore.contracts.events import DataIngested, EventData, RunFinished
from encore.contracts.records import Customer
from encore.ingest.use_cases.ingest_upload import Limits, _in_thread
from encore.ingest.use_cases.publish_parts import write_units
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import PartReport, RunStatus, StageName, part_name
from services.ingest.tests.fakes import Bench, csv_lines, message, notification, numbered
from tests.support.runs import START, finish_part
from tests.support.stores import InMemoryAnnouncer

KEY = "uploads/shop.csv"
SET = {
    "uploads/may/products.csv": csv_lines(
        [{"product_id": "P1", "product_name": "Cable", "discounted_price": "$5"}]
    ),
    "uploads/may/customers.csv": csv_lines([{"user_id": "C1"}]),
    "uploads/may/reviews.csv": csv_lines([{"review_id": "R1", "user_id": "C1", "product_id": "P1"}]),
}


async def test_parts_hold_whole_customers_and_say_how_many_there_are() -> None:
    """Each announcement carries its part's key and counts, and the number of all parts."""
    bench = Bench(Limits(part_reviews=2))
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 6)]))
    assert [(part.part, part.parts, part.customers, part.reviews) for part in bench.parts] == [
        (1, 3, 2, 2),
        (2, 3, 2, 2),
        (3, 3, 1, 1),
    ]
    run = await bench.run()
    assert run.parts == 3
    assert run.stage(StageName.INGEST).done == {1, 2, 3}
    assert bench.parts[0].key == object_keys.customers(run.run_id, 1)


async def test_tables_hold_every_record_with_its_run() -> None:
    """Products, customers and reviews are findable by their ids."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    run_id = (await bench.run()).run_id
    review = bench.reviews.items["R1",]
    assert (review["customer_id"], review["product_ids"], review["run_id"]) == ("C1", ("P1",), run_id)
    assert bench.customers.items["C1",]["name"] == "Asha"
    assert bench.products.items["P1",]["list_price"] == Decimal(1099)


async def test_the_same_upload_again_is_the_same_run() -> None:
    """A repeated notification changes nothing, a changed file is a run of its own."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    assert len(bench.parts) == 1
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert len(bench.run_ids) == 2


class _ImpatientSentiment(InMemoryAnnouncer):
    """Reads a part as soon as it hears of it, and notes what else is stored by then."""

    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[int, int]] = []
        self.reported: list[bool] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read the part; `KeyError` when it is not there yet."""
        await super().announce(run_id, *events)
        for data in events:
            assert isinstance(data, DataIngested)
            customers = await self.bench.objects.get_lines(data.key, Customer)
            self.read.append((len(customers), len(self.bench.reviews.items)))
            names = {report.name for report in await self.bench.ledger.reports(run_id)}
            self.reported.append(part_name(data.part) in names)


async def test_a_part_is_stored_and_reported_before_anybody_hears_of_it() -> None:
    """Sentiment may read it at once and writes scores to its reviews that must stay; the run may even end."""
    sentiment = _ImpatientSentiment()
    bench = Bench(Limits(part_reviews=2), sentiment)
    sentiment.bench = bench
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 4)]))
    assert sentiment.read == [(2, 2), (1, 3)]
    assert sentiment.reported == [True, True]


class _FailingReviews:
    """A table that fails once, when the second part is stored."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.calls = 0

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item, or fail."""
        self.calls += 1
        if self.calls == 2:
            raise TransientError
        await self._bench.reviews.put_all(items)


async def test_a_redelivery_goes_on_where_the_crash_was() -> None:
    """Finished parts are neither stored again, as their reviews may carry scores, nor announced again."""
    bench = Bench(Limits(part_reviews=1))
    table = _FailingReviews(bench)
    object.__setattr__(bench.publication, "reviews", table)
    with pytest.raises(TransientError):
        await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert [part.part for part in bench.parts] == [1]
    await bench.notify(KEY)
    assert [part.part for part in bench.parts] == [1, 2]
    assert table.calls == 3


async def test_a_changed_setting_does_not_move_customers_between_parts() -> None:
    """A run that was begun is gone on with as it was cut."""
    bench = Bench(Limits(part_reviews=1))
    object.__setattr__(bench.publication, "reviews", _FailingReviews(bench))
    with pytest.raises(TransientError):
        await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    bench.ingest_upload._limits = Limits(part_reviews=100)
    await bench.notify(KEY)
    assert [(part.part, part.parts) for part in bench.parts] == [(1, 2), (2, 2)]


async def test_a_part_that_sentiment_has_finished_keeps_its_scores() -> None:
    """A crash between announcing and recording a part does not write over what came of it."""
    bench = Bench()
    body = csv_lines([numbered(1)])
    await bench.upload(KEY, body)
    run = await bench.run()
    scored = PartReport(stage=StageName.SENTIMENT, name="part-00001", started_at=START, finished_at=START)
    await finish_part(bench.ledger, run.run_id, 1, scored)
    bench.reviews.items.clear()
    del bench.runs.table.items[run.run_id, "run"]["ingest_done"]
    await bench.notify(KEY)
    assert (await bench.run()).stage(StageName.INGEST).done == {1}
    assert not bench.reviews.items
    assert len(bench.parts) == 1


async def test_a_failure_is_announced_again_until_its_message_is_gone() -> None:
    """The process may die between the record and the announcement; the event id is the same."""
    bench = Bench()
    await bench.upload(KEY, b"")
    await bench.notify(KEY)
    assert len(bench.announcer.of(RunFinished)) == 2
    assert len(set(bench.announcer.ids)) == 1


async def test_a_run_that_ended_meanwhile_gets_no_more_parts() -> None:
    """A later stage may fail the run while ingest is still at it."""
    bench = Bench(Limits(part_reviews=1))
    announce = bench.announcer.announce

    async def fail_after_first(run_id: str, *events: EventData) -> None:
        await announce(run_id, *events)
        await bench.ledger.fail(run_id, "later")

    object.__setattr__(bench.announcer, "announce", fail_after_first)
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert len(bench.parts) == 1
    assert (await bench.run()).status is RunStatus.FAILED


async def test_notifications_about_one_set_do_its_work_once() -> None:
    """Three messages at the same time: one works, the others find the run in hand."""
    bench = Bench()
    bench.objects.stored.update(SET)
    await asyncio.gather(*(bench.notify(key) for key in SET))
    assert len(bench.parts) == 1


async def test_a_notification_about_a_file_that_was_tidied_away_is_no_failure() -> None:
    """The run it started stays what it is."""
    bench = Bench()
    body = csv_lines([numbered(1)])
    await bench.upload(KEY, body)
    reminder = await _reminder(bench)
    del bench.objects.stored[KEY]
    await bench.handler(reminder)
    assert (await bench.run()).is_open
    assert bench.announcer.of(RunFinished) == []


async def _reminder(bench: Bench) -> Message:
    """A second notification about the upload as it is now."""
    async with bench.publication.files.open(KEY) as content:
        return message(notification(KEY, etag=content.etag))


async def test_the_workplace_is_always_cleared(tmp_path: Path) -> None:
    """Nothing is left on disk, whether the run succeeded, failed, or the message was foreign."""
    bench = Bench(Limits(temp_dir=tmp_path))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    await bench.upload(KEY, b"")
    with pytest.raises(PermanentError):
        await bench.handler(message("no"))
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib is for synchronous code


async def test_a_cancelled_reading_lets_go_before_its_files_go() -> None:
    """The thread is told to stop and waited for."""
    cancelled, ended = threading.Event(), threading.Event()

    def work() -> None:
        cancelled.wait(10)
        ended.set()

    task = asyncio.create_task(_in_thread(work, cancelled))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


def test_write_units_are_started_kilobytes_of_each_item() -> None:
    """As DynamoDB bills them."""
    assert write_units([{"a": "x"}, {"a": "x" * 1024}, {"a": "₹" * 700}]) == 1 + 2 + 3
