"""Shops in processes of their own: neither loading one nor picking from it keeps other requests waiting.

A shop takes seconds to load, during which Python's lock would be held for most of the time. So a new shop is
loaded in a new process while the old one goes on answering.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection

from encore.recommender.domain.real_time import Edition, Wanted, picks_of
from encore.recommender.domain.shop import Shop
from encore.recommender.ports import OpenedShop, ShopClosedError
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.recommender.use_cases.open_shop import open_shop
from encore.runtime.aws import client_opener
from encore.runtime.storage import S3Objects

NICE = 19
"""How much loading gives way to answering: as much as there is."""
Load = Callable[[Edition], Shop]
_loaded: list[Shop] = []
"""In a process that picks: its shop."""


@dataclass(frozen=True, kw_only=True)
class ShopProcesses:
    """Opens shops in new processes, which `load` them, and so have to be able to unpickle it."""

    load: Load
    processes: int = 1

    async def open(self, edition: Edition) -> OpenedShop:
        """Load a shop in each of its processes; raise what loading it raised.

        The processes end when the shop is closed, and when this process ends, whatever they are doing.
        """
        context = multiprocessing.get_context("spawn")
        told, telling = context.Pipe(duplex=False)
        workers = [
            ProcessPoolExecutor(1, context, initializer=_begin, initargs=(told,))
            for _ in range(self.processes)
        ]
        loop, turns = asyncio.get_running_loop(), cycle(workers)

        async def picks(wanted: Wanted) -> bytes:
            try:
                return await loop.run_in_executor(next(turns), _picks, wanted)
            except BrokenProcessPool as error:
                raise ShopClosedError from error

        def close() -> None:
            telling.close()
            told.close()

        try:
            await asyncio.gather(*(loop.run_in_executor(each, _load, self.load, edition) for each in workers))
        except BaseException:
            close()
            raise
        return OpenedShop(edition, picks, close)


def load_stored(bucket: str, edition: Edition, *, validate: bool = False) -> Shop:
    """Load the shop of an edition from the data bucket, in a process without an event loop."""

    async def load() -> Shop:
        async with AsyncExitStack() as stack:
            objects = S3Objects(await client_opener(stack, validate=validate)("s3"), bucket)
            return await open_shop(objects, KnowCatalogue(objects=objects), edition)

    return asyncio.run(load())


def _begin(told: Connection) -> None:
    """Have this process end with the one that started it, and not by a signal to both: it still answers."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end, args=(told,), daemon=True).start()


def _end(told: Connection) -> None:
    with suppress(EOFError, OSError):
        told.recv()  # nothing is ever told: this returns when the other end is closed
    os._exit(0)


def _load(load: Load, edition: Edition) -> None:
    """Load the shop, and pick once, so that the first customer does not wait for what is made once."""
    gc.disable()  # a quarter of the time would go into looking through what is kept anyway
    # In a thread of its own, which gives way to answers: its priority could not be raised again.
    with ThreadPoolExecutor(1, initializer=_give_way) as loading:
        _loaded.append(loading.submit(load, edition).result())
    picks_of(_loaded[0], Wanted(""))
    gc.collect()
    gc.freeze()
    gc.enable()


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _picks(wanted: Wanted) -> bytes:
    return picks_of(_loaded[0], wanted)
