import asyncio
from collections.abc import Sequence

import pytest

from fondly.runtime.gather import Gather


class SlowCalls:
    """Calls that take a while and return their sum; the next `failures` of them fail."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.failures = 0

    async def __call__(self, items: Sequence[int]) -> int:
        """Add up the items, slowly."""
        self.sizes.append(len(items))
        await asyncio.sleep(0.01)
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        return sum(items)


async def test_items_that_arrive_during_a_call_share_the_next_one() -> None:
    """The first is passed on at once, and none waits for more than two calls."""
    calls = SlowCalls()
    gather = Gather(calls)
    first = asyncio.create_task(gather.add(100))
    await asyncio.sleep(0.001)
    results = await asyncio.gather(*(gather.add(1) for _ in range(29)))
    assert (await first, set(results)) == (100, {29})
    assert calls.sizes == [1, 29]


async def test_no_call_has_more_items_than_the_limit() -> None:
    """The others go into further calls, and none is lost."""
    calls = SlowCalls()
    gather = Gather(calls, limit=4)
    results = await asyncio.gather(*(gather.add(1) for _ in range(10)))
    assert calls.sizes == [4, 4, 2]
    assert results == [4, 4, 4, 4, 4, 4, 4, 4, 2, 2]


async def test_a_failed_call_raises_for_each_of_its_items() -> None:
    """And for no other: the next call succeeds."""
    calls = SlowCalls()
    gather = Gather(calls)
    calls.failures = 1
    errors = await asyncio.gather(*(gather.add(1) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in errors] == [ConnectionError] * 3
    assert await gather.add(7) == 7


async def test_a_caller_who_gives_up_takes_nobody_along() -> None:
    """Others wait for the same call."""
    gather = Gather(SlowCalls())
    given_up, patient = (asyncio.create_task(gather.add(each)) for each in (1, 2))
    await asyncio.sleep(0.001)
    given_up.cancel()
    assert await patient == 3
    with pytest.raises(asyncio.CancelledError):
        await given_up


async def test_a_call_that_lingers_takes_those_who_come_a_little_later() -> None:
    """They share one call; one that is full waits for nobody."""
    calls = SlowCalls()
    gather = Gather(calls, limit=3, linger_s=0.05)
    first = asyncio.create_task(gather.add(1))
    await asyncio.sleep(0.001)
    second = asyncio.create_task(gather.add(2))
    assert [await first, await second] == [3, 3]
    full = Gather(calls, limit=3, linger_s=3_600)
    assert await asyncio.gather(*(full.add(1) for _ in range(3))) == [3, 3, 3]
    assert calls.sizes == [2, 3]


async def test_a_call_that_lingers_waits_for_enough_and_no_longer() -> None:
    """Whoever comes before the call has begun takes part, up to the limit; the next call waits anew."""
    calls = SlowCalls()
    gather = Gather(calls, limit=5, linger_s=3_600, enough=2)
    assert await asyncio.gather(*(gather.add(each) for each in (1, 2, 4))) == [7, 7, 7]
    first = asyncio.create_task(gather.add(1))
    await asyncio.sleep(0.05)
    assert calls.sizes == [3]
    assert await gather.add(2) == await first == 3
    assert await asyncio.gather(*(gather.add(1) for _ in range(7))) == [5] * 5 + [2] * 2
