"""A run that is no longer checked does not hold the dataset group."""

import pytest

from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.domain.run_state import Phase
from services.recommender.tests.world import SILENT_POLLS, World


async def poll(world: World, run_id: str, times: int = 1) -> None:
    """Check the run at as many polls, each numbered higher than the one before."""
    for _ in range(times):
        await world.set_state(run_id, attempt=(await world.state(run_id)).attempt + 1)
        if await world.check(run_id):
            await world.take_turns.turns.end(run_id)


async def started(*run_ids: str) -> World:
    """Runs of which the first has the turn."""
    world = World()
    for run_id in run_ids:
        await world.prepare(run_id)
        await world.check(run_id)
    assert world.turns.run_id == run_ids[0]
    return world


def whose(world: World) -> str | None:
    """The run whose turn it is."""
    return world.turns.run_id


async def test_a_silent_run_loses_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """Its poll is lost: after so many polls of its own another run goes on, which a metric shows."""
    world = await started("dead", "waits")
    await poll(world, "waits", SILENT_POLLS - 1)
    assert whose(world) == "dead"
    await poll(world, "waits")
    assert whose(world) == "waits"
    assert "dataset_group" in (await world.state("waits")).resources
    assert "turns_taken_over" in capsys.readouterr().out


async def test_a_slow_run_keeps_its_turn() -> None:
    """One check among many polls of the others is enough."""
    world = await started("slow", "waits")
    world.personalize.busy.add(Kind.DATASET)
    for _ in range(4):
        await poll(world, "waits", SILENT_POLLS - 1)
        await poll(world, "slow")
    assert whose(world) == "slow"


async def test_redeliveries_are_no_polls() -> None:
    """A message that returns at once says nothing about how much time has passed."""
    world = await started("quiet", "waits")
    run = await world.ledger.run("waits")
    for _ in range(3 * SILENT_POLLS):
        assert not await world.take_turns.has_turn(run)
    assert whose(world) == "quiet"


async def test_a_run_that_lost_its_turn_waits_and_imports_again() -> None:
    """Its data was replaced: trained on the other run's, its customers would get strangers' products."""
    world = await started("dead", "waits")
    await poll(world, "dead", 2)
    imported = (await world.state("dead")).resources["import_users"]
    await poll(world, "waits", SILENT_POLLS + 1)
    assert whose(world) == "waits"
    await poll(world, "dead")
    assert whose(world) == "waits"
    await poll(world, "waits", 8)
    assert whose(world) is None
    await poll(world, "dead", 8)
    state = await world.state("dead")
    assert (state.phase, state.turn_lost_to) == (Phase.WEIGH, None)
    assert state.resources["import_users"] != imported
    created = world.personalize.created
    assert created.index(state.resources["import_users"]) < created.index(state.resources["solution_version"])


async def test_a_run_that_lost_its_turn_keeps_its_training() -> None:
    """It has read its data already, and is paid for."""
    world = await started("dead", "waits")
    while "solution_version" not in (await world.state("dead")).resources:
        await poll(world, "dead")
    before = await world.state("dead")
    await poll(world, "waits", 20)
    await poll(world, "dead", 8)
    after = await world.state("dead")
    kept = ("import_users", "solution_version")
    assert [after.resources[key] for key in kept] == [before.resources[key] for key in kept]
    assert after.phase is Phase.WEIGH
