import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TypeVar

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from encore.runtime.adaptive_rate import AdaptiveRate, Limiter
from encore.runtime.retry import PACED_TRIES, THROTTLED_TRIES
from tests.support.virtual_time import VirtualTimeLoop

Result = TypeVar("Result")
events = st.lists(st.tuples(st.booleans(), st.floats(0, 100), st.floats(0, 5)), max_size=300)


@given(quota_per_s=st.floats(0.1, 1000), happened=events, seed=st.integers(0, 1000))
def test_calls_are_never_closer_than_the_quota_allows(
    quota_per_s: float, happened: list[tuple[bool, float, float]], seed: int
) -> None:
    """There are no bursts, whatever was throttled and however long nothing was called."""
    rate = AdaptiveRate(quota_per_s, chance=random.Random(seed))  # noqa: S311 - not for security
    now, last = 0.0, -1e9
    for is_throttled, pause_s, call_s in happened:
        due = now + rate.delay(now)
        assert due - last >= 1 / quota_per_s * (1 - 1e-9) - 1e-9
        assert 0 < rate.calls_per_s < quota_per_s
        last = due
        now = due + call_s
        (rate.on_throttle if is_throttled else rate.on_success)(now, started=due)
        now += pause_s


def test_throttled_calls_of_one_round_trip_count_once() -> None:
    """Calls that were under way when the rate was lowered say nothing about the new rate."""
    once, often = (AdaptiveRate(10, chance=random.Random(1)) for _ in range(2))  # noqa: S311 - not for security
    for rate in (once, often):
        for sent in (1.0, 2.0, 3.0):
            rate.delay(sent)
            rate.on_throttle(sent + 0.5, started=sent)
    for late in range(20):
        often.on_throttle(4.0 + late / 100, started=2.4)
    assert often.calls_per_s == once.calls_per_s < 2


class Service:
    """Fails with the given errors, one call each, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def call(self) -> str:
        """Return an answer, or raise the next error."""
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def failure(code: str, status: int = 400) -> ClientError:
    """An AWS error."""
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # the relevant fields only
        "Operation",
    )


def in_virtual_time(work: Callable[[], Awaitable[Result]]) -> Result:
    """Return the result of work that waits for no real time."""

    async def run() -> Result:
        return await work()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(run())


@pytest.mark.parametrize("code", ["ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"])
def test_a_throttled_call_is_repeated(code: str) -> None:
    """The caller gets the answer, and the counts say what it took."""
    service, limiter = Service(failure(code), failure(code)), Limiter(10)
    assert in_virtual_time(lambda: limiter.run(service.call)) == "answer"
    assert (limiter.calls, limiter.throttled, service.calls) == (3, 2, 3)


def test_a_call_that_stays_throttled_is_given_up() -> None:
    """The message goes back to its queue instead of waiting for ever."""
    service, limiter = Service(*[failure("ThrottlingException")] * 100), Limiter(10)
    with pytest.raises(ClientError, match="ThrottlingException"):
        in_virtual_time(lambda: limiter.run(service.call))
    assert (service.calls, limiter.throttled) == (THROTTLED_TRIES, THROTTLED_TRIES)


def test_other_transient_failures_are_retried_and_do_not_count_as_throttled() -> None:
    """The SDK's retries are off, so the limiter does them."""
    service, limiter = Service(failure("InternalServerException", 500), TimeoutError()), Limiter(10)
    assert in_virtual_time(lambda: limiter.run(service.call)) == "answer"
    assert (service.calls, limiter.throttled) == (3, 0)
    service = Service(*[failure("InternalServerException", 500)] * 100)
    with pytest.raises(ClientError, match="InternalServerException"):
        in_virtual_time(lambda: limiter.run(service.call))
    assert service.calls == PACED_TRIES


def test_other_errors_are_raised_at_once() -> None:
    """No retry helps against a rejected text."""
    service, limiter = Service(failure("TextSizeLimitExceededException")), Limiter(10)
    with pytest.raises(ClientError, match="TextSize"):
        in_virtual_time(lambda: limiter.run(service.call))
    assert service.calls == 1


def test_calls_that_wait_together_are_spaced() -> None:
    """Twenty calls at once take their time at ten per second."""
    limiter, sent = Limiter(10), list[float]()

    async def call() -> None:
        sent.append(asyncio.get_running_loop().time())

    async def call_all() -> None:
        await asyncio.gather(*(limiter.run(call) for _ in range(20)))

    in_virtual_time(call_all)
    assert min(b - a for a, b in pairwise(sent)) >= 0.1 - 1e-9
