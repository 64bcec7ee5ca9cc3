"""What the ledger knows of a run and of a source's latest one, through all that may become of them."""

from datetime import timedelta

import pytest

from fondly.contracts.clock import utc_now
from fondly.contracts.events import Round
from fondly.runtime.runs.latest import LatestRun, LatestRuns
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Progress, RunStatus, StageName
from tests.support.runs import RUN, Runs

RUNNING, STOPPED, FINISHED, FAILED = RunStatus


@pytest.fixture
async def ledger() -> Ledger:
    """A ledger with one run of a part."""
    made = Runs().ledger
    await made.open_run(RUN, source="s")
    await made.set_parts(RUN, 1)
    return made


async def test_a_new_run_has_nothing_done(ledger: Ledger) -> None:
    """It runs, since now, for no reason; nothing is cleared, reached or ended."""
    found = await ledger.run(RUN)
    assert (found.status, found.reason, found.source, found.parts) == (RUNNING, None, "s", 1)
    assert abs(found.created_at - utc_now()) < timedelta(minutes=1)
    assert (found.finished_at, found.cleared, found.passed(Round.STUDY)) == (None, frozenset(), frozenset())
    assert (found.is_open, found.has_ended, found.is_cleared) == (True, False, False)
    assert found.stage(StageName.MAILER).reached_by is None


@pytest.mark.parametrize("status", [FINISHED, FAILED])
async def test_a_run_that_ends_says_when_and_why(ledger: Ledger, status: RunStatus) -> None:
    """And stays so: it is neither ended again, stopped nor resumed."""
    if status is FAILED:
        assert await ledger.fail(RUN, "not CSV")
    else:
        await ledger.finish(RUN)
    found = await ledger.run(RUN)
    assert (found.status, found.reason) == (status, "not CSV" if status is FAILED else None)
    assert found.finished_at is not None
    assert abs(found.finished_at - utc_now()) < timedelta(minutes=1)
    assert (found.is_open, found.has_ended) == (False, True)
    assert not await ledger.fail(RUN, "late")
    assert not await ledger.stop(RUN, "late")
    assert not await ledger.resume(RUN)
    await ledger.finish(RUN)
    assert await ledger.run(RUN) == found
    assert [run.status for run in (await ledger.recent()).runs] == [status]


async def test_a_stopped_run_keeps_why_until_it_is_resumed(ledger: Ledger) -> None:
    """It has not ended, and is stopped and resumed once."""
    assert not await ledger.resume(RUN)
    assert await ledger.stop(RUN, "no budget")
    assert not await ledger.stop(RUN, "again")
    found = await ledger.run(RUN)
    assert (found.status, found.reason, found.finished_at) == (STOPPED, "no budget", None)
    assert (found.is_open, found.has_ended) == (False, False)
    assert await ledger.resume(RUN)
    found = await ledger.run(RUN)
    assert (found.status, found.reason, found.finished_at) == (RUNNING, None, None)


async def test_a_stopped_run_may_fail(ledger: Ledger) -> None:
    """As when a newer upload takes its place."""
    await ledger.stop(RUN, "no budget")
    assert await ledger.fail(RUN, "replaced")
    assert (await ledger.run(RUN)).reason == "replaced"


async def test_a_stage_counts_as_announced_once_it_is(ledger: Ledger) -> None:
    """Not while it is announced, nor if that fails: the same owner then does it again."""
    run = await ledger.complete_part(RUN, StageName.MAILER, 1)
    progress = Progress(run=run, stage=StageName.MAILER)
    assert (progress.complete, progress.announced) == (True, False)

    async def refuse() -> None:
        assert not (await ledger.run(RUN)).stage(StageName.MAILER).announced
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await ledger.close_stage(progress, owner="part-1", announce=refuse)
    state = (await ledger.run(RUN)).stage(StageName.MAILER)
    assert (state.reached_by, state.announced, sorted(state.done)) == ("part-1", False, [1])
    announced: list[str] = []

    async def announce() -> None:
        announced.append(RUN)

    await ledger.close_stage(progress, owner="part-2", announce=announce)
    assert announced == []
    await ledger.close_stage(progress, owner="part-1", announce=announce)
    progress = Progress(run=await ledger.run(RUN), stage=StageName.MAILER)
    await ledger.close_stage(progress, owner="part-1", announce=announce)
    assert (announced, progress.announced) == ([RUN], True)


async def test_bundles_and_clearances_add_up(ledger: Ledger) -> None:
    """Whichever order they come in, and however often."""
    for bundle in (2, 1, 2):
        await ledger.complete_bundle(RUN, Round.STUDY, bundle)
    for stage in (StageName.MAILER, StageName.MAILER, StageName.RECOMMENDER):
        assert not (await ledger.run(RUN)).is_cleared
        await ledger.clear(RUN, stage)
    found = await ledger.run(RUN)
    assert found.is_cleared
    assert found.passed(Round.STUDY) == {1, 2}
    assert found.cleared == {StageName.MAILER, StageName.RECOMMENDER}


async def test_the_latest_run_of_a_source_moves_only_from_what_was_read() -> None:
    """Of two who read the same, one moves it; the other reads again."""
    latest, files = Runs().latest, ({"key": "a.csv", "etag": "1"},)
    none = await latest.get("s3://b/k")
    assert none == LatestRun(None, 0, ())
    assert await latest.move("s3://b/k", "run-1", after=none, files=files)
    assert not await latest.move("s3://b/k", "run-2", after=none)
    first = await latest.get("s3://b/k")
    assert first == LatestRun("run-1", 1, files)
    assert await latest.move("s3://b/k", "run-2", after=first)
    assert await latest.get("s3://b/k") == LatestRun("run-2", 2, ())
    assert await latest.get("s3://b/other") == none


async def test_what_a_source_was_found_to_have_is_noted_beside_its_run() -> None:
    """With or without one: the note moves nothing."""
    latest: LatestRuns = Runs().latest
    assert await latest.noted("s") == ()
    await latest.note("s", [{"key": "a.csv"}])
    assert await latest.noted("s") == ({"key": "a.csv"},)
    assert (await latest.get("s"), await latest.noted("t")) == (LatestRun(), ())
