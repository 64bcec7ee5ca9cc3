"""Keeps the messages being handled hidden from other consumers, with one task and batched calls.

A message is renewed from a quarter of its visibility timeout on, at every check until an answer arrives: a
slow call delays no other, and a lost one is followed by the next. A message that could not be renewed is
given up before its timeout is over, so that its handler has stopped when another consumer gets it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fondly.runtime.batches import batches
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import now_s
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Queue
from fondly.runtime.queue.sqs import MAX_BATCH
from fondly.runtime.retry import PostponedError

MAX_HELD_S = 11.5 * 3_600
"""Leaves time to end calls and to send the message again."""
Handler = Callable[[Message], Awaitable[None]]


class HeldTooLongError(PostponedError):
    """The message would soon become visible to others, and count as received once more."""


def in_time(handle: Handler) -> Handler:
    """Return a handler that is stopped, with `HeldTooLongError`, before SQS shows its message to others.

    SQS hides a message for twelve hours at most, however often that is renewed; work that waits for a quota
    may take longer. Source: SQS API reference, ChangeMessageVisibility.
    """

    async def handle_in_time(message: Message) -> None:
        limit = asyncio.timeout(MAX_HELD_S)
        try:
            async with limit:
                await handle(message)
        except TimeoutError as error:
            if limit.expired():
                raise HeldTooLongError("not done in the hours for which SQS hides a message") from error
            raise

    return handle_in_time


RENEW_AFTER = 0.25
"""The share of the visibility timeout after which it is renewed."""
LOST_AFTER = 0.9
"""The share after which a message counts as lost: a check later it may be visible to others."""
CHECKS_PER_TIMEOUT = 10
log = get_logger()


@dataclass(slots=True)
class _Hidden:
    message: Message
    on_lost: Callable[[], object]
    since: float


class VisibilityKeeper:
    """Renews visibility timeouts; calls back when a message may soon be visible to other consumers again."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._hidden: dict[str, _Hidden] = {}
        self._calls: set[asyncio.Task[None]] = set()

    def add(self, message: Message, *, on_lost: Callable[[], object]) -> None:
        """Keep a received message hidden from now on; call `on_lost` once if that fails."""
        known = self._hidden.get(message.receipt)
        since = known.since if known else now_s()
        self._hidden[message.receipt] = _Hidden(message, on_lost, since)

    def remove(self, message: Message) -> None:
        """Stop renewing the message's visibility timeout."""
        self._hidden.pop(message.receipt, None)

    async def run(self) -> None:
        """Renew what is due until cancelled."""
        try:
            while True:
                await asyncio.sleep(self._queue.visibility_s / CHECKS_PER_TIMEOUT)
                self._drop_expired()
                self._renew()
        finally:
            for call in self._calls:
                call.cancel()

    def _renew(self) -> None:
        due_since = now_s() - self._queue.visibility_s * RENEW_AFTER
        due = [hidden.message for hidden in self._hidden.values() if hidden.since <= due_since]
        for batch in batches(due, MAX_BATCH):
            call = asyncio.create_task(self._renew_batch(batch))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _renew_batch(self, messages: Sequence[Message]) -> None:
        asked_at = now_s()
        try:
            refused = await self._queue.change_visibility_batch(messages, seconds=self._queue.visibility_s)
        except Exception as error:  # noqa: BLE001 - whatever the cause, it is tried again while there is time
            log.warning("visibility_not_renewed", messages=len(messages), error=repr(error))
            return
        for message in messages:
            if message in refused.lost:
                self._lose(message.receipt)
            elif message not in refused.untouched and (hidden := self._hidden.get(message.receipt)):
                hidden.since = max(hidden.since, asked_at)

    def _drop_expired(self) -> None:
        oldest = now_s() - self._queue.visibility_s * LOST_AFTER
        for receipt in [receipt for receipt, hidden in self._hidden.items() if hidden.since <= oldest]:
            self._lose(receipt)

    def _lose(self, receipt: str) -> None:
        if hidden := self._hidden.pop(receipt, None):
            log.warning("visibility_lost", lost_message_id=hidden.message.message_id)
            hidden.on_lost()
