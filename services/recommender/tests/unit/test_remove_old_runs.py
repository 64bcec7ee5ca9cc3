"""What older runs left in Personalize and the bucket is removed."""

from dataclasses import replace

import pytest

from fondly.contracts import object_keys
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import ResourceSpec
from fondly.recommender.domain.run_state import Phase, RecommenderState
from fondly.recommender.ports import QuotaError
from fondly.runtime.runs.run import Run, StageName
from services.recommender.tests.world import KEEP, World, crash

RUNS = [f"run-{number:016x}" for number in range(4)]


async def trained(world: World, *run_ids: str) -> Run:
    """Train these runs one after another, with a file each; return the last."""
    for run_id in run_ids:
        await world.objects.put(
            object_keys.personalize(run_id, "input/part-00001.json"), b"", content_type="x"
        )
        run = await world.train_to_end(run_id)
    return run


def left(world: World) -> list[str]:
    """The runs that still have a solution."""
    solutions = [spec for spec in world.personalize.made.values() if spec.kind is Kind.SOLUTION]
    return [spec.name.removeprefix("shop-") for spec in solutions]


def with_files(world: World) -> set[str]:
    """The runs that still have files."""
    return {key.split("/")[1] for key in world.objects.stored}


async def test_the_newest_runs_keep_what_they_made() -> None:
    """Older ones lose solution, version and files, once they have ended."""
    world = World()
    run = await trained(world, *RUNS)
    for old in RUNS[:-1]:
        await world.ledger.finish(old)
    await world.remove_old_runs.run(run)
    assert left(world) == RUNS[-KEEP:]
    assert with_files(world) == set(RUNS[-KEEP:])
    versions = [arn for arn, spec in world.personalize.made.items() if spec.kind is Kind.SOLUTION_VERSION]
    assert len(versions) == KEEP


async def test_a_run_that_is_not_done_keeps_what_it_made() -> None:
    """However old: it may have lost its turn, or its parts may not be selected yet.

    One whose emails are being written needs nothing more.
    """
    world = World()
    run = await trained(world, *RUNS)
    await world.ledger.complete_part(RUNS[1], StageName.RECOMMENDER, 1)
    await world.remove_old_runs.run(run)
    assert left(world) == [RUNS[0], *RUNS[-KEEP:]]
    assert RUNS[0] in with_files(world)


async def test_nothing_that_others_made_is_removed() -> None:
    """A solution whose name ends with no id of a run was made by hand."""
    world = World()
    run = await trained(world, RUNS[0])
    foreign = ResourceSpec(
        "",
        Kind.SOLUTION,
        "shop-experiment",
        {"datasetGroupArn": RecommenderState.of(run).resources["dataset_group"]},
    )
    arn = await world.personalize.ensure(foreign)
    run = await trained(world, *RUNS[1:])
    for old in RUNS[:-1]:
        await world.ledger.finish(old)
    await world.remove_old_runs.run(run)
    assert left(world) == ["experiment", *RUNS[-KEEP:]]
    assert arn in world.personalize.made


async def test_a_campaign_answers_by_the_version_of_the_latest_run() -> None:
    """So does an event tracker; the solution by which it answers stays until another run has ranked."""
    world = World(has_campaign=True)
    for run_id in RUNS:
        run = await trained(world, run_id)
        await world.remove_old_runs.run(run)
        await world.ledger.finish(run_id)
        (campaign,) = [spec for spec in world.personalize.made.values() if spec.kind is Kind.CAMPAIGN]
        assert (campaign.name, campaign.request["solutionVersionArn"]) == (
            "shop",
            RecommenderState.of(run).resources["solution_version"],
        )
    kinds = [spec.kind for spec in world.personalize.made.values()]
    assert (kinds.count(Kind.CAMPAIGN), kinds.count(Kind.EVENT_TRACKER)) == (1, 1)
    await world.set_state(RUNS[-1], ranked=0)
    await world.remove_old_runs.run(await world.ledger.run(RUNS[-1]))
    assert kinds.count(Kind.CAMPAIGN) == 1


async def test_a_campaign_that_is_switched_off_ends_with_the_next_run() -> None:
    """It is billed by the hour, whether it is asked or not, and an event tracker tells nobody any more."""
    world = World(has_campaign=True)
    run = await trained(world, RUNS[0])
    await world.remove_old_runs.run(run)
    await replace(world.remove_old_runs, has_campaign=False).run(run)
    kinds = {spec.kind for spec in world.personalize.made.values()}
    assert not {Kind.CAMPAIGN, Kind.EVENT_TRACKER} & kinds
    assert left(world) == [RUNS[0]]


async def test_a_campaign_ends_although_rankings_are_switched_off_with_it() -> None:
    """Both in one step: it would be billed on."""
    world = World(has_campaign=True)
    await world.open()
    await world.run_to_end()
    assert Kind.CAMPAIGN in {spec.kind for spec in world.personalize.made.values()}
    off = replace(world.remove_old_runs, has_campaign=False)
    world.asks_personalize, world.training = False, replace(world.training, remove_old_runs=off)
    world.handler = world.task()
    await world.open(run_id="run-2")
    await world.run_to_end("run-2")
    assert not {Kind.CAMPAIGN, Kind.EVENT_TRACKER} & {spec.kind for spec in world.personalize.made.values()}


async def test_without_a_dataset_group_there_is_nothing_to_do() -> None:
    """A shop whose runs have always had too little data, or kept rankings, has none."""
    world = World(has_campaign=True)
    await world.prepare(RUNS[0])
    await world.remove_old_runs.run(await world.ledger.run(RUNS[0]))
    assert world.personalize.made == {}


async def test_a_failure_never_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its results; the next run tries again."""
    world = World()
    run = await trained(world, *RUNS)
    monkeypatch.setattr(world.personalize, "solutions", crash)
    await world.remove_old_runs.run(run)
    assert len(left(world)) == 4


async def test_files_go_before_the_solution_that_shows_that_there_are_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash between the two leaves what the next run looks for."""
    world = World()
    run = await trained(world, *RUNS)
    for old in RUNS[:-1]:
        await world.ledger.finish(old)
    with monkeypatch.context() as patched:
        patched.setattr(world.remove_old_runs.files, "remove", crash)
        await world.remove_old_runs.run(run)
    assert len(left(world)) == 4
    await world.remove_old_runs.run(run)
    assert with_files(world) == set(RUNS[-KEEP:])


async def test_a_full_dataset_group_is_emptied_before_the_next_solution() -> None:
    """Failed runs remove nothing: ten of them in a row would use up AWS's quota for ever."""
    world = World()
    await trained(world, *RUNS[:3])
    for old in RUNS[:3]:
        await world.ledger.finish(old)
    await world.prepare(RUNS[3])
    world.personalize.full.add(Kind.SOLUTION)
    for _ in range(2):
        assert not await world.check(RUNS[3])
    assert (await world.state(RUNS[3])).phase is Phase.SOLUTION
    assert left(world) == RUNS[1:3]
    with pytest.raises(QuotaError):
        await world.check(RUNS[3])
