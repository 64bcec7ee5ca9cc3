"""Shops in processes of their own: neither loading one nor picking from it keeps other requests waiting.

A shop takes seconds to load, during which Python's lock would be held for most of the time. So a new shop is
loaded in a new process while the old one goes on answering. It is forked from a server that has imported
everything before.
"""

import asyncio
import gc
import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import TypeVar

from fondly.recommender.domain.realtime.current_picks import Edition, Wanted, picks_of
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.ports import NoShopError, OpenedShop
from fondly.recommender.use_cases.study_shop import KnowCatalogue
from fondly.runtime.aws import client_opener
from fondly.runtime.storage import S3Objects

NICE = 19
"""How much loading gives way to answering: as much as there is."""
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
Made = TypeVar("Made")


async def open_in_process(edition: Edition, *, load: Callable[[Edition], Shop]) -> OpenedShop:
    """Load a shop in its own process, which must unpickle `load` and ends with this one; or raise."""
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_serve, args=(theirs, load, edition), daemon=True)
    process.start()
    theirs.close()
    asking, loop = ThreadPoolExecutor(1), asyncio.get_running_loop()

    async def picks(wanted: Wanted) -> bytes:
        try:
            return await loop.run_in_executor(asking, _answer, ours, wanted)
        except (EOFError, OSError) as error:
            raise NoShopError from error

    try:
        await loop.run_in_executor(asking, _answer, ours)
    except BaseException:
        process.kill()
        raise
    return OpenedShop(edition, picks, process.kill)


def load_stored(bucket: str, edition: Edition, *, validate: bool = False) -> Shop:
    """Load the shop of an edition from the data bucket, in a process without an event loop."""

    async def load() -> Shop:
        async with AsyncExitStack() as stack:
            objects = S3Objects(await client_opener(stack, validate=validate)("s3"), bucket)
            return await KnowCatalogue(objects=objects).shop(edition)

    return asyncio.run(load())


def _answer(asked: Connection, *wanted: Wanted) -> bytes:
    """Ask if anything is wanted, and wait; raise what went wrong in the other process, as text."""
    for one in wanted:
        asked.send(one)
    answer: bytes | str = asked.recv()
    if isinstance(answer, str):
        raise RuntimeError(answer)  # noqa: TRY004 - it is no wrong type, but what went wrong
    return answer


def _serve(asked: Connection, load: Callable[[Edition], Shop], edition: Edition) -> None:
    """Load a shop and pick from it for whoever asks, until nobody can."""
    os.setpgrp()  # a signal to the group of the other process does not end this one: it still answers
    pick = _tried(lambda: partial(picks_of, _loaded(load, edition)))
    with suppress(EOFError, OSError):
        asked.send(pick if isinstance(pick, str) else b"")
        while not isinstance(pick, str):
            asked.send(_tried(partial(pick, asked.recv())))


def _tried(make: Callable[[], Made]) -> Made | str:
    try:
        return make()
    except Exception:  # noqa: BLE001 - whoever asks is told
        return traceback.format_exc()


def _loaded(load: Callable[[Edition], Shop], edition: Edition) -> Shop:
    """Load the shop, and pick once, so that the first customer does not wait for what is made once."""
    gc.disable()  # a quarter of the time would go into looking through what is kept anyway
    # In a thread of its own, which gives way to answers: its priority could not be raised again.
    with ThreadPoolExecutor(1, initializer=_give_way) as loading:
        shop = loading.submit(load, edition).result()
        loading.submit(picks_of, shop, Wanted("")).result()
    gc.collect()
    gc.freeze()
    gc.enable()
    return shop


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
