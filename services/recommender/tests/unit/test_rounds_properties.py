"""In whatever order and however often messages come, and wherever tasks die, the picks are the same."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import iscoroutinefunction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondly.contracts.events import (
    EventData,
    RecommendationsReady,
    RecommenderPoll,
    Round,
    SentimentScored,
)
from fondly.contracts.records import Customer
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.rankings import RANKING
from fondly.recommender.domain.run_state import RecommenderBundle
from fondly.runtime import training_minimums
from fondly.runtime.batches import batches
from fondly.runtime.runs.run import StageName
from services.recommender.tests.fakes import Shop, review
from services.recommender.tests.shops import NOW, shelf
from services.recommender.tests.world import RUN, World

EXAMPLES = 25
PARTS = 9
SCORED = SentimentScored(parts=PARTS, reviews=18)
LONGEST = 60
"""A message about a bundle makes about so many calls, each with a moment before it and one after."""
NEVER = 10**6


class KilledError(Exception):
    """The task is dead; its message comes back."""


class Moments:
    """Counts the moments just before and just after every call, and kills the task at one of them."""

    def __init__(self) -> None:
        self.left = NEVER

    def wrap(self, store: Any) -> Any:  # noqa: ANN401 - stores have no common type
        """Return the store with a moment before and after each of its calls."""
        return _Killable(store, self)

    async def around(self, call: Callable[..., Awaitable[Any]], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any call
        """Make a call, unless the task dies before it, and return its answer, unless it dies then."""
        self._pass()
        answer = await call(*arguments, **named)
        self._pass()
        return answer

    def _pass(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledError


@dataclass(frozen=True)
class _Killable:
    store: Any
    moments: Moments

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any member
        found = getattr(self.store, name)
        if not iscoroutinefunction(found):
            return found
        return lambda *arguments, **named: self.moments.around(found, *arguments, **named)


def small_shop() -> Shop:
    """Eighteen customers, of whom pairs bought the same, in nine parts, which are three bundles."""
    products = [
        *shelf(("Kitchen", "Pantry", "Tea"), 6),
        *shelf(("Kitchen", "Pantry", "Coffee"), 6),
        *shelf(("Garden", "Tools", "Rake"), 4),
    ]
    names = [one.product_id for one in products]
    people = [
        Customer(
            customer_id=f"C{n}",
            reviews=tuple(
                review(f"R{n}-{k}", names[(n // 2 * 3 + k) % len(names)], timestamp=NOW) for k in range(2)
            ),
        )
        for n in range(2 * PARTS)
    ]
    return Shop(
        products=products,
        sentiments=[],
        parts=[list(part) for part in batches(people, 2)],
        scored=[[] for _ in range(PARTS)],
    )


@dataclass(frozen=True)
class Turn:
    """Which of the waiting messages is next, at which task, if it comes again, and when the task dies."""

    which: int
    task: int
    again: bool
    dies_at: int


TURNS = st.builds(
    Turn,
    which=st.integers(0, 9),
    task=st.integers(0, 1),
    again=st.booleans(),
    dies_at=st.one_of(st.just(NEVER), st.integers(1, LONGEST)),
)


class Queue:
    """The messages of a world that wait, in the order in which they were sent."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._polls = self._bundles = 0
        self.waiting: list[EventData] = [SCORED]

    def refill(self) -> None:
        """Add what has been sent."""
        polls, bundles = self._world.polls.sent, self._world.polls.bundles
        self.waiting += [RecommenderPoll(attempt=attempt) for _, attempt in polls[self._polls :]]
        self.waiting += [RecommenderBundle(round=each, bundle=n) for _, each, n in bundles[self._bundles :]]
        self._polls, self._bundles = len(polls), len(bundles)


@pytest.fixture(scope="module", autouse=True)
def _little_is_enough() -> Iterator[None]:
    """Personalize learns from any data, so that a run with few customers is ranked."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(training_minimums, "MIN_INTERACTIONS", 1)
        patched.setattr(training_minimums, "MIN_RETURNING", 1)
        yield


async def open_small(world: World, run_id: str = RUN) -> None:
    """Open a run of the small shop, with Personalize's answer for whomever it is asked about."""
    shop = small_shop()
    await world.open(shop, run_id)
    names = [one.product_id for one in shop.products]
    for first, some in zip((1, 5, 9), batches(shop.customers, 8), strict=True):
        lines = [
            json.dumps({"input": {"userId": one.customer_id}, "output": {"recommendedItems": names[n:]}})
            for n, one in enumerate(some)
        ]
        key = personalize_keys.batch_output(run_id, first)
        await world.objects.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")


@cache
def kept_before() -> Mapping[tuple[str, ...], Mapping[str, Any]]:
    """What an earlier run has kept of the rankings of two customers in three."""

    async def earlier() -> World:
        world = World()
        await open_small(world, "run-0")
        await world.run_to_end("run-0")
        return world

    items = asyncio.run(earlier()).items.items
    return {key: item for key, item in items.items() if key[1] == RANKING and int(key[0][1:]) % 3}


async def handled(turns: list[Turn]) -> World:
    """The world after these turns, and after all messages that were left then."""
    moments = Moments()
    world = World(wrap=moments.wrap)
    world.items.items.update(await asyncio.to_thread(kept_before))
    await open_small(world)
    queue, tasks = Queue(world), [world.handler, world.task()]
    for turn in turns:
        if not queue.waiting:
            break
        message = queue.waiting.pop(turn.which % len(queue.waiting))
        moments.left = turn.dies_at
        try:
            await world.deliver(message, to=tasks[turn.task])
        except KilledError:
            tasks[turn.task] = world.task()
            queue.waiting.append(message)
        moments.left = NEVER
        queue.refill()
        if turn.again:
            queue.waiting.append(message)
    while queue.waiting:
        await world.deliver(queue.waiting.pop(0))
        queue.refill()
    return world


def outcome(world: World) -> dict[str, bytes]:
    """What others read of the run, what was counted on the way, and for whom Personalize was asked."""
    kept = ("/recommendations/", "/learned/", "/personalize/")
    return {key: body for key, body in world.objects.stored.items() if any(each in key for each in kept)}


@cache
def calm_outcome() -> dict[str, bytes]:
    """What comes of the run when nothing happens on the way."""
    return outcome(asyncio.run(handled([])))


@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.lists(TURNS, max_size=30))
def test_the_picks_are_the_same_whatever_happens_on_the_way(turns: list[Turn]) -> None:
    """Every part is announced with one id."""
    world = asyncio.run(handled(turns))
    assert outcome(world) == calm_outcome()
    announced = world.announcer.of(RecommendationsReady)
    assert {one.part for one in announced} == set(range(1, PARTS + 1))  # type: ignore[attr-defined] # narrowed by `of`
    assert len(set(world.announcer.ids)) == PARTS
    asked = [body for key, body in world.objects.stored.items() if "/personalize/input/" in key]
    assert b"".join(asked).count(b"\n") == 2 * PARTS / 3
    run = asyncio.run(world.ledger.run(RUN))
    assert run.stage(StageName.RECOMMENDER).done == set(range(1, PARTS + 1))


async def test_two_tasks_share_one_run() -> None:
    """Each has half of the bundles, at the same time as the other, under a lock of the bundle's own."""
    world = World()
    world.items.items.update(await asyncio.to_thread(kept_before))
    await open_small(world)
    tasks = [world.handler, world.task()]
    queue = Queue(world)
    while queue.waiting:
        messages, queue.waiting = queue.waiting, []
        await asyncio.gather(*(world.deliver(each, to=tasks[n % 2]) for n, each in enumerate(messages)))
        queue.refill()
    assert outcome(world) == await asyncio.to_thread(calm_outcome)
    assert len(world.announcer.announced) == PARTS
    locked = [piece for piece, _ in world.runs.locks.held if piece != "run"]
    assert sorted(locked) == sorted(f"{each}-{n:05}" for each in Round for n in (1, 2, 3))
