import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TypeVar

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from fondly.runtime.metrics import Metric
from fondly.runtime.quota.allowance import Allowance, Kind
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.turns import StoppingError, WithdrawnError
from fondly.runtime.retry import PACED_TRIES, ExhaustedError
from tests.support.virtual_time import VirtualTimeLoop

Result = TypeVar("Result")
events = st.lists(st.tuples(st.booleans(), st.floats(0, 100), st.floats(0, 5)), max_size=100)


@given(quota_per_s=st.floats(0.1, 1000), happened=events, seed=st.integers(0, 1000))
def test_no_second_has_more_calls_than_the_quota(
    quota_per_s: float, happened: list[tuple[bool, float, float]], seed: int
) -> None:
    """Whatever was throttled and however long nothing was called: at most a second's worth besides."""
    allowance = Allowance(quota_per_s, chance=random.Random(seed))  # noqa: S311 - not for security
    allowance.begin(0.0)
    now, sent = 0.0, list[float]()
    for is_throttled, pause_s, call_s in happened:
        now += (delay_s := allowance.delay(now, 0))
        assert allowance.delay(now, 0) <= delay_s * 1e-6 + 1e-6
        allowance.take(now, 0)
        sent.append(now)
        assert 0 < allowance.per_s(Kind.REQUESTS, now) < quota_per_s
        if is_throttled:
            allowance.throttled(now + call_s, Kind.REQUESTS, started=now, tokens=0)
            now += call_s
        now += pause_s
    for first, since in enumerate(sent):
        within = sum(each < since + 1 for each in sent[first:])
        assert within <= 2 * max(1.0, quota_per_s) + 1e-6


def test_throttled_calls_of_one_round_trip_count_once() -> None:
    """Calls that were under way when the rate was lowered say nothing about the new rate."""
    allowance = Allowance(10, chance=random.Random(1))  # noqa: S311 - not for security
    for sent in range(6):
        allowance.take(sent / 10, 0)
    assert allowance.throttled(1.0, Kind.REQUESTS, started=0.5, tokens=0)
    after = allowance.per_s(Kind.REQUESTS, 1.0)
    for late in range(20):
        assert not allowance.throttled(1.1 + late / 100, Kind.REQUESTS, started=0.9, tokens=0)
    assert allowance.per_s(Kind.REQUESTS, 1.0) == after < 9.8


def test_a_call_reserves_tokens_and_gives_back_what_it_did_not_use() -> None:
    """600 tokens a minute: calls that reserve 100 of them and use 10 need not wait for 100 each."""
    allowance = Allowance(1_000, 10, chance=random.Random(1))  # noqa: S311 - not for security
    allowance.begin(0.0)
    assert allowance.delay(20.0, 100) == 0
    allowance.take(20.0, 100)
    before = allowance.delay(20.0, 100)
    allowance.succeeded(20.0, reserved=100, used=10)
    assert before == pytest.approx(0, abs=0.3) or allowance.delay(20.0, 100) < before
    sent, now = 0, 20.0
    while now < 620.0:
        now += allowance.delay(now, 100)
        allowance.take(now, 100)
        allowance.succeeded(now + 0.5, reserved=100, used=10)
        now, sent = now + 0.5, sent + 1
    assert sent == pytest.approx(0.98 * 600, rel=0.05)


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
def test_a_throttled_call_is_repeated_for_as_long_as_it_takes(code: str) -> None:
    """The caller gets the answer, and the counts say what it took: no message fails for a quota."""
    service, limiter = Service(*[failure(code)] * 40), Limiter(10)
    assert in_virtual_time(lambda: limiter.run(service.call)) == "answer"
    assert (limiter.counts.calls, limiter.counts.throttled, service.calls) == (41, 40, 41)


def test_a_quota_of_the_day_is_waited_for() -> None:
    """Nothing is sent for minutes, then one call looks whether there is a new day."""
    service, limiter, sent = Service(*[ExhaustedError("per day")] * 30), Limiter(10), list[float]()

    async def call() -> str:
        sent.append(asyncio.get_running_loop().time())
        return await service.call()

    async def call_all() -> list[str]:
        return await asyncio.gather(*(limiter.run(call) for _ in range(8)))

    assert in_virtual_time(call_all) == ["answer"] * 8
    first_day = sent[:30]
    assert first_day[-1] > 3_600
    assert max(b - a for a, b in pairwise(first_day)) <= 1_200
    assert sent[-1] - sent[30] < 5, "once it is renewed, all go on at the rate of before"


def test_other_transient_failures_are_retried_and_do_not_count_as_throttled() -> None:
    """The SDK's retries are off, so the limiter does them."""
    service, limiter = Service(failure("InternalServerException", 500), TimeoutError()), Limiter(10)
    assert in_virtual_time(lambda: limiter.run(service.call)) == "answer"
    assert (service.calls, limiter.counts.throttled) == (3, 0)
    service = Service(*[failure("InternalServerException", 500)] * 100)
    with pytest.raises(ClientError, match="InternalServerException"):
        in_virtual_time(lambda: Limiter(10).run(service.call))
    assert service.calls == PACED_TRIES


def test_other_errors_are_raised_at_once() -> None:
    """No retry helps against a rejected text."""
    service = Service(failure("TextSizeLimitExceededException"))
    with pytest.raises(ClientError, match="TextSize"):
        in_virtual_time(lambda: Limiter(10).run(service.call))
    assert service.calls == 1


def test_calls_that_wait_together_are_spaced() -> None:
    """Twenty calls at once take their time at ten per second."""
    limiter, sent = Limiter(10), list[float]()

    async def call() -> None:
        sent.append(asyncio.get_running_loop().time())

    async def call_all() -> None:
        await asyncio.gather(*(limiter.run(call) for _ in range(20)))

    in_virtual_time(call_all)
    assert min(b - a for a, b in pairwise(sent)) >= 0.1


def test_calls_are_reported_once() -> None:
    """What was reported before the calls paused is not reported again after it."""
    service, limiter = Service(), Limiter(10)

    async def work() -> None:
        for _ in range(3):
            await limiter.run(service.call)
            await asyncio.sleep(60)

    with capture_logs() as lines:
        in_virtual_time(work)
    assert [each[Metric.QUOTA_CALLS] for each in lines if Metric.QUOTA_CALLS in each] == [1, 1, 1]


def test_a_call_that_need_not_be_made_takes_nothing_of_the_quota() -> None:
    """What others have asked meanwhile leaves the queue, and the next call comes to its turn."""
    limiter, sent = Limiter(1), list[float]()

    async def refuse() -> bool:
        await asyncio.sleep(0.02)
        return False

    async def call() -> None:
        sent.append(asyncio.get_running_loop().time())

    async def call_all() -> None:
        withdrawn = [limiter.run(call, lock=refuse) for _ in range(50)]
        outcomes = await asyncio.gather(*withdrawn, limiter.run(call), return_exceptions=True)
        assert [type(each) for each in outcomes] == [WithdrawnError] * 50 + [type(None)]

    in_virtual_time(call_all)
    assert sent[0] < 3
    assert limiter.counts.calls == 1


def test_calls_are_locked_shortly_before_their_turns() -> None:
    """A lock lapses after a minute: those of calls that wait for longer would be made twice."""
    limiter, ages, locks = Limiter(0.2), list[float](), 0

    async def call_once() -> None:
        nonlocal locks
        locked_at = 0.0

        async def lock() -> bool:
            nonlocal locked_at, locks
            locks += 1
            locked_at = asyncio.get_running_loop().time()
            return True

        async def call() -> None:
            ages.append(asyncio.get_running_loop().time() - locked_at)

        await limiter.run(call, lock=lock)

    async def call_all() -> None:
        await asyncio.gather(*(call_once() for _ in range(60)))
        assert asyncio.get_running_loop().time() > 290

    in_virtual_time(call_all)
    assert len(ages) == 60
    assert max(ages) < 31
    assert locks == 60, "none had to be made anew"


def test_a_call_that_waits_is_refused_when_the_service_stops() -> None:
    """A service that stops does not wait for a quota; the call that is under way is awaited."""

    async def work() -> tuple[list[object], float]:
        stop = asyncio.Event()
        limiter = Limiter(1 / 600, stop=stop, chance=random.Random(1))  # noqa: S311 - not for security
        waiting = [asyncio.create_task(limiter.run(asyncio.Event().wait)) for _ in range(3)]
        await asyncio.sleep(1_000)
        answered, *others = waiting
        stop.set()
        outcomes: list[object] = list(await asyncio.gather(*others, return_exceptions=True))
        with pytest.raises(StoppingError):
            await limiter.run(asyncio.Event().wait)
        return [*outcomes, answered.done()], asyncio.get_running_loop().time()

    (*refused, is_done), at_s = in_virtual_time(work)
    assert all(isinstance(each, StoppingError) for each in refused)
    assert not is_done
    assert at_s == pytest.approx(1_000, abs=1)
