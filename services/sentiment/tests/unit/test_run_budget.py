"""What a run's budget does to its texts: those that it allows are asked about, and each once in the end."""

from decimal import Decimal

from fondly.contracts.events import SentimentScored
from fondly.runtime.runs.run import RunStatus
from services.sentiment.tests.world import RUN, World, customer_of, message

WORDS = [f"good {number}" for number in range(90)]
CALL = Decimal("0.0075")
"""Of 25 texts of three units each."""


async def test_a_part_stops_before_a_call_that_the_budget_does_not_allow() -> None:
    """Resumed, it asks only about what is not known; the run pays for every text once."""
    world = World(budget_usd=2 * CALL)
    await world.ingest([customer_of(1, *WORDS)], [customer_of(2, "fine")])
    await world.handle(message(1))
    assert len(world.asks.asked) == 50
    assert (await world.ledger.run(RUN)).status is RunStatus.STOPPED
    await world.handle(message(2))
    assert len(world.asks.asked) == 50
    await world.budget.resume(RUN, Decimal(1))
    await world.score_all()
    assert sorted(world.asks.asked) == sorted([*WORDS, "fine"])
    assert len(world.announcer.of(SentimentScored)) == 1
    assert (await world.budget.account(RUN)).committed == Decimal("0.0003") * 91
