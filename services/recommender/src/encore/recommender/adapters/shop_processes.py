"""Shops in processes of their own: neither loading one nor picking from it keeps others waiting.

A shop takes seconds to load, during which Python's lock would be held for most of the time. So a new shop is
loaded in a new process while the old one goes on answering. A process ends with the one that started it.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import cycle
from typing import TypeVar

from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.real_time import Edition, Wanted, order_of, picks_of
from encore.recommender.ports import BusyError, ShopClosedError

Load = Callable[[Edition], CurrentShop]
"""Makes a shop; it is called in the new process, and so has to be picklable."""
Answer = TypeVar("Answer")

_shop: CurrentShop | None = None


@dataclass(kw_only=True, eq=False)
class ShopProcess:
    """An open shop, in one process or several alike."""

    edition: Edition
    pools: Sequence[ProcessPoolExecutor]
    most_waiting: int
    """How many may wait for an answer at a time."""
    _waiting: int = 0
    _next: "cycle[ProcessPoolExecutor]" = field(init=False)

    def __post_init__(self) -> None:
        self._next = cycle(self.pools)

    async def picks(self, wanted: Wanted) -> bytes:
        """Return a customer's picks as JSON; raise `BusyError` or `ShopClosedError`."""
        return await self._ask(_picks, wanted)

    async def woven(self, preferences: Sequence[Preference]) -> tuple[str, ...]:
        """Return a ranking of what goes with a customer's products; nothing if the run has none.

        Raises `BusyError` or `ShopClosedError`.
        """
        return await self._ask(_woven, tuple(preferences))

    async def ordered(self, wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
        """Return given products in the order for a customer; raise `BusyError` or `ShopClosedError`."""
        return await self._ask(_ordered, wanted, tuple(product_ids))

    async def close(self) -> None:
        """End the processes once they have answered what they were asked."""
        await asyncio.gather(*(asyncio.to_thread(pool.shutdown) for pool in self.pools))

    async def _ask(self, function: Callable[..., Answer], *arguments: object) -> Answer:
        if self._waiting >= self.most_waiting:
            raise BusyError(f"{self._waiting} requests are waiting for picks")
        try:
            asked = next(self._next).submit(function, *arguments)
        except RuntimeError as error:  # the process has ended, or is about to
            raise ShopClosedError(str(error)) from error
        self._waiting += 1
        try:
            return await asyncio.wrap_future(asked)
        except BrokenProcessPool as error:
            raise ShopClosedError(str(error)) from error
        finally:
            self._waiting -= 1


@dataclass(frozen=True, kw_only=True)
class ShopProcesses:
    """Opens shops in new processes."""

    load: Load
    processes: int = 1
    most_waiting: int = 64

    async def open(self, edition: Edition) -> ShopProcess:
        """Load a shop in each of its processes; raise what loading it raised."""
        context = multiprocessing.get_context(
            "spawn"
        )  # this process has threads, which a fork would not have
        pools = [
            ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_live_with_parent)
            for _ in range(self.processes)
        ]
        loop = asyncio.get_running_loop()
        try:
            await asyncio.gather(*(loop.run_in_executor(pool, _open, self.load, edition) for pool in pools))
        except BaseException:
            for pool in pools:
                _kill(pool)
            raise
        return ShopProcess(edition=edition, pools=pools, most_waiting=self.most_waiting)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End a pool whose process may be busy for long: nobody wants what it is doing."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - there is no other way before Python 3.14
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def _live_with_parent() -> None:
    """Leave signals to the parent, which still wants answers after them, and end when it ends."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)


def _open(load: Load, edition: Edition) -> int:
    """Load the shop, and pick once, so that the first customer does not wait for what is made once."""
    global _shop  # noqa: PLW0603 - it is what the process is for
    _shop = load(edition)
    picks_of(_shop.shop, Wanted(""))
    gc.collect()
    gc.freeze()
    return len(_shop.shop.offers)


def _opened() -> CurrentShop:
    if _shop is None:
        raise RuntimeError("this process has no shop")
    return _shop


def _picks(wanted: Wanted) -> bytes:
    return picks_of(_opened().shop, wanted)


def _ordered(wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
    return order_of(_opened().shop, wanted, product_ids)


def _woven(preferences: Sequence[Preference]) -> tuple[str, ...]:
    return _opened().woven(preferences)
