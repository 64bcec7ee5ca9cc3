"""What a run's budget does to Personalize: all of its work is allowed, or none."""

from dataclasses import replace
from decimal import Decimal

from encore.contracts.events import RecommenderPoll
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.version_policy import VersionPolicy
from encore.recommender.use_cases.advance_run import BUDGET_PIECE, TRAINING_PIECE
from encore.runtime.runs.pricing import SMALLEST, cost_usd
from encore.runtime.runs.run import RunStatus
from services.recommender.tests.fakes import InMemoryPersonalize, purchase
from services.recommender.tests.world import ENOUGH, RUN, World


async def test_nothing_is_imported_if_training_and_inference_are_not_allowed_too() -> None:
    """They are reserved together, once; each poll asks again."""
    world = World(budget_usd=Decimal("0.05"))
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
    units = {
        "personalize.recommendations": Decimal(600),
        "personalize.trained_interactions": Decimal(run.step["interactions"]),
        "personalize.ingested_bytes": Decimal(run.step["csv_bytes"]),
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
    assert (await world.ledger.run(RUN)).step["engine"] == "popularity"
    assert (await world.budget.account(RUN)).committed == 0


async def test_a_version_that_is_used_again_reserves_no_training() -> None:
    """A run that is stopped for it would be stopped for what it does not pay."""
    world = World(budget_usd=Decimal(1), policy=VersionPolicy(new_share=1.0))
    await world.open(ENOUGH, "run-1")
    await world.run_to_end("run-1")
    assert TRAINING_PIECE in (await world.budget.account("run-1")).reserved
    changed = ENOUGH.parts[0][0].model_copy(update={"purchases": (purchase("O-1", "P71blue", 1),)})
    await world.open(replace(ENOUGH, parts=[[changed], []], scored=[[], []]), "run-2")
    await world.run_to_end("run-2")
    run = await world.ledger.run("run-2")
    assert (run.step["version_choice"], run.step["import_mode_interactions"]) == ("reused", "records")
    reserved = (await world.budget.account("run-2")).reserved
    assert BUDGET_PIECE in reserved
    assert TRAINING_PIECE not in reserved
