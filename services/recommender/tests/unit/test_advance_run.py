"""How polls advance a run."""

import asyncio
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import (
    DataIngested,
    RecommendationsReady,
    RecommenderPoll,
    Round,
    RunFinished,
)
from fondly.contracts.records import RecommendationSource
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.run_state import Phase
from fondly.runtime.runs.items import CONDITION_FAILED
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.runs.totals import total
from services.recommender.tests.fakes import (
    InMemoryPersonalize,
)
from services.recommender.tests.world import ENOUGH, RUN, TOO_LITTLE, World, crash


async def test_polls_advance_a_run_through_every_step() -> None:
    """Each wait and each round is one poll; then every part is stored, announced and reported."""
    world = World()
    await world.open()
    assert await world.run_to_end() == 9
    assert [attempt for _, attempt in world.polls.sent] == [1, 1, 1, 2, 3, 4, 5, 6, 7]
    assert [attempt for _, attempt in world.polls.sent_at_once] == [1, 1, 1]
    assert [data.part for data in world.announcer.of(RecommendationsReady)] == [1, 2]  # type: ignore[attr-defined] # narrowed by `of`
    recommended = await world.recommended(1)
    assert all(one.source is RecommendationSource.PERSONALIZE for one in recommended)
    ranked = {("Kitchen", "Kettles"), ("Garden", "Lanterns")}
    assert all(ranked & {pick.product.category for pick in one.picks} for one in recommended)
    assert len(world.items.items) == 3 * 240
    run = await world.ledger.run(RUN)
    assert run.stage(StageName.RECOMMENDER).done == {1, 2}
    assert world.turns.run_id is None


async def test_a_state_that_is_written_though_its_answer_is_lost_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The SDK writes it again, which the state's version forbids; the phase after it must not be skipped."""
    world = World()
    await world.open()
    write = world.runs.dynamodb.update_item

    async def answer_lost(**request: Any) -> Any:  # noqa: ANN401 - as botocore
        reply = await write(**request)
        if ":state" in request.get("ExpressionAttributeValues", {}):
            raise ClientError({"Error": {"Code": CONDITION_FAILED}}, "UpdateItem")
        return reply

    monkeypatch.setattr(world.runs.dynamodb, "update_item", answer_lost)
    await world.run_to_end()
    assert {in_round for _, in_round, _ in world.polls.bundles} == {*Round}
    assert [data.part for data in world.announcer.of(RecommendationsReady)] == [1, 2]  # type: ignore[attr-defined] # narrowed by `of`


async def test_costs_are_reported_once_however_often_steps_repeat() -> None:
    """Ingested bytes, trained interactions, one recommendation per customer."""
    world = World()
    await world.open()
    await world.run_to_end()
    reports = {report.name: report for report in await world.ledger.reports(RUN)}
    pairs = sum(len(customer.product_ids) for customer in ENOUGH.customers)
    written = sum(len(body) for key, body in world.objects.stored.items() if key.endswith(".csv"))
    assert reports["training"].units == {
        "personalize.ingested_bytes": written,
        "personalize.trained_interactions": pairs,
        "dynamodb.writes": 1,
    }
    assert reports["part-00002"].units["personalize.recommendations"] == 120
    assert reports["part-00002"].units["dynamodb.reads"] == 6 * 120
    counts = total(list(reports.values())).counts
    picks = sum(len(one.picks) for one in (*await world.recommended(1), *await world.recommended(2)))
    assert 3 * 240 <= picks <= 5 * 240
    despite = {name: count for name, count in counts.items() if name.startswith("picks_despite_")}
    assert despite.keys() == {f"picks_despite_{rule}" for rule in Rule}
    assert {name: count for name, count in counts.items() if name not in despite} == {
        "recommendations": picks,
        "customers_by_popularity": 0,
        "customers_short_of_products": 0,
        "rankings_kept": 0,
    }


async def test_duplicates_start_no_second_series_of_polls() -> None:
    """A repeated event and a stale poll do nothing."""
    world = World()
    await world.open()
    await world.train()
    await world.start()
    await world.deliver(RecommenderPoll(attempt=2))
    await world.deliver(RecommenderPoll(attempt=2))
    await world.deliver(RecommenderPoll(attempt=1))
    assert [attempt for _, attempt in world.polls.sent] == [1, 1, 1, 2, 3]


async def test_redelivery_recovers_from_a_crash_after_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    """The poll is sent before it is recorded: polls may double briefly, but never stop."""
    world = World()
    await world.open()
    await world.train()
    with monkeypatch.context() as patched:
        patched.setattr(world.ledger, "change_state", crash)
        with pytest.raises(RuntimeError):
            await world.deliver(RecommenderPoll(attempt=2))
    await world.deliver(RecommenderPoll(attempt=2))
    for _, attempt in list(world.polls.sent)[4:]:
        await world.deliver(RecommenderPoll(attempt=attempt))
    assert world.personalize.creations == len(world.personalize.made)
    assert [attempt for _, attempt in world.polls.sent].count(4) == 1


async def test_redelivery_recovers_from_a_crash_before_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded before it is sent, the poll would be dropped as stale and the run would stall."""
    world = World()
    await world.open()
    await world.train()
    with monkeypatch.context() as patched:
        patched.setattr(world.polls, "send", crash)
        with pytest.raises(RuntimeError):
            await world.deliver(RecommenderPoll(attempt=2))
    await world.deliver(RecommenderPoll(attempt=2))
    assert [attempt for _, attempt in world.polls.sent] == [1, 1, 1, 2, 3]


async def test_too_little_data_is_never_sent() -> None:
    """Below Personalize's minimums everybody gets popular products at once, marked and counted as such."""
    world = World()
    await world.open(TOO_LITTLE)
    assert await world.run_to_end() == 3
    assert world.polls.sent == world.polls.sent_at_once
    assert world.personalize.made == {}
    assert {one.source for one in await world.recommended(2)} == {RecommendationSource.POPULARITY}
    totals = total(await world.ledger.reports(RUN))
    assert totals.counts["customers_by_popularity"] == 30
    assert 3 * 30 <= totals.counts["recommendations"] <= 5 * 30


async def test_popularity_is_used_when_personalize_reports_too_little_data() -> None:
    """Its minimums may change: the run continues, and the dataset group is free for the next run."""
    reason = "Dataset has fewer than 25 users with at least 2 interactions each."
    world = World(InMemoryPersonalize(failures={Kind.SOLUTION_VERSION: reason}))
    await world.open()
    await world.run_to_end()
    state = await world.state()
    assert (state.is_ranked, state.popularity_reason) == (False, reason)
    assert len(world.announcer.of(RecommendationsReady)) == 2
    assert world.turns.run_id is None
    reports = {report.name: report for report in await world.ledger.reports(RUN)}
    assert "personalize.trained_interactions" not in reports["training"].units
    assert "personalize.ingested_bytes" in reports["training"].units


async def test_any_other_failure_fails_the_run_with_its_reason() -> None:
    """Nothing is recommended, the reason names the failed job, and the dataset group is free again."""
    reason = "Insufficient privileges for accessing data in Amazon S3."
    world = World(InMemoryPersonalize(failures={Kind.IMPORT_JOB: reason}))
    await world.open()
    await world.run_to_end()
    run = await world.ledger.run(RUN)
    assert run.status is RunStatus.FAILED
    assert run.reason == f"Personalize could not make dataset import job run-1-interactions: {reason}"
    (finished,) = world.announcer.of(RunFinished)
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == ("failed", run.reason)
    assert world.turns.run_id is None


async def test_redelivery_announces_a_failure_again() -> None:
    """A crash between record and announcement loses nothing, and the event id stays the same."""
    world = World(InMemoryPersonalize(failures={Kind.DATASET_GROUP: "no"}))
    await world.open()
    await world.train()
    await world.deliver(RecommenderPoll(attempt=1))
    assert len(world.announcer.of(RunFinished)) == 2
    assert len(set(world.announcer.ids)) == 1


async def test_a_request_over_quota_is_repeated_later() -> None:
    """Running jobs end and free the quota: the run waits instead of failing."""
    world = World(InMemoryPersonalize(busy={Kind.IMPORT_JOB}))
    await world.open()
    await world.train()
    for attempt in range(2, 7):
        await world.deliver(RecommenderPoll(attempt=attempt))
    assert (await world.state()).phase is Phase.IMPORT
    world.personalize.busy.clear()
    for attempt in range(7, 12):
        await world.deliver(RecommenderPoll(attempt=attempt))
    await world.deliver_sent()
    assert len(world.announcer.of(RecommendationsReady)) == 2


async def test_runs_of_one_dataset_group_take_turns() -> None:
    """The second run makes nothing until the first has its results, then takes its turn."""
    world = World()
    await world.open(run_id="first")
    await world.open(run_id="second")
    await world.train("first")
    await world.train("second")
    assert world.turns.run_id == "first"
    assert "solution_version" not in (await world.state("second")).resources
    await world.deliver_sent()
    assert {run for run, _ in world.announcer.announced} == {"first", "second"}


async def test_the_turn_of_an_ended_run_is_taken_over() -> None:
    """A run that ended in its turn, or is unknown, does not block the dataset group for ever."""
    world = World()
    await world.open(run_id="dead")
    await world.train("dead")
    await world.ledger.fail("dead", "killed")
    assert world.turns.run_id == "dead"
    world.polls_delivered = len(world.polls.sent)
    await world.open()
    await world.train()
    assert world.turns.run_id == RUN
    world.turns.run_id = "unknown"
    await world.deliver(RecommenderPoll(attempt=2))
    assert world.turns.run_id == RUN


async def test_a_message_of_an_ended_run_is_ignored() -> None:
    """Nothing is sent and nothing announced."""
    world = World()
    await world.open()
    await world.ledger.finish(RUN)
    await world.start()
    assert world.polls.sent == []
    assert world.announcer.announced == []


async def test_an_unexpected_event_is_a_permanent_error() -> None:
    """The queue carries three kinds of events only."""
    world = World()
    with pytest.raises(PermanentError, match="expected fondly"):
        await world.deliver(DataIngested(part=1, parts=1, key="k", customers=1, reviews=1))


async def test_one_message_of_a_run_is_handled_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of duplicates that arrive together the first makes and sends a poll; the others are stale."""
    world = World()
    await world.open()
    await world.train()
    monkeypatch.setattr(world.runs.table, "_moment", partial(asyncio.sleep, 0))  # others may go first
    await asyncio.gather(*(world.deliver(RecommenderPoll(attempt=2)) for _ in range(3)))
    assert [attempt for _, attempt in world.polls.sent] == [1, 1, 1, 2, 3]


async def test_without_rankings_personalize_is_asked_for_nothing() -> None:
    """Everybody gets products by what the shop's own data tells, and nothing is read, made or reserved."""
    world = World(asks_personalize=False, has_campaign=True, budget_usd=Decimal(1))
    await world.open()
    assert await world.run_to_end() == 3
    assert world.personalize.created == []
    assert (await world.budget.account(RUN)).committed == 0
    run = await world.ledger.run(RUN)
    assert (await world.state()).popularity_reason == "rankings are switched off"
    assert run.stage(StageName.RECOMMENDER).done == {1, 2}
    recommended = await world.recommended(1)
    assert {one.source for one in recommended} == {RecommendationSource.POPULARITY}
    assert all(3 <= len(one.picks) <= 5 for one in recommended)
    assert not [one for one in world.objects.stored if "/personalize/input/" in one]
