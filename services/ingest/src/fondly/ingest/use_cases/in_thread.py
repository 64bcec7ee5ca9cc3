"""Work in a thread over files that are removed when their message is given up."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def in_thread(work: Callable[[], Result], stop: threading.Event | None = None) -> Result:
    """Run work in a thread; on cancellation tell it to stop, and wait until it has.

    A thread cannot be cancelled: whoever left it behind would close the database and delete the files under
    it. However often the waiting is cancelled, it goes on until the thread has ended.
    """
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        if stop is not None:
            stop.set()
        while not working.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({working})
        working.exception()  # what a stopped thread raises does not matter
        raise
