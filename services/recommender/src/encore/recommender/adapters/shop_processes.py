"""Shops in processes of their own: neither loading one nor picking from it keeps others waiting.

A shop takes seconds to load, during which Python's lock would be held for most of the time. So a new shop is
loaded in a new process while the old one goes on answering. A process ends with the one that started it.

Most of what a new process used to take was importing: a server of the standard library's imports once, with
no thread beside it, and forks. What loads a shop gives way to what answers.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
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
NICE = 19
"""How much loading at leisure gives way to answering: as much as there is."""

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

    async def open(self, edition: Edition, *, at_leisure: bool = False) -> ShopProcess:
        """Load a shop in each of its processes; raise what loading it raised.

        At leisure, loading gives way to whatever answers meanwhile, in this process and others.
        """
        # This process has threads, which a fork would not have; the server that forks has none.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, self.load.__module__])
        pools = [
            ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_live_with_parent)
            for _ in range(self.processes)
        ]
        try:
            await asyncio.gather(*(self._load_in(pool, edition, NICE if at_leisure else 0) for pool in pools))
        except BaseException:
            for pool in pools:
                _kill(pool)
            raise
        return ShopProcess(edition=edition, pools=pools, most_waiting=self.most_waiting)

    async def _load_in(self, pool: ProcessPoolExecutor, edition: Edition, nice: int) -> None:
        """Have a pool load the shop; cancelling it waits until the pool has a process that can be ended."""
        # In a thread: before its first fork, the server's imports keep whoever submits waiting.
        submitting = asyncio.create_task(asyncio.to_thread(pool.submit, _open, self.load, edition, nice))
        try:
            await asyncio.shield(submitting)
        finally:
            loading = await submitting
        await asyncio.wrap_future(loading)


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


def _open(load: Load, edition: Edition, nice: int) -> int:
    """Load the shop, and pick once, so that the first customer does not wait for what is made once."""
    global _shop  # noqa: PLW0603 - it is what the process is for
    # A thread of its own gives way: its priority could not be raised again for answers.
    with ThreadPoolExecutor(1, initializer=_give_way, initargs=(nice,)) as loading:
        _shop = loading.submit(_loaded, load, edition).result()
    return len(_shop.shop.offers)


def _loaded(load: Load, edition: Edition) -> CurrentShop:
    gc.disable()  # a quarter of the time would go into looking through what is kept anyway
    try:
        loaded = load(edition)
        picks_of(loaded.shop, Wanted(""))
        gc.collect()
        gc.freeze()
        return loaded
    finally:
        gc.enable()


def _give_way(nice: int) -> None:
    """Lower the priority of this thread, and of those that it starts: only on Linux have they their own."""
    if nice and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)


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
