"""What vanishes from Personalize in the middle of a run is made again, from the run's first step."""

import pytest

from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.domain.run_state import Phase
from fondly.recommender.ports import RefusedError
from services.recommender.tests.fakes import ARNS
from services.recommender.tests.world import MANY, RUN, World

LOOKS = 6
"""Checks of an undisturbed run, each of which ends with something that is not ready."""


def made(world: World, kind: Kind) -> list[str]:
    """The ARNs of all that was ever created of a kind."""
    return [arn for arn in world.personalize.created if arn.startswith(f"arn:{kind}:")]


async def checked(looks: int) -> World:
    """A run that has been checked so often."""
    world = World()
    await world.prepare()
    for _ in range(looks):
        assert not await world.check()
    return world


async def finish(world: World) -> None:
    """Check the run until Personalize is done, and what it answers by exists."""
    for _ in range(MANY):
        if await world.check():
            break
    state = await world.state()
    assert state.phase is Phase.WEIGH
    assert state.resources["batch_job"] in world.personalize.made


@pytest.mark.parametrize("key", ARNS)
async def test_whatever_vanishes_at_whatever_step_the_run_ends_well(key: str) -> None:
    """It never pays for a second training while its version exists."""
    tried = 0
    for looks in range(1, LOOKS + 1):
        world = await checked(looks)
        arn = (await world.state()).resources.get(key)
        if arn is None:
            continue
        tried += 1
        before = (await world.state()).resources.get("solution_version")
        world.personalize.vanish(arn)
        lost = before is not None and before not in world.personalize.made
        await finish(world)
        assert len(made(world, Kind.SOLUTION_VERSION)) == (2 if lost else 1), looks
    assert tried


@pytest.mark.parametrize("looks", range(1, LOOKS + 1))
async def test_a_stand_in_may_be_restarted_at_any_step(looks: int) -> None:
    """It has nothing afterwards; the run starts over and succeeds."""
    world = await checked(looks)
    world.personalize.vanish(*list(world.personalize.made))
    assert world.personalize.made == {}
    await finish(world)


async def test_nothing_is_trained_without_a_dataset_that_has_vanished() -> None:
    """Personalize would train without items or users, and nobody would notice."""
    world = await checked(4)
    made_before = (await world.state()).resources
    assert "solution" in made_before
    assert "solution_version" not in made_before
    old = world.personalize.made[made_before["import_users"]]
    world.personalize.vanish(made_before["dataset_users"])
    world.personalize.made[made_before["import_users"]] = old  # AWS keeps the records of jobs
    await finish(world)
    again = (await world.state()).resources
    assert again["import_users"] != made_before["import_users"]
    created = world.personalize.created
    assert created.index(again["import_users"]) < created.index(again["solution_version"])


async def test_what_is_made_again_is_paid_for_again() -> None:
    """The run's bill has every import and every training, but none that was found again."""
    for lost, trainings in (("solution", 2), ("batch_job", 1)):
        world = await checked(LOOKS)
        world.personalize.vanish((await world.state()).resources[lost])
        await finish(world)
        [units] = [report.units for report in await world.ledger.reports(RUN) if report.name == "training"]
        assert units["personalize.trained_interactions"] == 10 * trainings
        assert units["personalize.ingested_bytes"] == 10 * 2


async def test_a_run_gives_up_when_everything_keeps_vanishing() -> None:
    """Who deletes it again and again means it; no training is paid for without end."""
    world = World()
    await world.prepare()
    with pytest.raises(RefusedError, match="was gone 4 times"):
        for look in range(10 * MANY):
            await world.check()
            if look % 6 == 5:
                world.personalize.vanish(*list(world.personalize.made))
    assert len(made(world, Kind.SOLUTION_VERSION)) <= 4


async def test_a_run_gives_up_when_something_unknown_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is, it is none of the run's: trying for ever would not help."""
    world = await checked(3)
    monkeypatch.setattr(world.personalize, "is_active", world.personalize.something_is_missing)
    with pytest.raises(RefusedError, match="no such recipe"):
        await world.check()
