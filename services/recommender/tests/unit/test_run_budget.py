"""What a run's budget does to Personalize: all of its work is allowed, or none."""

from decimal import Decimal

from encore.recommender.domain.resources import Kind
from encore.runtime.runs.run import RunStatus
from encore.runtime.runs.totals import total
from services.recommender.tests.fakes import InMemoryPersonalize
from services.recommender.tests.world import RUN, World


async def test_nothing_is_imported_if_training_and_inference_are_not_allowed_too() -> None:
    """Resumed, the run is charged what was reserved."""
    world = World(budget_usd=Decimal("0.05"))
    await world.open()
    await world.run_to_end()
    run = await world.ledger.run(RUN)
    assert (run.status, world.personalize.creations) == (RunStatus.STOPPED, 0)
    assert "Personalize" in (run.reason or "")
    await world.budget.resume(RUN, Decimal(1))
    await world.run_to_end()
    charged = total(await world.ledger.reports(RUN)).cost_usd["personalize"]
    reserved = (await world.budget.account(RUN)).committed
    assert charged == reserved.quantize(charged)


async def test_what_personalize_is_not_used_for_is_let_go() -> None:
    """Too little data after all: everybody gets popular products, at no cost."""
    too_little = InMemoryPersonalize(
        failures={Kind.SOLUTION_VERSION: "Number of users with at least 2 interactions is less than 25"}
    )
    world = World(too_little, budget_usd=Decimal(1))
    await world.open()
    await world.run_to_end()
    assert (await world.ledger.run(RUN)).step["engine"] == "popularity"
    assert (await world.budget.account(RUN)).committed == 0
