"""How rounds are shared out: what each message does, and what repairs a task that dies."""

from pathlib import Path

import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import PermanentError, TransientError
from fondly.contracts.events import (
    RecommendationsReady,
    RecommenderPoll,
    Round,
    parse_event,
)
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.run_state import (
    MAX_BUNDLES,
    RecommenderBundle,
    RecommenderState,
    bundle_of,
    bundles_of,
    parts_per_bundle,
)
from fondly.recommender.use_cases.study_shop import KeepLatest
from fondly.runtime import training_minimums
from fondly.runtime.queue.polls import SENT_AT_ONCE
from fondly.runtime.runs.run import Run
from services.recommender.tests.fakes import made_up_shop
from services.recommender.tests.world import RUN, TOO_LITTLE, World, crash
from tests.support.runs import START, with_state

TEN_PARTS = made_up_shop(customers=40, part_size=4)
"""Three bundles."""


@pytest.fixture
def _little_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Personalize learns from any data, so that a run with few customers is quick to pick for."""
    monkeypatch.setattr(training_minimums, "MIN_INTERACTIONS", 1)
    monkeypatch.setattr(training_minimums, "MIN_RETURNING", 1)


def bundle(in_round: Round, number: int) -> RecommenderBundle:
    """The message about a bundle."""
    return RecommenderBundle(round=in_round, bundle=number)


def a_run(parts: int, **members: object) -> Run:
    """A run of so many parts, whose state has some members."""
    run = Run(run_id=RUN, created_at=START, parts=parts)
    return with_state(run, RecommenderState().having(**members))


@pytest.mark.parametrize("parts", [1, 3, 4, 5, 999, 1_000, 1_001, 123_456])
def test_every_part_is_in_one_bundle_and_files_are_far_from_the_limit(parts: int) -> None:
    """Whatever the number of parts: in order, and never more than a quarter of what a batch job reads."""
    bundles = bundles_of(a_run(parts, bundle_parts=parts_per_bundle(parts)))
    assert [part for each in bundles for part in each.parts] == list(range(1, parts + 1))
    assert [each.number for each in bundles] == list(range(1, len(bundles) + 1))
    assert len(bundles) <= MAX_BUNDLES <= 1_000 / 4


@pytest.mark.usefixtures("_little_is_enough")
async def test_every_round_sends_a_message_for_each_bundle() -> None:
    """Ten parts are three bundles; the training waits for nobody's part."""
    world = World()
    await world.open(TEN_PARTS)
    await world.run_to_end()
    assert world.polls.bundles == [(RUN, each, n) for each in Round for n in (1, 2, 3)]
    folders = [(one, ".csv") for one in (personalize_keys.INTERACTIONS, personalize_keys.USERS)]
    for folder, end in (*folders, (personalize_keys.BATCH_INPUT, ".json")):
        names = [object_keys.personalize(RUN, f"{folder}part-{n:05}{end}") for n in range(1, 11)]
        assert [n for n, name in enumerate(names, 1) if name in world.objects.stored] == [1, 5, 9]
    lists = [one for part in range(1, 11) for one in await world.recommended(part)]
    assert [one.customer_id for one in lists] == [one.customer_id for one in TEN_PARTS.customers]


async def test_more_bundles_than_are_sent_at_a_time_are_all_sent() -> None:
    """Once each, though not in their order."""
    world = World()
    await world.open(made_up_shop(customers=40, part_size=1))
    await world.start()
    bundles = [number for _, in_round, number in world.polls.bundles if in_round is Round.PREPARE]
    assert sorted(bundles) == list(range(1, 11))
    assert len(bundles) > SENT_AT_ONCE


async def test_the_bundles_of_a_run_keep_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that makes others meanwhile would look for files that do not exist."""
    world = World()
    await world.open(TEN_PARTS)
    await world.start()
    monkeypatch.setattr("fondly.recommender.domain.run_state.FEWEST_PARTS", 1)
    await world.deliver_sent()
    assert [n for _, each, n in world.polls.bundles if each is Round.SELECT] == [1, 2, 3]
    assert len(world.announcer.of(RecommendationsReady)) == 10


@pytest.mark.parametrize("in_round", [Round.PREPARE, Round.GATHER, Round.STUDY])
async def test_a_task_that_dies_before_it_polls_polls_when_its_message_returns(
    in_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round is complete by then, and no other message would move the run on."""
    world = World()
    await world.open(TOO_LITTLE)
    await world.start()
    for before_it in list(Round)[: list(Round).index(in_round)]:
        await world.deliver(bundle(before_it, 1))
        await world.deliver(RecommenderPoll(attempt=1))
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.polls, "send", crash)
        await world.deliver(bundle(in_round, 1))
    before = len(world.polls.sent)
    await world.deliver(bundle(in_round, 1))
    assert world.polls.sent[before:] == [(RUN, 1)]
    await world.deliver(RecommenderPoll(attempt=1))  # which closes the round
    await world.deliver(bundle(in_round, 1))
    assert len(world.polls.sent) == before + 1


async def test_a_bundle_whose_work_failed_is_not_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message does it again."""
    world = World()
    await world.open(TOO_LITTLE)
    await world.start()
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.objects, "put", crash)
        await world.deliver(bundle(Round.PREPARE, 1))
    assert (await world.ledger.run(RUN)).passed(Round.PREPARE) == frozenset()
    await world.deliver(bundle(Round.PREPARE, 1))
    assert (await world.ledger.run(RUN)).passed(Round.PREPARE) == {1}


async def test_messages_that_were_lost_are_sent_again_by_the_next_attempt() -> None:
    """Only those about bundles that are left: `fondly run retry` sends such an attempt."""
    world = World()
    await world.open(TEN_PARTS)
    await world.start()
    await world.deliver(bundle(Round.PREPARE, 2))
    world.polls.bundles.clear()
    await world.deliver(RecommenderPoll(attempt=0))
    assert world.polls.bundles == [(RUN, Round.PREPARE, 1), (RUN, Round.PREPARE, 3)]


async def test_every_bundle_is_done_under_its_own_lock() -> None:
    """So that of two deliveries of one message one waits, and other bundles do not."""
    world = World()
    await world.open(TEN_PARTS)
    await world.start()
    world.runs.locks.held.clear()
    for number in (1, 2, 3):
        await world.deliver(bundle(Round.PREPARE, number))
    assert world.runs.locks.held == [(f"prepare-{n:05}", "id") for n in (1, 2, 3)]


async def test_a_bundle_of_an_ended_run_is_left_undone() -> None:
    """A newer upload may have replaced the run while its messages waited."""
    world = World()
    await world.open(TOO_LITTLE)
    await world.start()
    await world.ledger.fail(RUN, "replaced by a newer upload")
    stored = dict(world.objects.stored)
    await world.deliver(bundle(Round.PREPARE, 1))
    assert world.objects.stored == stored
    assert world.polls.sent == []


async def test_a_bundle_that_does_not_exist_is_a_permanent_error() -> None:
    """The reason says how many the run has."""
    world = World()
    await world.open(TOO_LITTLE)
    await world.start()
    with pytest.raises(PermanentError, match=f"bundle 2 of run {RUN}, which has 1"):
        await world.deliver(bundle(Round.PREPARE, 2))


@pytest.mark.usefixtures("_little_is_enough")
async def test_output_that_is_missing_is_no_reason_for_popular_products() -> None:
    """All customers of the bundle would get them; the message returns instead."""
    world = World()
    await world.open(TOO_LITTLE)
    del world.objects.stored[personalize_keys.batch_output(RUN, 1)]
    with pytest.raises(TransientError, match="the batch job's output for part 1 is missing or empty"):
        await world.run_to_end()
    assert world.announcer.announced == []


async def test_the_latest_is_made_once_and_replaced_by_another_key() -> None:
    """Also when making it failed before."""
    kept, made = KeepLatest[str](), list[str]()

    async def make() -> str:
        made.append("made")
        return "made"

    async def fail() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await kept.get("run-1", fail)
    assert [await kept.get("run-1", make) for _ in range(3)] == ["made"] * 3
    assert made == ["made"]
    await kept.get("run-2", make)
    await kept.get("run-1", make)
    assert len(made) == 3


def test_the_last_bundle_may_be_shorter() -> None:
    """It has what is left."""
    assert list(bundle_of(a_run(5, bundle_parts=4), 2).parts) == [5]


def test_a_bundle_of_an_earlier_release_is_still_read() -> None:
    """Messages may wait while a release replaces another."""
    body = (Path(__file__).parents[1] / "samples/recommender-bundle.v1.json").read_text()
    event = parse_event(body, RecommenderBundle)
    assert event.model_dump_json() == event.model_validate_json(body).model_dump_json()
