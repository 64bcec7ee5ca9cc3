"""How a run is stored and announced, exactly once."""

import asyncio
import dataclasses
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import PermanentError, TransientError
from fondly.contracts.events import DataIngested, EventData, RunFinished, UploadRead
from fondly.contracts.records import Customer
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.run import PartReport, RunStatus, StageName, part_name
from services.ingest.tests.fakes import Bench, csv_lines, limits, message, notification, numbered
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


async def test_parts_hold_whole_customers_and_name_the_number_of_parts() -> None:
    """Each event carries its part's key and counts, and the number of parts."""
    bench = Bench(limits(part_records=2))
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


async def test_how_large_a_run_is_is_told_before_its_parts() -> None:
    """So that whoever pays for it can say whether it can end."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 6)]))
    assert [data for _, data in bench.announcer.announced] == [
        UploadRead(customers=5, interactions=5),
        *bench.parts,
    ]


async def test_tables_hold_every_record_with_its_run() -> None:
    """Products and customers are found by their ids; reviews are stored by sentiment, with their scores."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    run_id = (await bench.run()).run_id
    customer = bench.customers.items["C1",]
    assert (customer["name"], customer["run_id"]) == ("Asha", run_id)
    assert "reviews" not in customer
    assert bench.products.items["P1",]["list_price"] == Decimal(1099)


async def test_a_repeated_upload_is_the_same_run() -> None:
    """A repeated notification changes nothing; a changed file is another run."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    assert len(bench.parts) == 1
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert len(bench.run_ids) == 2


class _ImmediateSentiment(InMemoryAnnouncer):
    """Reads each part as soon as it is announced, and records what else is stored by then."""

    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[int, int]] = []
        self.reported: list[bool] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read the part; `KeyError` when it is not stored yet."""
        await super().announce(run_id, *events)
        for data in events:
            if isinstance(data, UploadRead):
                continue
            assert isinstance(data, DataIngested)
            customers = await self.bench.objects.get_lines(data.key, Customer)
            self.read.append((len(customers), len(self.bench.customers.items)))
            names = {report.name for report in await self.bench.ledger.reports(run_id)}
            self.reported.append(part_name(data.part) in names)


async def test_a_part_is_stored_and_reported_before_it_is_announced() -> None:
    """Sentiment may read it at once; the run may even end."""
    sentiment = _ImmediateSentiment()
    bench = Bench(limits(part_records=2), sentiment)
    sentiment.bench = bench
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 4)]))
    assert sentiment.read == [(2, 2), (1, 3)]
    assert sentiment.reported == [True, True]


class _FailingCustomers:
    """A table whose second write fails."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.calls = 0

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item, or fail."""
        self.calls += 1
        if self.calls == 2:
            raise TransientError
        await self._bench.customers.put_all(items)


async def test_a_redelivery_continues_where_the_crash_was() -> None:
    """Finished parts are neither stored nor announced again."""
    bench = Bench(limits(part_records=1))
    table = _FailingCustomers(bench)
    object.__setattr__(bench.publication, "customers", table)
    with pytest.raises(TransientError):
        await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert [part.part for part in bench.parts] == [1]
    await bench.notify(KEY)
    assert [part.part for part in bench.parts] == [1, 2]
    assert table.calls == 3


async def test_a_changed_setting_does_not_move_customers_between_parts() -> None:
    """A run keeps the part size it started with."""
    bench = Bench(limits(part_records=1))
    object.__setattr__(bench.publication, "customers", _FailingCustomers(bench))
    with pytest.raises(TransientError):
        await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    bench.ingest_upload._limits = limits(part_records=100)
    await bench.notify(KEY)
    assert [(part.part, part.parts) for part in bench.parts] == [(1, 2), (2, 2)]


async def test_a_part_that_sentiment_has_finished_is_stored_as_it_was() -> None:
    """After a crash between announcing and recording a part, the same is stored and announced again."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    run = await bench.run()
    scored = PartReport(stage=StageName.SENTIMENT, name="part-00001", started_at=START, finished_at=START)
    await finish_part(bench.ledger, run.run_id, 1, scored)
    objects, customers = dict(bench.objects.stored), dict(bench.customers.items)
    del bench.runs.table.items[run.run_id, "run"]["ingest_done"]
    await bench.notify(KEY)
    assert (await bench.run()).stage(StageName.INGEST).done == {1}
    assert (bench.objects.stored, bench.customers.items) == (objects, customers)
    kinds = [type(data) for _, data in bench.announcer.announced]
    assert kinds == [UploadRead, DataIngested] * 2
    assert len(set(bench.announcer.ids)) == 2


async def test_a_failure_is_announced_again_on_each_redelivery() -> None:
    """The process may die between record and announcement; the event id stays the same."""
    bench = Bench()
    await bench.upload(KEY, b"")
    await bench.notify(KEY)
    assert len(bench.announcer.of(RunFinished)) == 2
    assert len(set(bench.announcer.ids)) == 1


async def test_a_run_that_ends_during_ingest_gets_no_more_parts() -> None:
    """A later stage may fail the run before ingest is done."""
    bench = Bench(limits(part_records=1))
    announce = bench.announcer.announce

    async def fail_after_first(run_id: str, *events: EventData) -> None:
        await announce(run_id, *events)
        if bench.parts:
            await bench.ledger.fail(run_id, "later")

    object.__setattr__(bench.announcer, "announce", fail_after_first)
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert len(bench.parts) == 1
    assert (await bench.run()).status is RunStatus.FAILED


async def test_simultaneous_notifications_about_one_set_ingest_it_once() -> None:
    """One of three messages ingests the set; the others wait and find it done."""
    bench = Bench()
    bench.objects.stored.update(SET)
    await asyncio.gather(*(bench.notify(key) for key in SET))
    assert len(bench.parts) == 1


async def test_a_notification_about_a_deleted_file_fails_no_run() -> None:
    """The run of the file stays open."""
    bench = Bench()
    body = csv_lines([numbered(1)])
    await bench.upload(KEY, body)
    repeated = await _repeated_notification(bench)
    del bench.objects.stored[KEY]
    await bench.handler(repeated)
    assert (await bench.run()).is_open
    assert bench.announcer.of(RunFinished) == []


async def _repeated_notification(bench: Bench) -> Message:
    """A second notification about the current upload."""
    async with bench.publication.files.open(KEY) as content:
        return message(notification(KEY, etag=content.etag))


async def test_the_workspace_is_always_cleared(tmp_path: Path) -> None:
    """Nothing is left on disk, whether the run succeeds, fails, or the message is no notification."""
    bench = Bench(dataclasses.replace(limits(), temp_dir=tmp_path))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    await bench.upload(KEY, b"")
    with pytest.raises(PermanentError):
        await bench.handler(message("no"))
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib is for synchronous code
