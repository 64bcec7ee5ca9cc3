"""Before Personalize is paid: it takes the schemas, and the budget allows all of its work, or none."""

from decimal import Decimal

import pytest

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import RecommenderPoll
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.runtime.runs.pricing import SMALLEST, cost_usd
from fondly.runtime.runs.run import RunStatus
from services.recommender.tests.fakes import InMemoryPersonalize
from services.recommender.tests.world import RUN, World


async def test_nothing_is_imported_if_training_and_inference_are_not_allowed_too() -> None:
    """They are reserved together, once; each poll asks again."""
    world = World(budget_usd=Decimal("0.02"))
    await world.open()
    await world.train()
    await world.deliver_sent(delayed=False)
    run = await world.ledger.run(RUN)
    assert (run.status, world.personalize.creations) == (RunStatus.STOPPED, 0)
    assert "Personalize" in (run.reason or "")
    await world.budget.resume(RUN, Decimal(1))
    for attempt in range(3):
        await world.deliver(RecommenderPoll(attempt=attempt))
    assert world.personalize.creations
    state = await world.state()
    units = {
        "personalize.recommendations": Decimal(240),
        "personalize.trained_interactions": Decimal(state.interactions),
        "personalize.ingested_bytes": Decimal(state.csv_bytes),
    }
    reserved = (await world.budget.account(RUN)).committed
    assert reserved.quantize(SMALLEST) == cost_usd(units)["personalize"]


async def test_what_personalize_is_not_used_for_is_let_go() -> None:
    """Too little data after all: everybody gets popular products, at no cost."""
    too_little = InMemoryPersonalize(
        failures={Kind.SOLUTION_VERSION: "Number of users with at least 2 interactions is less than 25"}
    )
    world = World(too_little, budget_usd=Decimal(1))
    await world.open()
    await world.run_to_end()
    assert not (await world.state()).is_ranked
    assert (await world.budget.account(RUN)).committed == 0


@pytest.mark.parametrize("kind", [Kind.SCHEMA, Kind.DATASET_GROUP])
async def test_a_refused_schema_is_told_before_anything_is_paid(kind: Kind) -> None:
    """Or that there may be no further dataset group; with too little data Personalize is not asked."""
    world = World(InMemoryPersonalize(full={kind}))
    await world.training.require(999)
    with pytest.raises(PermanentError, match=kind):
        await world.training.require(1_000)
    world.personalize.full.clear()
    await world.training.require(1_000)
    assert {made.kind for made in world.personalize.made.values()} == {Kind.DATASET_GROUP, Kind.SCHEMA}
