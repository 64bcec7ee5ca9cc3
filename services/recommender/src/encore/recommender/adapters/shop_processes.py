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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from encore.recommender.adapters.shop_worker import ShopWorker
from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.real_time import Edition, Wanted, order_of, picks_of
from encore.recommender.ports import BusyError

Load = Callable[[Edition], CurrentShop]
"""Makes a shop; it is called in the new process, and so has to be picklable."""
Question = tuple[Callable[..., object], tuple[object, ...]]
"""A function of the open shop, and its other arguments."""
NICE = 19
"""How much loading at leisure gives way to answering: as much as there is."""


@dataclass(kw_only=True, eq=False)
class ShopProcess:
    """An open shop, in one process or several alike."""

    edition: Edition
    workers: Sequence[ShopWorker]
    most_waiting: int
    """How many may wait for an answer at a time."""
    _waiting: int = 0
    _next: "cycle[ShopWorker]" = field(init=False)

    def __post_init__(self) -> None:
        self._next = cycle(self.workers)

    async def picks(self, wanted: Wanted) -> bytes:
        """Return a customer's picks as JSON; raise `BusyError` or `ShopClosedError`."""
        found: bytes = await self._ask(_picks, wanted)
        return found

    async def woven(self, preferences: Sequence[Preference]) -> tuple[str, ...]:
        """Return a ranking of what goes with a customer's products; nothing if the run has none.

        Raises `BusyError` or `ShopClosedError`.
        """
        found: tuple[str, ...] = await self._ask(_woven, tuple(preferences))
        return found

    async def ordered(self, wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
        """Return given products in the order for a customer; raise `BusyError` or `ShopClosedError`."""
        found: list[str] = await self._ask(_ordered, wanted, tuple(product_ids))
        return found

    async def close(self) -> None:
        """End the processes once they have answered what they were asked."""
        await asyncio.gather(*(worker.close() for worker in self.workers))

    async def _ask(self, function: Callable[..., object], *arguments: object) -> Any:  # noqa: ANN401 - as it answers
        if self._waiting >= self.most_waiting:
            raise BusyError(f"{self._waiting} requests are waiting for picks")
        self._waiting += 1
        try:
            return await next(self._next).ask((function, arguments))
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
        arguments = (self.load, edition, NICE if at_leisure else 0)
        workers: list[ShopWorker] = []

        async def start() -> None:
            workers.append(await ShopWorker.start(context, _open, arguments))

        try:
            await asyncio.gather(*(start() for _ in range(self.processes)))
            await asyncio.gather(*(worker.opened() for worker in workers))
        except BaseException:
            await asyncio.gather(*(worker.kill() for worker in workers))
            raise
        return ShopProcess(edition=edition, workers=workers, most_waiting=self.most_waiting)


def _open(load: Load, edition: Edition, nice: int) -> Callable[[Question], object]:
    """Load the shop, and pick once, so that the first customer does not wait for what is made once."""
    for number in (signal.SIGTERM, signal.SIGINT):  # they are for the parent, which still wants answers
        signal.signal(number, signal.SIG_IGN)
    # A thread of its own gives way: its priority could not be raised again for answers.
    with ThreadPoolExecutor(1, initializer=_give_way, initargs=(nice,)) as loading:
        opened = loading.submit(_loaded, load, edition).result()

    def answer(question: Question) -> object:
        function, arguments = question
        return function(opened, *arguments)

    return answer


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


def _picks(opened: CurrentShop, wanted: Wanted) -> bytes:
    return picks_of(opened.shop, wanted)


def _ordered(opened: CurrentShop, wanted: Wanted, product_ids: Sequence[str]) -> list[str]:
    return order_of(opened.shop, wanted, product_ids)


def _woven(opened: CurrentShop, preferences: Sequence[Preference]) -> tuple[str, ...]:
    return opened.woven(preferences)
