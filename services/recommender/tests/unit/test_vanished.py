"""What vanishes from Personalize in the middle of a run is made again."""

import pytest

from encore.recommender.domain.engines import Engine, EngineName
from encore.recommender.domain.plan import EVENT_TRACKER, Step
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.side_models import SIDE_MODELS
from encore.recommender.domain.vanished import MADE, OF_SIDE_MODELS, restart
from encore.recommender.ports import RefusedError
from services.recommender.tests.world import MANY, RUN, World

LOOKS = 7
"""Checks of an undisturbed run, each of which ends with something that is not ready."""
SIDE_LOOKS = LOOKS + 1
"""The same with a side model, whose solution is waited for."""


def made(world: World, kind: Kind) -> list[str]:
    """The ARNs of all that was ever created of a kind."""
    return [arn for arn in world.personalize.created if arn.startswith(f"arn:{kind}:")]


async def checked(looks: int, key: str = "") -> World:
    """A run that has been checked so often, with the engine that makes what `key` names."""
    asks = key in {"campaign", "promotion_filter"}
    engine = Engine.of(EngineName.CAMPAIGN if asks else EngineName.BATCH)
    world = World(engine=engine, promote_new_percent=10 * asks)
    await world.prepare()
    for _ in range(looks):
        assert not await world.check()
    return world


async def finish(world: World) -> None:
    """Check the run until Personalize is done, and everything that it needs exists."""
    for _ in range(MANY):
        if await world.check():
            break
    run = await world.ledger.run(RUN)
    assert run.step["step"] == Step.SELECT
    [made] = [run.step[key] for key in ("batch_job", "campaign") if run.step.get(key)]
    assert await world.personalize.exists(Kind.BATCH_JOB, made)


@pytest.mark.parametrize("key", [key for key in MADE if key not in {EVENT_TRACKER, *OF_SIDE_MODELS}])
async def test_whatever_vanishes_at_whatever_step_is_made_again(key: str) -> None:
    """The run goes back to the step that makes it, and never trains twice while its version exists."""
    tried = 0
    for looks in range(1, LOOKS + 1):
        world = await checked(looks, key)
        arn = (await world.ledger.run(RUN)).step.get(key)
        if arn is None:
            continue
        tried += 1
        before = (await world.ledger.run(RUN)).step.get("solution_version")
        world.personalize.vanish(arn)
        lost = before is not None and before not in world.personalize.made
        await finish(world)
        assert len(made(world, Kind.SOLUTION_VERSION)) == (2 if lost else 1), looks
        if before and not lost:
            assert len(made(world, Kind.IMPORT_JOB)) == 3, looks
    assert tried


@pytest.mark.parametrize("key", sorted(OF_SIDE_MODELS))
async def test_what_a_side_model_made_is_made_again_without_another_training_of_the_ranking(
    key: str,
) -> None:
    """Nor of its own, while its version exists; the run has both batch jobs in the end."""
    side = next(each for each in SIDE_MODELS if key.startswith(each.name))
    tried = 0
    for looks in range(1, SIDE_LOOKS + 1):
        world = World()
        facts = {side.recipe: "aws-similar-items", side.requests: "3"}
        await world.prepare(**facts)
        for _ in range(looks):
            assert not await world.check()
        if (arn := (await world.ledger.run(RUN)).step.get(key)) is None:
            continue
        tried += 1
        before = (await world.ledger.run(RUN)).step.get(side.version)
        world.personalize.vanish(arn)
        lost = before is not None and before not in world.personalize.made
        await finish(world)
        step = (await world.ledger.run(RUN)).step
        assert {step["batch_job"], step[side.job], step[side.version]} <= world.personalize.made.keys()
        versions = [one for one in made(world, Kind.SOLUTION_VERSION) if f"-{side.name}/" in one]
        assert len(versions) == (2 if lost else 1), looks
        assert len(made(world, Kind.SOLUTION_VERSION)) == len(versions) + 1, looks
    assert tried


def test_a_lost_version_of_an_earlier_run_is_chosen_anew() -> None:
    """The run has no solution of its own to train it with."""
    known = {"dataset_group", "solution", "solution_version", "pins_version"}
    assert restart(known, {"pins_version"}, Step.INFER) == (Step.SIDE_SOLUTION, ("pins_version",))


@pytest.mark.parametrize("looks", range(1, LOOKS + 1))
async def test_a_stand_in_may_be_restarted_at_any_step(looks: int) -> None:
    """It has nothing afterwards; the run starts over and succeeds."""
    world = await checked(looks)
    world.personalize.vanish(*list(world.personalize.made))
    assert world.personalize.made == {}
    await finish(world)


async def test_data_of_a_dataset_that_was_made_again_is_imported_again() -> None:
    """The old import has its name for ever: taken for the new one, the dataset would stay empty."""
    world = await checked(4)
    run = await world.ledger.run(RUN)
    old = world.personalize.made[run.step["import_users"]]
    world.personalize.vanish(run.step["dataset_users"])
    world.personalize.made[run.step["import_users"]] = old  # AWS keeps the records of jobs
    await finish(world)
    assert (await world.ledger.run(RUN)).step["import_users"] != run.step["import_users"]


async def test_what_is_made_again_is_paid_for_again() -> None:
    """The run's bill has every import and every training."""
    world = await checked(5)
    world.personalize.vanish(*list(world.personalize.made))
    await finish(world)
    [units] = [report.units for report in await world.ledger.reports(RUN) if report.name == "training"]
    trainings = len(made(world, Kind.SOLUTION_VERSION))
    assert units["personalize.trained_interactions"] == 10 * (trainings - 1)  # one vanished before its end
    assert units["personalize.ingested_bytes"] == 10 * 2


async def test_a_run_gives_up_when_everything_keeps_vanishing() -> None:
    """Who deletes it again and again means it; no training is paid for without end."""
    world = World()
    await world.prepare()
    with pytest.raises(RefusedError, match="was gone 6 times"):
        for look in range(10 * MANY):
            await world.check()
            if look % 6 == 5:
                world.personalize.vanish(*list(world.personalize.made))
    assert len(made(world, Kind.SOLUTION_VERSION)) <= 6


async def test_a_run_gives_up_when_something_unknown_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is, it is none of the run's: trying for ever would not help."""
    world = await checked(3)
    monkeypatch.setattr(world.personalize, "is_active", world.personalize.something_is_missing)
    with pytest.raises(RefusedError, match="no such recipe"):
        await world.check()


def test_only_what_follows_an_existing_training_is_made_again() -> None:
    """Whatever else is gone: the version is what costs, and what the batch job needs."""
    after = ("filter", "promotion_filter", "batch_job", "campaign")
    known = set(MADE) - OF_SIDE_MODELS
    assert restart(known, known - {"solution_version"}, Step.INFER) == (Step.FILTER, after)
    assert restart(MADE, {"campaign"}, Step.SELECT) == (Step.INFER, ("campaign",))
    assert restart(MADE, {"dataset_items"}, Step.TRAIN) == (Step.TRAIN, ())
    without = known - {"solution_version", *after}
    assert restart(without, {"dataset_items"}, Step.TRAIN) == (
        Step.DATASETS,
        ("dataset_items", "import_items"),
    )
