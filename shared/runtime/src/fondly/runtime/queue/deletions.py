"""Deletes handled messages in batches: one call for up to ten."""

import asyncio
from collections.abc import Callable, Sequence

from fondly.runtime.logs import get_logger
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Queue
from fondly.runtime.queue.sqs import MAX_BATCH
from fondly.runtime.retry import process_all

LINGER_S = 0.05
"""How long a handled message may wait for others to share its call."""
log = get_logger()


class Deletions:
    """Deletes handled messages soon; one that cannot be deleted comes again and is recognised as done."""

    def __init__(self, queue: Queue, *, on_done: Callable[[Message], None]) -> None:
        self._queue = queue
        self._on_done = on_done
        self._waiting: list[Message] = []
        self._timer: asyncio.TimerHandle | None = None
        self._calls: set[asyncio.Task[None]] = set()

    def add(self, message: Message) -> None:
        """Delete a message within `LINGER_S` plus one call."""
        self._waiting.append(message)
        if len(self._waiting) >= MAX_BATCH:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER_S, self._flush)

    async def close(self) -> None:
        """Delete what is waiting and return once every call has ended."""
        self._flush()
        await asyncio.gather(*self._calls)

    def _flush(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            batch, self._waiting = self._waiting, []
            call = asyncio.create_task(self._delete(batch))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _delete(self, messages: Sequence[Message]) -> None:
        try:
            await process_all(messages, self._delete_batch, what="deletions")
        except Exception as error:  # noqa: BLE001 - the messages are delivered again, see the class
            log.warning("delete_failed", error=repr(error))
        for message in messages:
            self._on_done(message)

    async def _delete_batch(self, messages: Sequence[Message]) -> Sequence[Message]:
        refused = await self._queue.delete_batch(messages)
        if refused.lost:
            log.warning("deleted_too_late", messages=len(refused.lost))
        return refused.untouched
