import asyncio

import pytest

from fondly.runtime.parallel import for_each


async def test_concurrency_is_bounded_and_work_ends_before_a_failure_is_raised() -> None:
    """At most `parallel` items run at a time; after a failure none is started and none left running."""
    running: set[int] = set()
    most, started = 0, []

    async def work(item: int) -> None:
        nonlocal most
        started.append(item)
        running.add(item)
        most = max(most, len(running))
        await asyncio.sleep(0)
        running.discard(item)
        if item == 5:
            raise ValueError(item)

    with pytest.raises(ValueError, match="5"):
        await for_each(range(100), work, parallel=3)
    assert most == 3
    assert len(started) < 12
    assert not running
