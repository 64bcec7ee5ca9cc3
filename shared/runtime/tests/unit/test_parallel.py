import asyncio

import pytest

from encore.runtime.parallel import for_each


async def test_work_in_parallel_is_bounded_and_ends_before_a_failure_is_raised() -> None:
    """Never more than `parallel` at a time, nothing new after a failure, nothing left running."""
    running: set[int] = set()
    most, begun = 0, []

    async def work(item: int) -> None:
        nonlocal most
        begun.append(item)
        running.add(item)
        most = max(most, len(running))
        await asyncio.sleep(0)
        running.discard(item)
        if item == 5:
            raise ValueError(item)

    with pytest.raises(ValueError, match="5"):
        await for_each(range(100), work, parallel=3)
    assert most == 3
    assert len(begun) < 12
    assert not running
