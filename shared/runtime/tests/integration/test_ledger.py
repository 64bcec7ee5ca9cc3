import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import time_machine
from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError
from fondly.runtime.runs.index import WHOLE, RunIndex
from fondly.runtime.runs.items import key
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import PartReport, RunStatus, StageName
from fondly.runtime.runs.state import ServiceState
from fondly.runtime.runs.totals import span, total
from fondly.runtime.storage import EXPIRES_AT, from_item, to_item
from tests.support.runs import a_report, finish_part

if TYPE_CHECKING:
    from shared.runtime.tests.integration.conftest import RunsTable

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def ledger(runs_table: "RunsTable") -> Ledger:
    """A ledger in an empty table."""
    return Ledger(*runs_table)


def report(part: int, **counts: int) -> PartReport:
    """The report of a sentiment part that started `part` seconds after START and took two."""
    return PartReport(
        stage=StageName.SENTIMENT,
        name=f"part-{part:05}",
        started_at=START + timedelta(seconds=part),
        finished_at=START + timedelta(seconds=part + 2),
        counts=counts,
        units={"comprehend.units": Decimal(10)},
    )


async def test_a_repeated_notification_finds_the_existing_run(ledger: Ledger) -> None:
    """Opening a run twice returns the same run with its progress."""
    first = await ledger.open_run("r", source="s3://b/k")
    await ledger.set_parts("r", 3)
    again = await ledger.open_run("r", source="s3://b/k")
    assert again.created_at == first.created_at
    assert again.parts == 3


async def test_what_is_kept_of_reports_comes_to_the_same(ledger: Ledger) -> None:
    """Before and after delivery, whose parts are not over when the run has finished."""
    await ledger.open_run("r", source="s")
    for part in (1, 2, 3):
        await ledger.record("r", report(part, reviews=part))
        await ledger.record("r", a_report(StageName.MAILER, part, emails=5))
    made = total(await ledger.summed("r"))
    await ledger.record("r", a_report(StageName.SENDER, emails_sent=5))
    assert total(await ledger.summed("r", delivery=False)) == made
    assert total(await ledger.summed("r")) == total(await ledger.keep_sums("r"))
    assert total(await ledger.summed("r", delivery=False)) == made
    for waiting in (2, 0, 0):
        sent = a_report(StageName.SENDER, emails_sent=5 - waiting, emails_waiting=waiting)
        ended = START + timedelta(hours=2 - waiting)
        await ledger.record("r", sent.model_copy(update={"finished_at": ended}))
    added = [a_report(StageName.SENDER, part, emails_sent=1) for part in (2, 3)]
    await asyncio.gather(*(ledger.record("r", each) for each in added))
    whole = total(await ledger.summed("r"))
    assert +Counter(whole.counts) == +Counter(total(await ledger.reports("r")).counts)
    assert len(await ledger.summed("r")) == 4
    own = [span(each)._replace(units=()) for each in await ledger.reports("r")]
    assert sorted(await ledger.timed("r")) == sorted(own)
    changed = a_report(StageName.MAILER, 3, emails=4)
    await ledger.record("r", changed)
    await ledger.keep_sums("r")
    assert total(await ledger.summed("r")) == total(await ledger.reports("r"))


async def test_a_repeated_part_does_not_complete_a_stage(ledger: Ledger) -> None:
    """A part finished twice counts once; a stage is complete once all its parts are done."""
    await ledger.open_run("r", source="s")
    await ledger.set_parts("r", 2)
    assert not (await finish_part(ledger, "r", 1, report(1, reviews=5))).complete
    assert not (await finish_part(ledger, "r", 1, report(1, reviews=5))).complete
    assert (await finish_part(ledger, "r", 2, report(2, reviews=7))).complete
    totals = total(await ledger.reports("r"))
    assert totals.counts == {"reviews": 12}
    assert totals.stage_seconds["sentiment"] == 3.0
    assert totals.cost_usd["comprehend"] == Decimal("0.002000")


async def test_one_owner_announces_a_stage_and_repeats_it_after_a_crash(ledger: Ledger) -> None:
    """Another owner announces nothing; after a crash in between, the first one announces again."""
    await ledger.open_run("r", source="s")
    await ledger.set_parts("r", 1)
    progress = await finish_part(ledger, "r", 1, report(1))
    announced: list[str] = []

    async def crash() -> None:
        raise RuntimeError

    async def announce() -> None:
        announced.append("once")

    with pytest.raises(RuntimeError):
        await ledger.close_stage(progress, owner="part-1", announce=crash)
    await ledger.close_stage(progress, owner="part-2", announce=announce)
    assert announced == []
    await ledger.close_stage(progress, owner="part-1", announce=announce)
    assert announced == ["once"]
    progress = await finish_part(ledger, "r", 1, report(1))
    await ledger.close_stage(progress, owner="part-1", announce=announce)
    assert announced == ["once"]


async def test_a_run_ends_once(ledger: Ledger) -> None:
    """A finished run cannot fail afterwards, a failed one keeps its first reason; neither can be stopped."""
    await ledger.open_run("good", source="s")
    await ledger.finish("good")
    assert not await ledger.fail("good", "late")
    await ledger.open_run("bad", source="s")
    assert await ledger.fail("bad", "not CSV")
    assert not await ledger.fail("bad", "second")
    for run_id in ("good", "bad"):
        assert not await ledger.stop(run_id, "too dear")
    runs = {run.run_id: run for run in await ledger.runs()}
    assert runs["good"].status is RunStatus.FINISHED
    assert (runs["bad"].status, runs["bad"].reason) == (RunStatus.FAILED, "not CSV")


async def test_a_run_whose_last_stage_was_reached_is_not_stopped(ledger: Ledger) -> None:
    """All is paid for, and its owner is about to announce that it has finished."""
    await ledger.open_run("r", source="s")
    await ledger.set_parts("r", 1)
    progress = await finish_part(ledger, "r", 1, a_report(StageName.MAILER))

    async def announce() -> None:
        assert not await ledger.stop("r", "too dear")

    await ledger.close_stage(progress, owner="part-1", announce=announce)
    assert (await ledger.run("r")).stage(StageName.MAILER).announced


async def test_a_run_that_has_ended_reaches_no_stage(ledger: Ledger) -> None:
    """Even if the worker that completes the stage read the run before it failed."""
    await ledger.open_run("r", source="s")
    await ledger.set_parts("r", 1)
    progress = await finish_part(ledger, "r", 1, report(1))
    await ledger.fail("r", "replaced")
    announced: list[str] = []

    async def announce() -> None:
        announced.append("late")

    await ledger.close_stage(progress, owner="part-1", announce=announce)
    assert announced == []
    assert (await ledger.run("r")).stage(StageName.SENTIMENT).reached_by is None


async def test_reports_expire_with_their_run(runs_table: "RunsTable") -> None:
    """A run that is gone leaves no report behind."""
    ledger = Ledger(*runs_table, keep_days=2)
    await ledger.open_run("r", source="s")
    await ledger.record("r", report(1))
    reply = await runs_table.dynamodb.query(
        TableName=runs_table.name,
        KeyConditionExpression="run_id = :run AND begins_with(#item, :report)",
        ExpressionAttributeNames={"#item": "item"},
        ExpressionAttributeValues=to_item({":run": "r", ":report": "report#"}),
    )
    assert [EXPIRES_AT in from_item(item) for item in reply["Items"]] == [True]
    run = await runs_table.dynamodb.get_item(TableName=runs_table.name, Key=key("r"))
    assert EXPIRES_AT in run["Item"]


class Kept(ServiceState):
    """A state of some service."""

    stage: ClassVar[StageName] = StageName.SENTIMENT
    total: int = 0


async def test_a_state_is_replaced_only_if_nobody_has_changed_it(ledger: Ledger) -> None:
    """Whoever has read an older state changes the newer one instead."""
    run = await ledger.open_run("r", source="s")
    for number in (1, 2):
        await ledger.change_state(run, Kept, lambda state: state.having(total=state.total + number))  # noqa: B023 - awaited
    state = Kept.of(await ledger.run("r"))
    assert (state.total, state.version) == (3, 2)


async def test_an_unknown_run_is_a_permanent_failure(ledger: Ledger) -> None:
    """An event of a run that does not exist can never be handled."""
    with pytest.raises(PermanentError, match="run nowhere is not in the ledger"):
        await ledger.run("nowhere")


async def test_a_run_that_is_gone_does_not_come_back_in_part(ledger: Ledger) -> None:
    """What a late worker has to say of it fails, instead of making an item of nothing else."""
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        await ledger.complete_part("nowhere", StageName.SENTIMENT, 1)
    assert await ledger.find("nowhere") is None


async def listed(ledger: Ledger, **wanted: Any) -> list[list[str]]:  # noqa: ANN401 - of `recent`
    """The run ids of every page of a list."""
    pages, before = [], None
    while True:
        page = await ledger.recent(**wanted, before=before)
        pages.append([run.run_id for run in page.runs])
        if (before := page.next) is None:
            return pages


async def opened(ledger: Ledger, *days: str) -> None:
    """Open a run a day, named and sourced by it."""
    for day in days:
        with time_machine.travel(f"{day}T12:00:00Z", tick=False):
            await ledger.open_run(f"run-{day}", source=f"s3://b/{day[:7]}")


async def test_runs_are_listed_from_the_latest_back_page_by_page(ledger: Ledger) -> None:
    """Over months, and by status and source, whether a run has ended or has not."""
    await opened(ledger, "2026-01-02", "2026-03-01", "2026-03-02", "2026-03-30")
    await ledger.finish("run-2026-03-01")
    await ledger.fail("run-2026-03-30", "not CSV")
    march = ["run-2026-03-30", "run-2026-03-02", "run-2026-03-01"]
    assert await listed(ledger, limit=2) == [march[:2], [march[2], "run-2026-01-02"]]
    assert await listed(ledger, limit=1, source="2026-03") == [[each] for each in march]
    assert await listed(ledger, status=RunStatus.RUNNING) == [["run-2026-03-02", "run-2026-01-02"]]
    assert await listed(ledger, status=RunStatus.FAILED) == [["run-2026-03-30"]]
    page = await ledger.recent(before="2026-03-02")
    assert [run.status for run in page.runs] == [RunStatus.FINISHED, RunStatus.RUNNING]


async def test_a_list_of_runs_reads_no_other_items(
    ledger: Ledger, runs_table: "RunsTable", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole ledger is read once, for the runs of earlier releases."""
    await opened(ledger, "2026-01-02", "2026-03-01")
    await ledger.recent()
    monkeypatch.setattr(RunIndex, "scanned", None)
    assert await listed(Ledger(*runs_table)) == [["run-2026-03-01", "run-2026-01-02"]]


async def test_a_run_of_before_the_index_is_listed(ledger: Ledger, runs_table: "RunsTable") -> None:
    """Its pointer is made by the first list, and expires with it."""
    await opened(Ledger(*runs_table, keep_days=2), "2026-01-02", "2026-03-01")
    pointers = [item async for item in ledger.index.pointers()]
    for pointer in pointers:
        assert pointer[EXPIRES_AT]
        gone = key(str(pointer["run_id"]), str(pointer["item"]))
        await runs_table.dynamodb.delete_item(TableName=runs_table.name, Key=gone)
    await runs_table.dynamodb.delete_item(TableName=runs_table.name, Key=WHOLE)
    assert await listed(ledger) == [["run-2026-03-01", "run-2026-01-02"]]
    assert [item async for item in ledger.index.pointers()] == pointers


@pytest.mark.parametrize("died", ["before its run", "before the pointer was told"])
async def test_a_crash_leaves_no_run_unlisted_and_none_twice(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, died: str
) -> None:
    """Whoever opens a run dies before it is there, or whoever ends it before its pointer says so."""
    if died == "before its run":
        with monkeypatch.context() as patched, pytest.raises(RuntimeError):
            patched.setattr("fondly.runtime.runs.ledger.put_if", killed)
            await opened(ledger, "2026-01-02")
        assert await listed(ledger) == [[]]
        with time_machine.travel("2026-01-03T12:00:00Z"):
            await ledger.open_run("run-2026-01-02", source="s")
        assert await listed(ledger) == [["run-2026-01-02"]]
        return
    await opened(ledger, "2026-01-02")
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(RunIndex, "put", killed)
        await ledger.finish("run-2026-01-02")
    assert await listed(ledger, status=RunStatus.FINISHED) == [["run-2026-01-02"]]
    assert await listed(ledger, status=RunStatus.RUNNING) == [[]]


async def killed(*_: object) -> None:
    """Die in the place of a write."""
    raise RuntimeError
