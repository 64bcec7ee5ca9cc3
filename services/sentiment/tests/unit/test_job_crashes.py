"""What a crash does to a run that is scored by jobs, one moment after another."""

from collections.abc import AsyncIterator, Sequence

import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import TransientError
from fondly.contracts.events import SentimentScored
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.totals import total
from fondly.sentiment.domain.job import JOBS, JobStatus
from fondly.sentiment.domain.job_output import JobLine
from services.sentiment.tests.fakes import POSITIVE
from services.sentiment.tests.world import JOB_FROM_TEXTS, RUN, World, customer_of, message, poll

WORDS = [f"good {number}" for number in range(JOB_FROM_TEXTS)]
INPUT = object_keys.sentiment_job(RUN, "input/en/texts-00001.txt")


@pytest.fixture
async def world() -> World:
    """A run of one part with as many texts as a job is worth."""
    made = World()
    await made.ingest([customer_of(1, *WORDS)])
    return made


async def begin(world: World) -> None:
    """Deliver the part's message."""
    await world.handle(message(1, parts=1, run_texts=len(WORDS)))


def end_job(world: World) -> None:
    """Write the job's output and end it."""
    lines = world.objects.stored[INPUT].decode().splitlines()
    world.outputs.written["output-en"] = [
        JobLine("texts-00001.txt", number, POSITIVE) for number in range(len(lines))
    ]
    world.jobs.end("en", JobStatus.COMPLETED)


async def crash(*_args: object, **_values: object) -> None:
    """What a call does that fails."""
    raise TransientError("connection reset")


async def test_a_started_job_that_was_not_recorded_is_found_again(world: World) -> None:
    """The same texts are the same request, so Comprehend answers with the same job; it is billed once."""
    set_step = world.ledger.set_step

    async def crash_at_jobs(run_id: str, **step: str) -> Run:
        if JOBS in step:
            raise TransientError("connection reset")
        return await set_step(run_id, **step)

    world.ledger.set_step = crash_at_jobs  # type: ignore[method-assign] # the worker dies there
    with pytest.raises(TransientError):
        await begin(world)
    world.ledger.set_step = set_step  # type: ignore[method-assign] # and another goes on
    await begin(world)
    assert world.jobs.started == {"run-1-en": len(WORDS)}
    totals = total(await world.ledger.reports(RUN))
    assert totals.counts["texts_asked"] == len(WORDS)
    assert str(totals.cost_usd["comprehend"]) == "0.300000"


async def test_a_poll_that_could_not_be_sent_is_sent_on_redelivery(world: World) -> None:
    """Its number is not recorded before, so the message that returns is not stale."""
    send = world.polls.send
    world.polls.send = crash  # type: ignore[method-assign] # SQS is down
    with pytest.raises(TransientError):
        await begin(world)
    world.polls.send = send  # type: ignore[method-assign] # and up again
    await begin(world)
    assert world.polls.sent == [(RUN, 1)]


async def test_two_chains_of_polls_become_one(world: World) -> None:
    """A crash between sending a poll and recording it sends it twice; one of the two is dropped."""
    await begin(world)
    for _ in range(2):
        await world.handle(poll(1))
    assert world.polls.sent == [(RUN, 1), (RUN, 2)]


async def test_answers_of_a_job_that_were_not_kept_are_read_again(world: World) -> None:
    """The worker dies half-way through the output: nothing is asked by a call, or paid for twice."""
    await begin(world)
    end_job(world)
    read = world.outputs.lines

    async def crash_half_way(key: str, *, at_once: int) -> AsyncIterator[Sequence[JobLine]]:
        async for lines in read(key, at_once=at_once // 2):
            yield lines
            raise TransientError("connection reset")

    world.outputs.lines = crash_half_way  # type: ignore[method-assign] # the worker dies there
    with pytest.raises(TransientError):
        await world.handle(poll(1))
    assert len(world.kept.answers) == len(WORDS) // 2
    world.outputs.lines = read  # type: ignore[method-assign] # and another goes on
    await world.handle(poll(1))
    assert world.asks.asked == []
    counts = total(await world.ledger.reports(RUN)).counts
    assert (counts["reviews_scored"], counts["texts_asked"]) == (len(WORDS), len(WORDS))


async def test_a_run_whose_announcement_failed_is_announced_by_the_poll_that_returns(world: World) -> None:
    """The jobs' own name owns the announcement, whichever poll it is."""
    await begin(world)
    end_job(world)
    announce = world.announcer.announce
    world.announcer.announce = crash  # type: ignore[method-assign] # SNS is down
    with pytest.raises(TransientError):
        await world.handle(poll(1))
    world.announcer.announce = announce  # type: ignore[method-assign] # and up again
    await world.handle(poll(1))
    assert len(world.announcer.of(SentimentScored)) == 1
