"""Keeps the leases of all messages in hand with one task and batched calls."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.queue.message import Message
from encore.runtime.queue.sqs import MAX_BATCH, Refused

RENEWED_AT = 0.5
"""The part of a lease after which it is renewed."""
LOOKS_PER_LEASE = 10
log = get_logger()


class Leasing(Protocol):
    """What leases need of a queue."""

    visibility_s: int

    async def lease_all(self, messages: Sequence[Message], *, seconds: float) -> Refused: ...  # noqa: D102 - see SQSQueue


@dataclass(slots=True)
class _Lease:
    message: Message
    lost: Callable[[], object]
    since: float


class Leases:
    """The messages in hand. Whoever holds one is told when it is lost: somebody else may have it by then."""

    def __init__(self, queue: Leasing) -> None:
        self._queue = queue
        self._held: dict[str, _Lease] = {}

    def hold(self, message: Message, *, lost: Callable[[], object]) -> None:
        """Renew the message's lease from now on; call `lost` once if that does not succeed in time."""
        held = self._held.get(message.receipt)
        since = held.since if held else time.monotonic()
        self._held[message.receipt] = _Lease(message, lost, since)

    def let_go(self, message: Message) -> None:
        """Renew the message's lease no longer."""
        self._held.pop(message.receipt, None)

    async def keep(self) -> None:
        """Renew for ever what is held."""
        while True:
            await asyncio.sleep(self._queue.visibility_s / LOOKS_PER_LEASE)
            await self._renew()

    async def _renew(self) -> None:
        half_ago = time.monotonic() - self._queue.visibility_s * RENEWED_AT
        due = [lease.message for lease in self._held.values() if lease.since <= half_ago]
        await asyncio.gather(*(self._renew_batch(batch) for batch in batches(due, MAX_BATCH)))
        self._drop_expired()

    async def _renew_batch(self, messages: Sequence[Message]) -> None:
        asked_at = time.monotonic()
        try:
            refused = await self._queue.lease_all(messages, seconds=self._queue.visibility_s)
        except Exception as error:  # noqa: BLE001 - whatever the cause, it is tried again while there is time
            log.warning("leases_not_renewed", messages=len(messages), error=repr(error))
            return
        for message in messages:
            if message in refused.lost:
                self._lose(message.receipt)
            elif message not in refused.untouched and message.receipt in self._held:
                self._held[message.receipt].since = asked_at

    def _drop_expired(self) -> None:
        oldest = time.monotonic() - self._queue.visibility_s
        for receipt in [receipt for receipt, lease in self._held.items() if lease.since <= oldest]:
            self._lose(receipt)

    def _lose(self, receipt: str) -> None:
        if lease := self._held.pop(receipt, None):
            log.warning("lease_lost", lost_message_id=lease.message.message_id)
            lease.lost()
