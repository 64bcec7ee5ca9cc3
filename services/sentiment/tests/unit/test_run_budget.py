"""What a run's budget does to its texts: those that it allows are asked about, and each once in the end."""

from decimal import Decimal

from fondly.contracts.events import SentimentScored
from fondly.runtime.runs.run import RunStatus
from fondly.sentiment.domain.job import JobStatus
from services.sentiment.tests.world import JOB_FROM_TEXTS, RUN, World, customer_of, message, poll

WORDS = [f"good {number}" for number in range(JOB_FROM_TEXTS)]
CALL = Decimal("0.0075")
"""Of 25 texts of three units each."""


async def test_a_part_stops_before_a_call_that_the_budget_does_not_allow() -> None:
    """Resumed, it asks only about what is not known; the run pays for every text once."""
    world = World(budget_usd=2 * CALL)
    await world.ingest([customer_of(1, *WORDS[:90])], [customer_of(2, "fine")])
    await world.handle(message(1))
    assert len(world.asks.asked) == 50
    assert (await world.ledger.run(RUN)).status is RunStatus.STOPPED
    await world.handle(message(2))
    assert len(world.asks.asked) == 50
    await world.budget.resume(RUN, Decimal(1))
    await world.score_all()
    assert sorted(world.asks.asked) == sorted([*WORDS[:90], "fine"])
    assert len(world.announcer.of(SentimentScored)) == 1
    assert (await world.budget.account(RUN)).committed == Decimal("0.0003") * 91


async def test_a_job_starts_only_if_the_budget_allows_all_of_it() -> None:
    """Its input is kept; a message after resuming starts it. A failed job's reservation is let go."""
    world = World(budget_usd=Decimal("0.1"))
    await world.ingest([customer_of(1, *WORDS[:600])], [customer_of(2, *WORDS[600:])])
    await world.handle(message(1, run_texts=len(WORDS)))
    assert (await world.ledger.run(RUN)).status is RunStatus.STOPPED
    assert (world.jobs.started, world.polls.sent) == ({}, [])
    await world.budget.resume(RUN, Decimal(1))
    await world.handle(poll(0))
    assert world.jobs.started == {"run-1-en": len(WORDS)}
    assert (await world.budget.account(RUN)).committed == Decimal("0.3")
    world.jobs.end("en", JobStatus.FAILED, "no access")
    await world.handle(poll(1))
    assert len(world.asks.asked) == len(WORDS)
    assert (await world.budget.account(RUN)).committed == Decimal("0.3")
