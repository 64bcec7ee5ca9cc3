"""Runs that ask a campaign: what they ask and pay, what they survive, and what becomes of the campaign."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from encore.contracts.events import CampaignPoll, RecommendationsReady, RecommenderBundle, Round
from encore.contracts.records import RecommendationSource
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.campaigns import Idleness, WatchedCampaign
from encore.recommender.domain.engines import Engine, EngineName
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.version_policy import VersionPolicy
from encore.recommender.ports import NotReadyError, Promotion, RefusedError
from encore.recommender.use_cases.ask_campaign import CUSTOMERS_PER_FILE
from encore.runtime.runs.run import RunStatus
from services.recommender.tests.world import ENOUGH, MANY, MANY_PARTS, RUN, World, crash
from tests.support.runs import START

CAMPAIGN = Engine.of(EngineName.CAMPAIGN)
ARN = "arn:campaign:shop"
POLLS = 4
"""An hour of idleness in polls: SQS delays each by a quarter of one."""


async def in_round(world: World) -> None:
    """Advance a run until it has sent the messages about whom to ask, and none of them has been handled."""
    await world.start()
    for _ in range(MANY):
        bundles = world.polls.bundles
        if bundles and bundles[-1][1] is Round.ASK:
            return
        if world.bundles_delivered < len(bundles):
            await world.deliver_bundles()
        else:
            await world.deliver_next_poll()
    raise AssertionError("the run never asks")


async def finished(world: World, parts: int = 2) -> None:
    """Assert that the run has recommended to everybody by Personalize's rankings."""
    assert len(world.announcer.of(RecommendationsReady)) == parts
    recommended = [one for part in range(1, parts + 1) for one in await world.recommended(part)]
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}


async def test_each_customer_is_asked_for_once_and_selection_reads_what_a_batch_job_would_leave() -> None:
    """One request, one ranking on the bill, in the file of a batch job that is not made."""
    world = World(engine=CAMPAIGN)
    await world.open(ENOUGH)
    await world.run_to_end()
    await finished(world)
    assert sorted(name for name, _ in world.campaign.requests) == sorted(
        one.customer_id for one in ENOUGH.customers
    )
    lines = world.objects.stored[personalize_keys.batch_output(RUN, 1)].splitlines()
    assert json.loads(lines[0]) == {
        "input": {"userId": "C0"},
        "output": {"recommendedItems": ["P9red", "P40blue"]},
        "error": None,
    }
    reports = await world.ledger.reports(RUN)
    assert sum(one.units.get("personalize.recommendations", 0) for one in reports) == 600
    assert not any(one.kind is Kind.BATCH_JOB for one in world.personalize.made.values())
    _, request = world.campaign.requests[0]
    assert (request.campaign_arn, request.num_results, request.promotion) == (ARN, 50, None)
    assert request.filter_arn in world.personalize.made


async def test_the_turn_ends_only_when_everybody_has_been_asked_for() -> None:
    """Another run would update the campaign to its own version in the middle."""
    world = World(engine=CAMPAIGN)
    await world.open(ENOUGH)
    await in_round(world)
    turns = [world.turns.run_id]
    await world.deliver_sent()
    assert [*turns, world.turns.run_id] == [RUN, None]
    await finished(world)


async def test_bundles_are_asked_for_by_whichever_tasks_are_free() -> None:
    """Ten parts are three bundles, each with a file of its own."""
    world = World(engine=CAMPAIGN)
    await world.open(MANY_PARTS)
    await world.run_to_end()
    await finished(world, parts=10)
    assert len(world.campaign.requests) == 600
    files = [personalize_keys.batch_output(RUN, n) for n in range(1, 11)]
    assert [n for n, key in enumerate(files, start=1) if key in world.objects.stored] == [1, 5, 9]


async def test_a_task_that_is_killed_asks_only_for_whom_no_answer_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Answers are stored some hundred at a time: no more is ever asked, and paid for, twice."""
    world = World(engine=CAMPAIGN)
    await world.open(ENOUGH)
    await in_round(world)
    asking = RecommenderBundle(round=Round.ASK, bundle=1)
    put, puts = world.objects.put, 0

    async def put_once(key: str, body: bytes, *, content_type: str) -> None:
        nonlocal puts
        puts += 1
        if puts == 2:
            raise RuntimeError
        await put(key, body, content_type=content_type)

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.objects, "put", put_once)
        await world.deliver(asking)
    assert len(world.campaign.requests) == 600
    await world.deliver(asking)
    assert len(world.campaign.requests) == 600 + 600 - CUSTOMERS_PER_FILE
    await world.deliver_sent()
    await finished(world)


async def test_a_customer_who_is_refused_gets_popular_products_and_the_others_their_own() -> None:
    """As with an error line of a batch job."""
    world = World(engine=CAMPAIGN)
    world.campaign.refused = {"C3"}
    await world.open(ENOUGH)
    await world.run_to_end()
    by_popularity = [
        one.customer_id
        for part in (1, 2)
        for one in await world.recommended(part)
        if one.source is RecommendationSource.POPULARITY
    ]
    assert by_popularity == ["C3"]


async def test_if_all_are_refused_nobody_gets_popular_products_because_of_it() -> None:
    """Something else is wrong, such as a filter that is not active: the message fails and comes back."""
    world = World(engine=CAMPAIGN)
    world.campaign.refused = {one.customer_id for one in ENOUGH.customers}
    await world.open(ENOUGH)
    await in_round(world)
    with pytest.raises(RefusedError):
        await world.deliver(RecommenderBundle(round=Round.ASK, bundle=1))
    world.campaign.refused = set()
    await world.deliver_sent()
    await finished(world)


async def test_a_campaign_that_is_gone_in_the_middle_is_made_again() -> None:
    """The run goes back to the step that makes it, without another training, and asks for those left."""
    world = World(engine=CAMPAIGN)
    await world.open(MANY_PARTS)
    await in_round(world)
    await world.deliver(RecommenderBundle(round=Round.ASK, bundle=2))
    world.personalize.vanish(ARN)
    await world.deliver_sent()
    await finished(world, parts=10)
    assert sorted(name for name, _ in world.campaign.requests) == sorted(
        one.customer_id for one in MANY_PARTS.customers
    )
    assert sum(arn.startswith("arn:solution version") for arn in world.personalize.created) == 1
    assert world.personalize.created.count(ARN) == 2


async def test_a_run_gives_up_when_the_campaign_keeps_vanishing() -> None:
    """Who deletes it again and again means it."""
    world = World(engine=CAMPAIGN)
    await world.open(ENOUGH)
    await in_round(world)
    for attempt in range(6):
        if attempt:
            await world.advance()
        world.personalize.vanish(ARN)
        await world.deliver(RecommenderBundle(round=Round.ASK, bundle=1))
        world.bundles_delivered = len(world.polls.bundles)
    run = await world.ledger.run(RUN)
    assert run.status is RunStatus.FAILED
    assert "was gone 6 times" in (run.reason or "")


async def test_a_later_run_updates_the_campaign_to_its_own_version() -> None:
    """It waits until the update is done, so nobody is ranked by the earlier version."""
    world = World(engine=CAMPAIGN, ranking_days=0, policy=VersionPolicy(days=0))
    for run_id in (RUN, "run-2"):
        await world.open(ENOUGH, run_id)
        await world.run_to_end(run_id)
    assert world.personalize.created.count(ARN) == 1
    made = world.personalize.made.items()
    versions = [arn for arn, spec in made if spec.kind is Kind.SOLUTION_VERSION]
    assert [*dict.fromkeys(world.campaign.versions)] == versions
    assert len(versions) == 2


async def test_a_run_that_uses_an_earlier_version_asks_the_campaign_as_it_is() -> None:
    """Nothing is trained or updated, and filters and campaign are found again."""
    world = World(engine=CAMPAIGN, ranking_days=0)
    for run_id in (RUN, "run-2"):
        await world.open(ENOUGH, run_id)
        await world.run_to_end(run_id)
    kinds = [spec.kind for spec in world.personalize.made.values()]
    assert [kinds.count(each) for each in (Kind.SOLUTION_VERSION, Kind.CAMPAIGN, Kind.FILTER)] == [1, 1, 1]
    assert len(world.campaign.requests) == 2 * len(ENOUGH.customers)


async def test_a_run_that_lost_its_turn_while_asking_asks_by_its_own_version() -> None:
    """Another run has updated the campaign meanwhile: it is updated back before anybody else is asked for."""
    world = World(engine=CAMPAIGN)
    await world.open(MANY_PARTS)
    await in_round(world)
    await world.deliver(RecommenderBundle(round=Round.ASK, bundle=1))
    campaign = world.personalize.made[ARN]
    own = campaign.request["solutionVersionArn"]
    campaign.request["solutionVersionArn"] = "arn:another"  # type: ignore[index] # what the other run does
    await world.ledger.set_step(RUN, turn_lost="run-2")
    await world.advance()
    assert world.personalize.made[ARN].request["solutionVersionArn"] == own
    await world.deliver_sent()
    await finished(world, parts=10)
    assert set(world.campaign.versions) == {own}


async def test_promotions_are_asked_for_with_their_own_filter() -> None:
    """A share of what is recommended are new products."""
    world = World(engine=CAMPAIGN, promote_new_percent=20)
    await world.open(ENOUGH)
    await world.run_to_end()
    promotions = {request.promotion for _, request in world.campaign.requests}
    [arn] = [arn for arn, one in world.personalize.made.items() if one.key == "promotion_filter"]
    assert promotions == {Promotion("new-products", 20, arn)}


# What becomes of the campaign


async def idle(world: World) -> None:
    """Run to the end, so that nobody uses the campaign any more."""
    await world.open(ENOUGH)
    await world.run_to_end()
    assert ARN in world.personalize.made


async def test_an_idle_campaign_is_deleted_and_its_watch_ends() -> None:
    """After an hour of polls without a sign of use: AWS bills it for as long as it exists."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    assert {delay for *_, delay in world.polls.campaign_polls} == {900}
    assert await world.deliver_campaign_polls(POLLS) == POLLS
    assert ARN in world.personalize.made, "the first poll sees only that it has been used since"
    assert await world.deliver_campaign_polls(MANY) == 1
    assert ARN not in world.personalize.made
    assert await world.watched.get() is None


async def hours(world: World, run_id: str) -> Decimal:
    """For how many hours of a campaign a run's reports have it pay."""
    reports = await world.ledger.reports(run_id)
    return sum((one.units.get("personalize.campaign_tps_hours", Decimal(0)) for one in reports), Decimal(0))


async def test_a_campaign_is_on_the_bill_of_the_run_for_which_it_is_kept() -> None:
    """From when it is made until another run keeps it, or it is deleted, used or not."""
    world = World(engine=CAMPAIGN, ranking_days=0)
    await idle(world)
    world.now += timedelta(hours=2)
    await world.open(ENOUGH, "run-2")
    await world.run_to_end("run-2")
    assert await hours(world, RUN) == 2
    world.now += timedelta(minutes=75)
    await world.deliver_campaign_polls(MANY)
    assert [await hours(world, RUN), await hours(world, "run-2")] == [2, Decimal("1.25")]


async def test_a_campaign_in_use_stays() -> None:
    """Each use begins the hour anew."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    for _ in range(3):
        assert await world.deliver_campaign_polls(POLLS) == POLLS
        await world.rest_campaign.use()
    assert ARN in world.personalize.made
    await world.deliver_campaign_polls(MANY)
    assert ARN not in world.personalize.made


async def test_a_campaign_that_answers_slowly_is_in_use_all_the_while() -> None:
    """Signs of use come more often than polls look for them, however long one answer takes."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    slow = replace(world.rest_campaign, idleness=Idleness(1, 1))
    seen: set[str] = set()
    async with slow.in_use(), asyncio.timeout(30):
        while len(seen) < 3:
            found = await world.watched.get()
            assert found
            seen.add(found.beat)
            await asyncio.sleep(0.05)
    assert slow.idleness.sign_s < slow.idleness.delay_s


@pytest.mark.parametrize("method", ["rest", "forget", "polled"])
async def test_a_task_killed_between_two_steps_of_the_watch_leaves_a_campaign_that_is_still_deleted(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its message comes back, and goes on with what was recorded."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    with monkeypatch.context() as patched:
        patched.setattr(world.watched.__class__, method, crash)
        for _ in range(POLLS + 1):
            try:
                await world.deliver_campaign_polls(1)
            except RuntimeError:
                world.campaign_polls_delivered -= 1  # the message comes back
                break
        else:
            raise AssertionError("nothing was killed")
    await world.deliver_campaign_polls(MANY)
    assert ARN not in world.personalize.made
    assert await world.watched.get() is None


async def test_a_task_killed_before_the_deletion_leaves_it_to_whoever_comes_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that wants the campaign goes on with the deletion, then makes it anew."""
    world = World(engine=CAMPAIGN, ranking_days=0)
    await idle(world)
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.personalize, "delete", crash)
        await world.deliver_campaign_polls(POLLS + 1)
    found = await world.watched.get()
    assert found
    assert found.is_resting
    await world.rest_campaign.use()
    assert (await world.watched.get()) == found, "a use comes too late"
    await world.open(ENOUGH, "run-2")
    await world.run_to_end("run-2")
    assert world.personalize.created.count(ARN) == 2
    assert len(world.announcer.of(RecommendationsReady)) == 4


async def test_a_lost_message_is_made_up_for_by_the_next_run() -> None:
    """Each run begins a watch of its own; the messages of the one before are dropped."""
    world = World(engine=CAMPAIGN, ranking_days=0)
    await idle(world)
    lost = world.polls.campaign_polls.pop()
    await world.open(ENOUGH, "run-2")
    await world.run_to_end("run-2")
    owner, poll, _ = lost
    before = len(world.polls.campaign_polls)
    await world.deliver(poll, owner)
    assert len(world.polls.campaign_polls) == before
    await world.deliver_campaign_polls(MANY)
    assert ARN not in world.personalize.made


async def test_doubled_messages_become_single_again() -> None:
    """SQS delivers at least once, and a task may die between sending the next and ending its own."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    owner, poll, _ = world.polls.campaign_polls[0]
    await world.deliver(poll, owner)
    await world.deliver_campaign_polls(1)
    await world.deliver(poll, owner)
    await world.deliver_campaign_polls(MANY)
    assert ARN not in world.personalize.made
    assert len(world.polls.campaign_polls) <= POLLS + 3


async def test_a_campaign_that_is_busy_is_deleted_later() -> None:
    """Personalize refuses to delete what it is changing."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    world.personalize.busy.add(Kind.CAMPAIGN)
    await world.deliver_campaign_polls(POLLS + 3)
    assert ARN in world.personalize.made
    world.personalize.busy.clear()
    await world.deliver_campaign_polls(MANY)
    assert ARN not in world.personalize.made


async def test_a_run_waits_while_the_campaign_is_being_deleted() -> None:
    """It is told to come back, not that something is wrong."""
    world = World(engine=CAMPAIGN)
    await idle(world)
    world.personalize.busy.add(Kind.CAMPAIGN)
    await world.deliver_campaign_polls(POLLS + 1)
    with pytest.raises(NotReadyError):
        await world.rest_campaign.require(await world.ledger.run(RUN))


@pytest.mark.parametrize(
    ("idle_s", "polls", "delay_s"), [(3600, 4, 900), (600, 1, 600), (901, 2, 451), (3, 1, 3), (0.2, 1, 1)]
)
def test_idleness_is_counted_in_as_few_polls_as_sqs_allows(idle_s: float, polls: int, delay_s: int) -> None:
    """It delays a message by a quarter of an hour at most."""
    assert Idleness.of(idle_s) == (polls, delay_s)
    assert polls * delay_s >= idle_s


def test_only_as_many_quiet_polls_in_a_row_show_idleness() -> None:
    """A new beat in between counts from the beginning."""
    idleness, poll = Idleness.of(1800), CampaignPoll(watch="w", number=0, beat="a")
    used, quiet = (WatchedCampaign("w", 0, beat, RUN, START) for beat in ("b", "a"))
    assert idleness.following(poll, used) == CampaignPoll(watch="w", number=1, beat="b", quiet=0)
    once = idleness.following(poll, quiet)
    assert once.quiet == 1
    assert not idleness.is_over(poll, quiet)
    assert idleness.is_over(once, quiet)
    assert not idleness.is_over(once, used)
