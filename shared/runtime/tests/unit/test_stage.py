"""A part is recorded, announced and counted, in this order, and once."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from fondly.contracts.events import EventData, RunFinished, SentimentScored
from fondly.runtime.runs.run import Run, StageName, part_name
from fondly.runtime.runs.stage import PartResult, Stage
from tests.support.runs import RUN, START, Runs

SCORED, FINISHED = (
    SentimentScored(parts=2, reviews=9),
    RunFinished(status="finished", cost_usd={"total": Decimal(0)}),
)
RESULT = PartResult(
    counts={"emails": 3}, units={"bedrock.calls": 2, "s3.puts": 0}, events=[SCORED] * 11 + [FINISHED]
)


class Steps:
    """An announcer that notes how many reports and done parts there are when it is asked."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self.seen: list[tuple[int, int, int]] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Note how many events there are as well."""
        reports = await self._runs.ledger.reports(run_id)
        done = (await self._runs.ledger.run(run_id)).stage(StageName.MAILER).done
        self.seen.append((len(reports), len(done), len(events)))


@pytest.fixture
async def runs() -> Runs:
    """An open run of three parts."""
    made = Runs()
    await made.ledger.open_run(RUN, source="s")
    await made.ledger.set_parts(RUN, 3)
    return made


@pytest.fixture
def steps(runs: Runs) -> Steps:
    """What is seen when events are announced."""
    return Steps(runs)


@pytest.fixture
def stage(runs: Runs, steps: Steps) -> Stage:
    """The mailer's."""
    return runs.stage(StageName.MAILER, steps)


def counting(worked: list[int]) -> Callable[[Run, int], Awaitable[PartResult]]:
    """Work that notes which parts it did."""

    async def work(_: Run, part: int) -> PartResult:
        worked.append(part)
        return RESULT

    return work


async def test_a_part_is_recorded_then_announced_then_counts_as_done(
    runs: Runs, stage: Stage, steps: Steps
) -> None:
    """A crash in between repeats it: nothing is announced that no report has, and nothing is left out."""
    worked: list[int] = []
    await stage.pass_parts(await runs.ledger.run(RUN), counting(worked), among={2})
    assert (worked, steps.seen) == ([2], [(1, 0, 12)])
    [report] = await runs.ledger.reports(RUN)
    assert report.units == {"bedrock.calls": 2, "sns.publishes": 3, "dynamodb.writes": 2}  # and no message
    assert (await runs.ledger.run(RUN)).parts_to_do(StageName.MAILER) == [1, 3]


async def test_a_report_has_what_the_work_took_and_what_the_service_took_for_it(
    runs: Runs, stage: Stage
) -> None:
    """A message's own cost counts once for each; a unit of which there is nothing is left out."""
    report = await stage.record(RUN, "sample", START, RESULT, messages=2, overhead={"s3.gets": 1})
    assert (report.stage, report.name, report.started_at) == (StageName.MAILER, "sample", START)
    assert report.counts == {"emails": 3}
    assert report.units == {
        "bedrock.calls": 2,
        "s3.gets": 1,
        "sqs.requests": 4,
        "dynamodb.reads": 2,
        "dynamodb.writes": 5,
    }
    assert await runs.ledger.reports(RUN) == [report]


async def test_a_parts_message_is_in_its_report(runs: Runs, stage: Stage) -> None:
    """Three calls for twelve events of two topics: eleven of one, and one of another."""

    async def work() -> PartResult:
        return RESULT

    async def close() -> None:
        pytest.fail("two parts are missing")

    await stage.pass_part(RUN, 1, holder="message", work=work, close=close)
    [report] = await runs.ledger.reports(RUN)
    assert report.name == part_name(1)
    assert report.units == {
        "bedrock.calls": 2,
        "sns.publishes": 3,
        "sqs.requests": 2,
        "dynamodb.reads": 1,
        "dynamodb.writes": 4,
    }
    assert runs.locks.held == [(part_name(1), "message")]


async def test_parts_that_are_done_are_left_alone_and_the_rest_is_done_in_order(
    runs: Runs, stage: Stage
) -> None:
    """So a message that comes again goes on where another worker stopped."""
    worked: list[int] = []
    await stage.pass_parts(await runs.ledger.run(RUN), counting(worked), among={2})
    await stage.pass_parts(await runs.ledger.run(RUN), counting(worked))
    await stage.pass_parts(await runs.ledger.run(RUN), counting(worked))
    assert worked == [2, 1, 3]


async def test_nothing_more_is_done_once_the_run_has_ended(runs: Runs, stage: Stage) -> None:
    """It may end while a part is done."""
    worked: list[int] = []

    async def work(run: Run, part: int) -> PartResult:
        await runs.ledger.fail(RUN, "no budget")
        return await counting(worked)(run, part)

    await stage.pass_parts(await runs.ledger.run(RUN), work)
    await stage.pass_parts(await runs.ledger.run(RUN), work)
    assert worked == [1]


async def test_a_part_of_a_run_that_has_ended_is_skipped(runs: Runs, stage: Stage, steps: Steps) -> None:
    """Its message is handled: neither worked at nor announced."""
    await runs.ledger.fail(RUN, "replaced")

    async def never() -> PartResult:
        return pytest.fail("the run has ended")

    async def close() -> None:
        pytest.fail("the run has ended")

    await stage.pass_part(RUN, 1, holder="message", work=never, close=close)
    assert (steps.seen, await runs.ledger.reports(RUN)) == ([], [])
