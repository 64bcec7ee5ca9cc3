"""What a run imports is what Personalize lacks, whatever is killed or deleted meanwhile."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from encore.recommender.adapters.standing import StandingChangedError
from encore.recommender.domain.plan import EVENT_TRACKER, Step
from encore.recommender.domain.records import UserRecord
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.version_policy import VersionPolicy
from services.recommender.tests.weeks import KilledError, Weeks, kill_at, pairs
from services.recommender.tests.world import MANY, World

TRAIN_ALWAYS = VersionPolicy(days=0)
FIRST, SECOND, THIRD = "run-1", "run-2", "run-3"


async def weeks(world: World | None = None, *, rows: int = 2_000) -> Weeks:
    """A shop of which the first week is imported and trained on."""
    shop = Weeks(world or World())
    await shop.run(FIRST, pairs(0, rows))
    assert shop.jobs(FIRST) == {"interactions": "FULL", "items": "FULL", "users": "FULL"}
    return shop


async def test_a_second_run_imports_only_what_is_new_and_uses_the_version_again() -> None:
    """One row in twenty is new: it is put as events, which the version considers."""
    shop = await weeks(rows=20_000)
    run = await shop.run(SECOND, pairs(19_000, 21_000))
    assert shop.jobs(SECOND) == {}
    assert len(shop.world.records.events) == 1_000
    assert len(shop.world.records.users) == 500
    assert shop.held == shop.known
    assert shop.trainings == 1
    first = await shop.world.ledger.run(FIRST)
    assert run.step["solution_version"] == first.step["solution_version"]
    assert run.step["version_choice"] == "reused"
    assert "solution" not in run.step


async def test_what_is_not_paid_for_is_not_on_the_bill() -> None:
    """A version that is used again is no training, and what is known already is not ingested."""
    shop = await weeks(rows=20_000)
    await shop.run(SECOND, pairs(20_000, 21_000))
    reports = {one.name: one for one in await shop.world.ledger.reports(SECOND)}
    assert reports["training"].units["personalize.ingested_bytes"] == 10_000
    assert "personalize.trained_interactions" not in reports["training"].units
    assert reports["training"].counts == {"versions_reused": 1}
    first = {one.name: one for one in await shop.world.ledger.reports(FIRST)}["training"]
    assert first.units["personalize.ingested_bytes"] == 200_000
    assert first.units["personalize.trained_interactions"] == 20_000


async def test_what_is_trained_on_is_added_by_an_import() -> None:
    """Thousands of rows are a job of their own, fewer than Personalize imports are events."""
    shop = await weeks(World(policy=TRAIN_ALWAYS))
    await shop.run(SECOND, pairs(20_000, 23_000))
    assert shop.jobs(SECOND) == {"interactions": "INCREMENTAL", "users": "INCREMENTAL"}
    assert shop.world.records.events == {}
    await shop.run(THIRD, pairs(23_000, 23_999), items_digest="b")
    assert shop.jobs(THIRD) == {"items": "FULL"}
    assert len(shop.world.records.events) == 999
    assert shop.held == shop.known
    assert shop.trainings == 3


async def test_a_run_without_news_imports_nothing() -> None:
    """Its customers may have no kept ranking all the same."""
    shop = await weeks()
    run = await shop.run(SECOND)
    assert (shop.jobs(SECOND), shop.world.records.calls) == ({}, 0)
    assert EVENT_TRACKER not in run.step
    assert (await shop.world.standings.get()).imported == SECOND


async def test_replaced_rows_take_an_import_of_everything_and_reach_the_version() -> None:
    """Nothing that is outdated stays in the dataset; the version knows only events."""
    shop = await weeks()
    run = await shop.run(SECOND, pairs(20_000, 20_100), replaced_interactions=2)
    assert shop.jobs(SECOND) == {"interactions": "FULL", "items": "FULL", "users": "FULL"}
    assert len(shop.world.records.events) == 100
    assert run.step["version_choice"] == "reused"


async def test_events_settle_before_a_version_is_asked() -> None:
    """AWS takes about a quarter of an hour; a run that trains its own version does not wait."""
    world = World(settle_s=900)
    shop = await weeks(world)
    await shop.open(SECOND, pairs(20_000, 20_100))
    for _ in range(MANY):
        assert not await world.check(SECOND)
    assert (await world.ledger.run(SECOND)).step["step"] == Step.INFER
    world.now += timedelta(seconds=900)
    await world.finish_training(SECOND)


def killed_at(shop: Weeks, call: int) -> None:
    """Have the process killed at one of its calls to whatever keeps something."""
    world = shop.world
    kill_at(
        call,
        (world.standings, "change"),
        (world.ledger, "set_step"),
        (world.personalize, "ensure"),
        (world.personalize, "metrics"),
        (world.records, "put_events"),
        (world.records, "put_users"),
    )


CALLS = 40
"""More than a run makes with ten customers of its own."""


@pytest.mark.parametrize("policy", [VersionPolicy(), TRAIN_ALWAYS], ids=["reused", "trained"])
@pytest.mark.parametrize("call", range(1, CALLS))
async def test_a_run_that_is_killed_anywhere_goes_on_with_what_it_decided(
    call: int, policy: VersionPolicy
) -> None:
    """Its imports are those of an undisturbed run, nothing is lost, and nothing is trained twice."""
    shop = await weeks(World(policy=policy))
    await shop.open(SECOND, pairs(20_000, 20_020))
    killed_at(shop, call)
    killed = False
    for _ in range(MANY):
        try:
            if await shop.world.check(SECOND):
                break
        except KilledError:
            killed = True
    assert killed or call > 20
    assert (await shop.world.ledger.run(SECOND)).step["step"] == Step.SELECT
    assert shop.held == shop.known
    assert shop.jobs(SECOND) == {}
    assert len(shop.world.records.events) == 20
    assert shop.trainings == (1 if policy.days else 2)
    standing = await shop.world.standings.get()
    assert (standing.imported, standing.importing) == (SECOND, "")
    assert standing.new_rows == (20 if policy.days else 0)
    counts = (await shop.world.ledger.run(SECOND)).step
    assert counts["ingested_bytes"] == "200"
    assert counts.get("trainings", "0") == ("0" if policy.days else "1")


@pytest.mark.parametrize("call", range(1, CALLS))
async def test_after_a_run_that_was_killed_for_good_everything_is_there(call: int) -> None:
    """If it had not finished its import, the next run imports everything; in any case nothing is lost."""
    shop = await weeks()
    await shop.open(SECOND, pairs(20_000, 20_020))
    killed_at(shop, call)
    finished = False
    try:
        for _ in range(MANY):
            finished = finished or await shop.world.check(SECOND)
    except KilledError:
        pass
    standing = await shop.world.standings.get()
    await shop.world.ledger.fail(SECOND, "killed")
    await shop.run(THIRD, pairs(20_020, 20_040))
    assert shop.held == shop.known
    whole = {"interactions": "FULL", "items": "FULL", "users": "FULL"}
    assert shop.jobs(THIRD) == ({} if standing.imported == SECOND else whole)
    assert (await shop.world.standings.get()).imported == THIRD


async def test_what_a_run_without_rankings_learned_is_imported_later() -> None:
    """A run may change histories and ask Personalize for nothing; the next one cannot go by its own news."""
    shop = await weeks()
    await shop.open(SECOND, pairs(20_000, 20_010))
    await shop.world.training.import_data.pass_over(await shop.world.ledger.run(SECOND))
    run = await shop.run(THIRD, pairs(20_010, 20_020))
    assert shop.jobs(THIRD)["interactions"] == "FULL"
    assert run.step["import_reason"] == f"what {SECOND} learned was not imported"
    assert shop.held == shop.known


async def test_a_run_that_changed_nothing_is_passed_over() -> None:
    """The next one goes by its own news as if there had been none."""
    shop = await weeks()
    await shop.open(SECOND)
    await shop.world.training.import_data.pass_over(await shop.world.ledger.run(SECOND))
    await shop.run(THIRD, pairs(20_010, 20_020))
    assert (shop.jobs(THIRD), shop.held) == ({}, shop.known)


async def test_a_dataset_that_was_made_again_gets_everything() -> None:
    """Somebody deleted it between two runs: it has its old name and ARN, and no data."""
    shop = await weeks()
    personalize = shop.world.personalize
    first = await shop.world.ledger.run(FIRST)
    personalize.vanish(first.step["dataset_users"])
    run = await shop.run(SECOND, pairs(20_000, 20_020))
    assert shop.jobs(SECOND) == {"interactions": "FULL", "items": "FULL", "users": "FULL"}
    assert run.step["import_reason"] == "the dataset of users is new, or has another schema"


async def test_a_dataset_that_vanishes_after_its_import_is_filled_again() -> None:
    """What was decided for the old one does not count."""
    shop = await weeks(World(policy=TRAIN_ALWAYS))
    world = shop.world
    await shop.open(SECOND, pairs(20_000, 20_020))
    while (await world.ledger.run(SECOND)).step.get("step") != Step.SOLUTION:
        assert not await world.check(SECOND)
    world.personalize.vanish((await world.ledger.run(SECOND)).step["dataset_interactions"])
    run = await world.finish_training(SECOND)
    assert shop.jobs(SECOND) == {"interactions": "FULL", "items": "FULL", "users": "FULL"}
    assert run.step["import_mode_interactions"] == "full"
    assert shop.trainings == 2


async def test_an_event_tracker_that_vanishes_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Personalize calls its id invalid: that is no reason to fail the run."""
    shop = await weeks()
    world = shop.world
    await shop.open(SECOND, pairs(20_000, 20_020))
    put = world.records.put_users
    killed: list[str] = []

    async def vanish_then_put(dataset_arn: str, users: Sequence[UserRecord]) -> None:
        if not killed:
            killed.append((await world.ledger.run(SECOND)).step[EVENT_TRACKER])
            world.personalize.vanish(*killed)
        await put(dataset_arn, users)

    monkeypatch.setattr(world.records, "put_users", vanish_then_put)
    await world.finish_training(SECOND)
    assert killed
    assert shop.held == shop.known
    assert [spec.kind for spec in world.personalize.made.values()].count(Kind.EVENT_TRACKER) == 1


async def test_a_run_that_regains_its_turn_imports_everything_it_knows() -> None:
    """Another run has imported meanwhile; what this one was about to add is not all that may be missing."""
    shop = await weeks()
    world = shop.world
    await shop.open(SECOND, pairs(20_000, 20_020))
    assert not await world.check(SECOND)
    assert (await world.standings.get()).importing == SECOND
    world.turns.run_id = None
    await world.ledger.set_step(SECOND, turn_lost=THIRD)
    await shop.run(THIRD, pairs(20_020, 20_040))
    assert shop.jobs(THIRD)["interactions"] == "FULL"
    run = await world.finish_training(SECOND)
    assert run.step["import_mode_interactions"] == "full"
    after = await shop.run("run-4", pairs(20_040, 20_050))
    assert after.step["import_mode_interactions"] == "full"
    assert shop.held == shop.known


async def test_a_run_that_lost_its_turn_cannot_say_that_it_has_imported() -> None:
    """It waits until it is told, and undoes nothing of what the other one noted."""
    shop = await weeks()
    world = shop.world
    await shop.open(SECOND, pairs(20_000, 20_020))
    read = await world.standings.get()
    await world.standings.change(read, importing=THIRD)
    with pytest.raises(StandingChangedError):
        await world.standings.change(read, importing=SECOND)
    assert (await world.standings.get()).importing == THIRD


async def test_everything_can_be_imported_every_time() -> None:
    """By setting; versions are used again all the same."""
    shop = await weeks(World(only_full=True))
    run = await shop.run(SECOND, pairs(20_000, 20_020))
    assert shop.jobs(SECOND)["interactions"] == "FULL"
    assert run.step["version_choice"] == "reused"


async def test_what_is_added_to_the_history_after_another_runs_import_is_imported_later() -> None:
    """A run lost its turn while it was prepared, went on after the other one's import, and failed."""
    shop = await weeks()
    world = shop.world
    await shop.open(SECOND, pairs(20_000, 20_020))
    await shop.run(THIRD, pairs(20_020, 20_040))
    await world.known_shop.follow(SECOND)
    await world.ledger.fail(SECOND, "killed")
    after = await shop.run("run-4", pairs(20_040, 20_050))
    assert after.step["import_reason"] == f"what {SECOND} learned was not imported"
    assert shop.held == shop.known
