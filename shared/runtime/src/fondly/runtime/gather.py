"""Makes one call of many: what arrives while a call is under way goes into the next one, together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gather(Generic[Item, Result]):
    """Calls at once, or with what arrives meanwhile, up to `limit`; may linger to have `enough` items."""

    def __init__(
        self,
        call: Callable[[Sequence[Item]], Awaitable[Result]],
        *,
        limit: int | None = None,
        linger_s: float = 0.0,
        enough: int | None = None,
    ) -> None:
        self._call = call
        self._limit = limit
        self._linger_s = linger_s
        self._enough = enough or limit
        self._has_enough = asyncio.Event()
        self._waiting: list[Item] = []
        self._next: asyncio.Task[Result] | None = None
        self._calling = asyncio.Lock()

    async def add(self, item: Item) -> Result:
        """Return the result of the call with this item, or raise its error, once it has ended."""
        if self._next is None or (self._limit is not None and len(self._waiting) >= self._limit):
            self._waiting = []
            self._has_enough.clear()
            self._next = asyncio.create_task(self._run(self._waiting))
        self._waiting.append(item)
        if self._enough is not None and len(self._waiting) >= self._enough:
            self._has_enough.set()
        return await asyncio.shield(self._next)

    async def _run(self, items: list[Item]) -> Result:
        async with self._calling:
            if self._linger_s and items is self._waiting:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._has_enough.wait(), self._linger_s)
            if items is self._waiting:
                self._next = None
            return await self._call(items)
