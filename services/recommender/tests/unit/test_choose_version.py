"""Which version a run uses: one that there is, its own, or the better one of two."""

from datetime import timedelta

import pytest

from encore.recommender.domain.plan import Step
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.standing import Version
from encore.recommender.domain.version_policy import VersionPolicy
from services.recommender.tests.fakes import InMemoryPersonalize
from services.recommender.tests.weeks import Weeks, pairs
from services.recommender.tests.world import KEEP, World

TRAIN_ALWAYS = VersionPolicy(days=0)
RUNS = [f"run-{number}" for number in range(1, 8)]


def shop_with(ndcg: dict[str, float], policy: VersionPolicy) -> Weeks:
    """A shop whose runs train versions of a given quality."""
    return Weeks(World(InMemoryPersonalize(ndcg=ndcg), policy=policy))


async def in_use(shop: Weeks) -> Version:
    """The version in use."""
    found = (await shop.world.standings.get()).in_use
    assert found
    return found


async def test_a_worse_version_is_not_used() -> None:
    """The run goes on with the earlier one, says so, and has paid for both."""
    shop = shop_with({"run-1": 0.5, "run-2": 0.4}, TRAIN_ALWAYS)
    first = await shop.run("run-1", pairs(0, 2_000))
    second = await shop.run("run-2", pairs(2_000, 4_000))
    assert second.step["solution_version"] == first.step["solution_version"]
    assert second.step["version_choice"] == "earlier"
    assert second.step["version_reason"] == (
        "NDCG@25 of the version trained is 0.4000, of the one in use 0.5000"
    )
    assert second.step["version_run"] == "run-1"
    own = shop.world.personalize.made[second.step["trained_version"]]
    assert own.name == "run-2"
    job = shop.world.personalize.made[second.step["batch_job"]]
    assert job.request["solutionVersionArn"] == first.step["solution_version"]
    reports = {one.name: one for one in await shop.world.ledger.reports("run-2")}
    assert reports["training"].counts == {"versions_refused": 1}
    assert reports["training"].units["personalize.trained_interactions"] == 4_000
    assert (await in_use(shop)).run_id == "run-1"


async def test_a_version_that_is_hardly_worse_is_used() -> None:
    """Metrics are measured on few customers: newer data counts more than a small difference."""
    shop = shop_with({"run-1": 0.5, "run-2": 0.46}, TRAIN_ALWAYS)
    await shop.run("run-1", pairs(0, 2_000))
    second = await shop.run("run-2", pairs(2_000, 4_000))
    assert second.step["version_choice"] == "trained"
    assert (await in_use(shop)).run_id == "run-2"


async def test_a_worse_version_is_used_when_told_to() -> None:
    """Also later, without another training."""
    shop = shop_with({"run-1": 0.5, "run-2": 0.1}, VersionPolicy(accept_worse=True))
    await shop.run("run-1", pairs(0, 2_000))
    second = await shop.run("run-2", pairs(2_000, 4_000))
    assert second.step["version_choice"] == "trained"
    shop = shop_with({"run-1": 0.5, "run-2": 0.1}, VersionPolicy())
    await shop.run("run-1", pairs(0, 2_000))
    await shop.run("run-2", pairs(2_000, 4_000))
    assert (await in_use(shop)).run_id == "run-1"
    told = World(policy=VersionPolicy(accept_worse=True))
    told.ledger, told.standings = shop.world.ledger, shop.world.standings
    choosing = told.training.choose_version
    object.__setattr__(shop.world.training.choose_version, "policy", choosing.policy)
    third = await shop.run("run-3", pairs(4_000, 4_010))
    assert (third.step["version_choice"], third.step["version_run"]) == ("reused", "run-2")
    assert (await in_use(shop)).run_id == "run-2"
    assert shop.trainings == 2


async def test_after_a_worse_version_no_other_is_trained_at_once() -> None:
    """It would hardly be better, and would be paid for."""
    shop = shop_with({"run-1": 0.5, "run-2": 0.1}, VersionPolicy())
    await shop.run("run-1", pairs(0, 2_000))
    await shop.run("run-2", pairs(2_000, 4_000))
    third = await shop.run("run-3", pairs(4_000, 4_010))
    assert (third.step["version_choice"], third.step["version_run"]) == ("reused", "run-1")
    assert shop.trainings == 2
    shop.world.now += timedelta(days=14)
    fourth = await shop.run("run-4", pairs(4_010, 4_020))
    assert fourth.step["version_choice"] == "trained"


@pytest.mark.parametrize("step", [Step.IMPORT, Step.INFER])
async def test_a_version_that_vanished_is_trained_anew(step: Step) -> None:
    """Somebody has deleted it while a run was about to use it again; nothing is imported twice."""
    shop = Weeks(World())
    first = await shop.run("run-1", pairs(0, 2_000))
    await shop.open("run-2", pairs(2_000, 2_010))
    while (await shop.world.ledger.run("run-2")).step.get("step", Step.SET_UP) != step:
        assert not await shop.world.check("run-2")
    shop.world.personalize.vanish(first.step["solution"])
    second = await shop.world.finish_training("run-2")
    assert second.step["version_choice"] == "trained"
    assert second.step["version_run"] == "run-2"
    assert second.step["version_reason"] == "the version in use no longer exists"
    assert shop.world.personalize.made[second.step["solution_version"]].name == "run-2"
    assert shop.trainings == 2
    assert shop.held == shop.known


async def test_the_better_version_may_vanish_before_the_batch_job() -> None:
    """The run has a version of its own, for which it does not pay again."""
    shop = shop_with({"run-1": 0.5, "run-2": 0.1}, TRAIN_ALWAYS)
    first = await shop.run("run-1", pairs(0, 2_000))
    await shop.open("run-2", pairs(2_000, 2_010))
    while (await shop.world.ledger.run("run-2")).step.get("step") != Step.INFER:
        assert not await shop.world.check("run-2")
    assert (await shop.world.ledger.run("run-2")).step["version_choice"] == "earlier"
    shop.world.personalize.vanish(first.step["solution"])
    second = await shop.world.finish_training("run-2")
    assert second.step["version_choice"] == "trained"
    assert shop.world.personalize.made[second.step["solution_version"]].name == "run-2"
    assert (shop.trainings, second.step["trainings"]) == (2, "1")


async def test_the_solution_of_a_version_in_use_is_never_removed() -> None:
    """However many runs come after it; their own solutions go, and so do its run's files."""
    shop = shop_with({"run-1": 0.9}, TRAIN_ALWAYS)
    for number, run_id in enumerate(RUNS):
        run = await shop.run(run_id, pairs(2_000 * number, 2_000 * (number + 1)))
        await shop.world.remove_old_runs.run(run)
        await shop.world.ledger.finish(run_id)
    made = shop.world.personalize.made.values()
    left = [each.name for each in made if each.kind is Kind.SOLUTION]
    assert left == ["shop-run-1", *(f"shop-{run_id}" for run_id in RUNS[-KEEP:])]
    assert not any(key.startswith("runs/run-1/") for key in shop.world.objects.stored)
    assert run.step["version_run"] == "run-1"


async def test_metrics_are_kept_with_the_run_and_the_standing() -> None:
    """So that people see them, and the next version is compared with this one."""
    shop = shop_with({"run-1": 0.5}, VersionPolicy())
    run = await shop.run("run-1", pairs(0, 2_000))
    assert run.step["version_metrics"] == '{"normalized_discounted_cumulative_gain_at_25": 0.5}'
    version = await in_use(shop)
    assert (version.ndcg, version.interactions, version.arn) == (0.5, 2_000, run.step["solution_version"])
