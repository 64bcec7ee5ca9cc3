"""Deletes handled messages in batches: one call for up to ten."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from encore.runtime.logs import get_logger
from encore.runtime.queue.message import Message
from encore.runtime.queue.sqs import MAX_BATCH, Refused
from encore.runtime.retry import process_all

LINGER_S = 0.05
"""How long a handled message may wait for company."""
log = get_logger()


class Deleting(Protocol):
    """What deletions need of a queue."""

    async def delete_all(self, messages: Sequence[Message]) -> Refused: ...  # noqa: D102 - see SQSQueue


class Deletions:
    """Takes handled messages and has them deleted soon.

    One that cannot be deleted comes back and is recognised as done: a delete is never worth a failure.
    """

    def __init__(self, queue: Deleting, *, gone: Callable[[Message], None]) -> None:
        self._queue = queue
        self._gone = gone
        self._waiting: list[Message] = []
        self._timer: asyncio.TimerHandle | None = None
        self._calls: set[asyncio.Task[None]] = set()

    def add(self, message: Message) -> None:
        """Have a message deleted, within `LINGER_S` plus one call."""
        self._waiting.append(message)
        if len(self._waiting) >= MAX_BATCH:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER_S, self._flush)

    async def close(self) -> None:
        """Delete what waits, and return when every call has ended."""
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
            await process_all(messages, self._ask, what="deletions")
        except Exception as error:  # noqa: BLE001 - see the class: the messages come back
            log.warning("delete_failed", error=repr(error))
        for message in messages:
            self._gone(message)

    async def _ask(self, messages: Sequence[Message]) -> Sequence[Message]:
        refused = await self._queue.delete_all(messages)
        if refused.lost:
            log.warning("delete_too_late", messages=len(refused.lost))
        return refused.untouched
