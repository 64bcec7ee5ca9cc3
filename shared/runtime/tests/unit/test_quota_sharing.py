"""Workers that know nothing of one another share a server's quota, in virtual time."""

import random
from statistics import fmean

import pytest

from tests.support.quota import Server, Span, run_workers, use

MINUTES = 120.0
SEEDS = range(3)


def server(quota_per_s: float, *, seed: int, call_s: float = 0.02, burst: float | None = None) -> Server:
    """A server whose bucket holds a second's calls, unless given otherwise."""
    return Server(quota_per_s, burst or quota_per_s, call_s, random.Random(seed))  # noqa: S311 - not for security


@pytest.mark.parametrize("call_s", [0.02, 0.6])
@pytest.mark.parametrize("workers", [1, 4])
def test_workers_use_the_quota_fairly_and_are_hardly_throttled(workers: int, call_s: float) -> None:
    """In the first two minutes, start included: nine tenths used, under 2 % throttled, equal within 30 %."""
    throttled = []
    for seed in SEEDS:
        asked = server(10, call_s=call_s, seed=seed)
        run_workers(asked, [Span(0, MINUTES)] * workers)
        found = use(asked, range(workers), since_s=0, until_s=MINUTES)
        assert found.used >= 0.9
        assert all(0.7 <= share <= 1.3 for share in found.shares)
        throttled.append(found.throttled)
    assert fmean(throttled) < 0.02
    assert max(throttled) < 0.04


@pytest.mark.parametrize("call_s", [0.02, 0.6])
def test_a_large_quota_is_shared_as_well(call_s: float) -> None:
    """A hundred calls a second by four workers."""
    asked = server(100, call_s=call_s, seed=1)
    run_workers(asked, [Span(0, 25)] * 4)
    found = use(asked, range(4), since_s=0, until_s=25)
    assert found.used >= 0.9
    assert found.throttled < 0.02
    assert all(0.7 <= share <= 1.3 for share in found.shares)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_small_quota_keeps_being_used(seed: int) -> None:
    """Two calls a second tell four workers little: more are throttled, but most of the quota is used."""
    asked = server(2, seed=seed)
    run_workers(asked, [Span(0, 240)] * 4)
    found = use(asked, range(4), since_s=0, until_s=240)
    assert found.used >= 0.6
    assert found.throttled < 0.2
    assert min(found.shares) > 0.1


@pytest.mark.parametrize("quota_per_s", [2, 10])
def test_one_worker_needs_no_burst(quota_per_s: float) -> None:
    """Its calls are spaced: a bucket of a single call throttles next to none."""
    asked = server(quota_per_s, burst=1, seed=1)
    run_workers(asked, [Span(0, 300)])
    found = use(asked, [0], since_s=0, until_s=300)
    assert found.used >= 0.9
    assert found.throttled < 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_workers_make_room_and_take_what_is_left(seed: int) -> None:
    """A third and a fourth worker get a share of a quota in use; when one stops, the others use its share."""
    asked = server(10, seed=seed, call_s=0.1)
    run_workers(asked, [Span(0, 400), Span(0, 400), Span(30, 400), Span(60, 260)])
    all_four = use(asked, range(4), since_s=180, until_s=260)
    assert all_four.used >= 0.9
    assert all_four.throttled < 0.05
    assert min(all_four.shares) >= 0.4
    remaining = use(asked, range(3), since_s=320, until_s=400)
    assert remaining.used >= 0.8


def test_a_worker_never_exceeds_the_configured_quota() -> None:
    """A server that takes everything is asked no more often than that."""
    asked = server(1000, seed=1)
    run_workers(asked, [Span(0, MINUTES)], configured_per_s=10)
    arrived = asked.scored[0]
    assert max(b - a for a, b in zip(arrived, arrived[10:], strict=False)) < 5
    assert min(b - a for a, b in zip(arrived, arrived[10:], strict=False)) >= 1.0


def test_a_quota_below_the_configured_one_is_found() -> None:
    """Someone else may use a part of the account's quota."""
    asked = server(4, seed=1)
    run_workers(asked, [Span(0, 300)] * 2, configured_per_s=10)
    found = use(asked, range(2), since_s=60, until_s=300)
    assert found.used >= 0.7
    assert found.throttled < 0.05
