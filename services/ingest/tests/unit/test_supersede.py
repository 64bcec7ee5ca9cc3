"""A newer upload supersedes the older one's run, wherever a crash happens."""

import asyncio

import pytest

from fondly.contracts.errors import TransientError
from fondly.contracts.events import EventData, RunFinished
from fondly.contracts.run_id import run_id
from fondly.runtime.runs.run import Run, RunStatus, StageName
from services.ingest.tests.fakes import (
    Bench,
    csv_lines,
    limits,
    message,
    notification,
    numbered,
    sha256,
)

KEY = "uploads/shop.csv"
OLD, NEW, LATEST = (csv_lines([numbered(number) for number in range(1, rows)]) for rows in (3, 4, 5))


def id_of(body: bytes, key: str = KEY) -> str:
    """The run id of an upload."""
    return run_id("data", {key: sha256(body)})


async def run_of(bench: Bench, body: bytes) -> Run:
    """The run of an upload, from the ledger."""
    return await bench.ledger.run(id_of(body))


def superseded_by(body: bytes) -> str:
    """The reason of a superseded run."""
    return f"replaced by a newer upload: {id_of(body)}"


async def test_a_newer_upload_ends_the_older_run() -> None:
    """The old run fails with the reason and is announced; the new one continues."""
    bench = Bench()
    await bench.upload(KEY, OLD)
    await bench.upload(KEY, NEW)
    old, new = await run_of(bench, OLD), await run_of(bench, NEW)
    assert (old.status, old.reason) == (RunStatus.FAILED, superseded_by(NEW))
    assert new.is_open
    [ended] = bench.announcer.of(RunFinished)
    assert isinstance(ended, RunFinished)
    assert ended.reason == superseded_by(NEW)


async def test_uploads_under_other_keys_and_ended_runs_are_left_alone() -> None:
    """Two files are two runs at once, and a finished run stays finished."""
    bench = Bench()
    await bench.upload("uploads/other.csv", OLD)
    await bench.upload(KEY, OLD)
    await bench.ledger.finish(id_of(OLD))
    await bench.upload(KEY, NEW)
    assert (await bench.ledger.run(id_of(OLD, "uploads/other.csv"))).is_open
    assert (await run_of(bench, OLD)).status is RunStatus.FINISHED
    assert bench.announcer.of(RunFinished) == []


async def test_a_late_notification_about_the_old_version_changes_nothing() -> None:
    """It finds the newer content, whose run exists."""
    bench = Bench()
    await bench.upload(KEY, OLD)
    await bench.upload(KEY, NEW)
    parts = len(bench.parts)
    late = notification(KEY, etag="that of the old version")
    await bench.handler(message(late))
    assert (await run_of(bench, NEW)).is_open
    assert len(bench.parts) == parts


async def test_a_delayed_worker_does_not_open_the_run_of_an_old_version() -> None:
    """The object has changed since the worker opened it, so that run is never opened."""
    bench = Bench()
    bench.objects.stored[KEY] = OLD
    hold, entered = bench.runs.locks.hold, asyncio.Event()
    resume = asyncio.Event()

    def delayed(*args: str, **values: str) -> object:
        entered.set()
        return _DelayedLock(resume, hold(*args, **values))  # type: ignore[arg-type] # as the handler passes them

    bench.runs.locks.hold = delayed  # type: ignore[method-assign,assignment] # this worker waits
    working = asyncio.create_task(bench.notify(KEY))
    await entered.wait()
    bench.runs.locks.hold = hold  # type: ignore[method-assign] # the next does not
    await bench.upload(KEY, NEW)
    resume.set()
    await working
    assert await bench.ledger.find(id_of(OLD)) is None
    assert (await run_of(bench, NEW)).is_open


class _DelayedLock:
    """A lock that waits for an event before it is entered."""

    def __init__(self, resume: asyncio.Event, lock: object) -> None:
        self._resume = resume
        self._lock = lock

    async def __aenter__(self) -> None:
        await self._resume.wait()
        await self._lock.__aenter__()  # type: ignore[attr-defined] # a context manager

    async def __aexit__(self, *error: object) -> None:
        await self._lock.__aexit__(*error)  # type: ignore[attr-defined] # a context manager


class _Crash:
    """Fails once at one step of superseding: before the step, or right after."""

    def __init__(self, bench: Bench, step: str, *, done: bool) -> None:
        owner = {"get": bench.latest, "move": bench.latest, "announce": bench.announcer}.get(
            step, bench.ledger
        )
        self._original = getattr(owner, step)
        self._done = done
        self._armed = True
        setattr(owner, step, self)

    async def __call__(self, *args: object, **values: object) -> object:
        result = await self._original(*args, **values) if self._done or not self._armed else None
        if self._armed:
            self._armed = False
            raise TransientError("killed")
        return result


STEPS = [(step, done) for step in ("get", "open_run", "fail", "announce", "move") for done in (False, True)]


@pytest.mark.parametrize(("step", "done"), STEPS)
@pytest.mark.parametrize("next_upload", [NEW, LATEST], ids=["same", "newer"])
async def test_redelivery_recovers_from_a_crash_at_any_step(
    step: str, *, done: bool, next_upload: bytes
) -> None:
    """Whether the message is redelivered or a third version follows, only the latest run stays open."""
    bench = Bench()
    await bench.upload(KEY, OLD)
    _Crash(bench, step, done=done)
    with pytest.raises(TransientError):
        await bench.upload(KEY, NEW)
    await bench.upload(KEY, next_upload)
    await bench.notify(KEY)
    runs = [run for body in (OLD, NEW, LATEST) if (run := await bench.ledger.find(id_of(body)))]
    assert [run.run_id for run in runs if run.is_open] == [id_of(next_upload)]
    ended = {run.run_id for run in runs if not run.is_open}
    announced = {run_id for run_id, data in bench.announcer.announced if isinstance(data, RunFinished)}
    assert announced == ended
    assert id_of(OLD) in ended
    latest = await run_of(bench, next_upload)
    assert latest.stage(StageName.INGEST).done == {1}


async def test_a_run_whose_emails_are_all_made_is_not_superseded() -> None:
    """It is never announced as both finished and failed."""
    bench = Bench()
    await bench.upload(KEY, OLD)
    old = await run_of(bench, OLD)
    bench.runs.table.items[old.run_id, "run"]["mailer_reached_by"] = {"S": "part-1"}
    await bench.upload(KEY, NEW)
    assert (await run_of(bench, OLD)).is_open
    assert bench.announcer.of(RunFinished) == []


async def test_ingest_stops_between_parts_of_a_superseded_run() -> None:
    """After each part ingest sees that its run has ended."""
    bench = Bench(limits(part_records=1))
    announce = bench.announcer.announce

    async def supersede_after_first(run: str, *events: EventData) -> None:
        await announce(run, *events)
        if bench.parts:
            object.__setattr__(bench.announcer, "announce", announce)
            await bench.upload(KEY, NEW)

    object.__setattr__(bench.announcer, "announce", supersede_after_first)
    await bench.upload(KEY, OLD)
    assert (await run_of(bench, OLD)).stage(StageName.INGEST).done == {1}
    assert (await run_of(bench, NEW)).stage(StageName.INGEST).done == {1, 2, 3}
