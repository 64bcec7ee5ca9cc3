"""Bounded concurrency, and the clock of the event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def now_s() -> float:
    """Return the time of the running event loop, which only ever rises."""
    return asyncio.get_running_loop().time()


async def for_each(items: Iterable[Item], work: Callable[[Item], Awaitable[None]], *, parallel: int) -> None:
    """Run `work` on all items, `parallel` at a time; the first failure stops the rest, and is raised."""
    waiting, failures = iter(items), list[Exception]()

    async def worker() -> None:
        for item in waiting:
            try:
                await work(item)
            except Exception as error:  # noqa: BLE001 - raised below once the others have ended
                failures.append(error)
            if failures:
                return

    await asyncio.gather(*(worker() for _ in range(parallel)))
    if failures:
        raise failures[0]
