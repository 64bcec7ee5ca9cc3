"""Workers share a server's quota through the item of the runs table, in virtual time."""

import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from tests.support.quota import Price, Server, Span, run_workers, use

PER_MIN_S = 60.0
WORKERS = (1, 2, 6)
COMPREHEND_PER_S = 10.0
CONVERSE_PER_S = 100 / PER_MIN_S
TOKENS_PER_S = 60_000 / PER_MIN_S
PROMPT = Price(reserved=4_000, used=1_500)
"""What a prompt for copy reserves, by its `maxTokens`, and uses."""


class Case(NamedTuple):
    """A server, what is configured, and how long the workers work."""

    server: Server
    configured_per_s: float
    seconds: float
    configured_tokens_per_s: float = math.inf


def comprehend(*, configured: float = 1, seconds: float = 180, seed: int = 1) -> Case:
    """Ten calls a second, of which a second's worth may come at once."""
    server = Server(COMPREHEND_PER_S, 0.1, random.Random(seed))  # noqa: S311 - not for security
    return Case(server, COMPREHEND_PER_S * configured, seconds)


def converse(
    *, configured: float = 1, seconds: float = 900, tokens: float = 0, seed: int = 1, known: bool = True
) -> Case:
    """A hundred calls of three seconds a minute; a minute's worth may come at once."""
    chance = random.Random(seed)  # noqa: S311 - not for security
    server = Server(CONVERSE_PER_S, 3, chance, burst_s=PER_MIN_S)
    if tokens:
        server = Server(CONVERSE_PER_S, 3, chance, burst_s=PER_MIN_S, tokens_per_s=tokens, price=PROMPT)
    return Case(server, CONVERSE_PER_S * configured, seconds, tokens if tokens and known else math.inf)


def work(case: Case, spans: Sequence[Span], *, is_shared: bool = True) -> int:
    """Run one worker for each span; return how often the shared item was written."""
    return run_workers(
        case.server,
        spans,
        configured_per_s=case.configured_per_s,
        configured_tokens_per_s=case.configured_tokens_per_s,
        is_shared=is_shared,
    )


@pytest.mark.parametrize(
    ("make_case", "workers"),
    [
        *(
            pytest.param(lambda: comprehend(seconds=120), count, id=f"comprehend, {count}")
            for count in WORKERS
        ),
        *(
            pytest.param(lambda: comprehend(configured=10), count, id=f"comprehend, configured 10 x, {count}")
            for count in WORKERS
        ),
        *(pytest.param(lambda: converse(seconds=300), count, id=f"converse, {count}") for count in WORKERS),
        *(
            pytest.param(lambda: converse(configured=10), count, id=f"converse, configured 10 x, {count}")
            for count in WORKERS
        ),
        *(
            pytest.param(lambda: converse(tokens=TOKENS_PER_S, seconds=300), count, id=f"by tokens, {count}")
            for count in WORKERS
        ),
        pytest.param(
            lambda: converse(tokens=TOKENS_PER_S, known=False), 2, id="by tokens that nobody configured"
        ),
    ],
)
def test_workers_use_a_quota_fairly_and_are_hardly_throttled(
    make_case: Callable[[], Case], workers: int
) -> None:
    """Start included: nine tenths of it, under one call in twenty throttled, equal within a fifth.

    Whether what is configured is right or far too much, with requests or tokens the bottleneck.
    """
    asked = make_case()
    work(asked, [Span(0, asked.seconds)] * workers)
    found = use(asked.server, range(workers), since_s=0, until_s=asked.seconds)
    assert found.used >= 0.9
    assert found.throttled < 0.05
    assert all(0.8 <= share <= 1.2 for share in found.shares)


@pytest.mark.parametrize("workers", [3, 5, 7])
def test_any_number_of_workers_uses_all_of_a_known_quota(workers: int) -> None:
    """Nothing is throttled, and nothing is left unused because of how many they are.

    When they all start at the same moment, some first calls may be too many: a minute makes up for it.
    """
    asked = comprehend(seconds=110)
    work(asked, [Span(0, asked.seconds)] * workers)
    found = use(asked.server, range(workers), since_s=70, until_s=asked.seconds)
    assert found.used >= 0.97
    assert found.throttled == 0


def test_workers_make_room_and_take_what_is_left() -> None:
    """Who joins has an equal share within seconds and nobody is throttled; so it is when one leaves."""
    asked = comprehend()
    work(asked, [Span(0, 200), Span(0, 200), Span(30, 200), Span(60, 140)])
    for workers, since_s, until_s in ((2, 10, 30), (3, 40, 60), (4, 75, 140), (3, 155, 200)):
        found = use(asked.server, range(workers), since_s=since_s, until_s=until_s)
        assert found.used >= 0.95
        assert found.throttled == 0
        assert all(0.9 <= share <= 1.1 for share in found.shares)


@pytest.mark.parametrize("apart_s", [0, 0.3])
def test_workers_that_begin_together_use_the_quota_within_seconds(apart_s: float) -> None:
    """Each uses little until the others know of it: as many as there are, no call is throttled for it."""
    asked = comprehend(seconds=20)
    work(asked, [Span(number * apart_s, 20) for number in range(6)])
    assert use(asked.server, range(6), since_s=0, until_s=20).used >= 0.94
    assert not asked.server.throttled
    fast = Server(100, 0.05, random.Random(1))  # noqa: S311 - not for security
    run_workers(fast, [Span(number * apart_s, 10) for number in range(6)])
    assert not fast.throttled


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param((20, 40, 50, 60, 80, 100), id="one after the other has done its work"),
        pytest.param((2, 2, 2, 2, 2, 220), id="one has nearly all the work"),
        pytest.param((40, 40, 40, 40, 40, 150), id="one has more than the others"),
    ],
)
def test_who_has_no_work_left_leaves_its_share_to_those_who_have(calls: Sequence[int]) -> None:
    """From the first call to the last, nine tenths of the quota are used, and no call is throttled."""
    server = Server(3.2, 1, random.Random(1), burst_s=PER_MIN_S)  # noqa: S311 - not for security
    run_workers(server, [Span(0.2 * number, 300, each) for number, each in enumerate(calls)])
    last = max(at for times in server.scored.values() for at in times)
    found = use(server, range(len(calls)), since_s=0, until_s=last)
    assert sum(len(each) for each in server.scored.values()) == sum(calls)
    assert found.used >= 0.91
    assert found.throttled == 0


@pytest.mark.parametrize(("configured", "first"), [(1, 10), (10, 20)])
def test_the_shared_item_is_written_seldom(configured: float, first: int) -> None:
    """Every three seconds by each, besides the first ones, while nothing changes: 1,200 times an hour.

    Who has found out what the server allows tells it once.
    """
    asked = converse(configured=configured, seconds=150)
    writes = work(asked, [Span(0, 150)] * 6)
    assert writes / 6 <= 150 / 3 + first


def test_a_worker_never_exceeds_the_configured_quota() -> None:
    """A server that takes everything is asked no more often than that."""
    server = Server(1_000, 0.02, random.Random(1))  # noqa: S311 - not for security
    run_workers(server, [Span(0, 60)], configured_per_s=10)
    arrived = server.scored[0]
    assert len(arrived) <= 10 * 60 + 10
    assert min(b - a for a, b in zip(arrived, arrived[20:], strict=False)) >= 0.9


def test_workers_that_cannot_reach_one_another_still_adapt() -> None:
    """Each goes on alone: less evenly, and with more calls throttled, but the quota is used."""
    asked = comprehend(seconds=300)
    work(asked, [Span(0, 300)] * 3, is_shared=False)
    found = use(asked.server, range(3), since_s=0, until_s=300)
    assert found.used >= 0.9
    assert found.throttled < 0.05
