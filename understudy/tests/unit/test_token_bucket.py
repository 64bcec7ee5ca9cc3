"""Buckets of tokens, on a clock of their own."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.disturbance import TokenBucket


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now_s: float = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The clock of a test."""
    return Clock()


def granted(bucket: TokenBucket, calls: int) -> int:
    """Return how many of so many calls at one moment are granted."""
    return sum(bucket.take() for _ in range(calls))


def test_a_second_of_calls_may_come_at_once(clock: Clock) -> None:
    """After that, calls are granted at the rate."""
    bucket = TokenBucket(10, clock=clock)
    assert granted(bucket, 15) == 10
    clock.now_s += 0.1
    assert granted(bucket, 2) == 1
    clock.now_s += 0.35
    assert granted(bucket, 9) == 3


def test_idle_time_is_not_saved_beyond_a_second(clock: Clock) -> None:
    """An hour without calls allows no more than a second's at once."""
    bucket = TokenBucket(10, clock=clock)
    clock.now_s += 3_600
    assert granted(bucket, 100) == 10


def test_a_rate_below_one_grants_single_calls(clock: Clock) -> None:
    """Half a call a second is a call every two seconds."""
    bucket = TokenBucket(0.5, clock=clock)
    assert granted(bucket, 2) == 1
    clock.now_s += 1.9
    assert granted(bucket, 1) == 0
    clock.now_s += 0.1
    assert granted(bucket, 2) == 1


@given(rate=st.floats(0.1, 500), calls=st.integers(1, 300))
def test_calls_at_the_rate_are_never_refused(rate: float, calls: int) -> None:
    """Rounding does not take a token away."""
    clock = Clock()
    bucket = TokenBucket(rate, clock=clock)
    granted(bucket, int(rate) + 1)
    for _ in range(calls):
        clock.now_s += 1 / rate
        assert bucket.take()


@given(rate=st.floats(0.5, 100), waits=st.lists(st.floats(0, 0.5), max_size=200))
def test_no_span_of_time_grants_more_than_its_rate_and_a_burst(rate: float, waits: list[float]) -> None:
    """However calls come, they are at most a second's worth ahead of the rate."""
    clock = Clock()
    bucket = TokenBucket(rate, clock=clock)
    taken = 0
    for wait in waits:
        clock.now_s += wait
        taken += bucket.take()
    assert taken <= max(1.0, rate) + sum(waits) * rate + 1e-3


def test_a_burst_may_be_longer_than_a_second(clock: Clock) -> None:
    """A quota a minute allows a minute's calls at once."""
    bucket = TokenBucket(0.5, burst_s=60, clock=clock)
    assert granted(bucket, 40) == 30
    clock.now_s += 4
    assert granted(bucket, 40) == 2


def test_many_tokens_are_taken_together_or_not_at_all(clock: Clock) -> None:
    """What is returned can be taken again, up to what the bucket holds."""
    bucket = TokenBucket(10, clock=clock)
    assert bucket.take(7)
    assert not bucket.take(4)
    assert bucket.take(3)
    bucket.give_back(5)
    assert bucket.take(5)
    bucket.give_back(500)
    assert granted(bucket, 20) == 10
