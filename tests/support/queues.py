"""A queue in memory, with visibility timeouts, and what a consumer did to it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from fondly.runtime.queue.circuit import Circuit
from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Depth, Refused

POLL_S = 0.005


@dataclass(frozen=True)
class DeadLetter:
    """The body of a message in the dead-letter queue and the attributes that say why it is there."""

    body: str
    reason: str
    exception: str
    handler: str


@dataclass
class _Stored:
    message: Message
    visible_at: float = 0.0


class InMemoryQueue:
    """A queue of some bodies; lists all that was done to it: deletions, visibility changes, and so on."""

    name = "in-memory"

    def __init__(self, *bodies: str, visibility_s: float = 30) -> None:
        self.visibility_s = visibility_s
        self.deleted: list[str] = []
        self.visibility_changes: list[tuple[str, float]] = []
        self.dead_letters: list[DeadLetter] = []
        self.limits: list[int] = []
        self.sent_anew: list[str] = []
        self._sent = 0
        self._stored: dict[str, _Stored] = {}
        self._deleted_receipts: set[str] = set()
        for body in bodies:
            self._store(body)

    @property
    def received(self) -> int:
        """The number of messages that were received at least once."""
        return self._sent - sum(not stored.message.receive_count for stored in self._stored.values())

    async def send(self, body: str) -> None:
        """Add a message."""
        self._store(body)

    async def receive(self, *, limit: int, wait_s: int) -> list[Message]:
        """Return up to `limit` visible messages, waiting up to `wait_s` for the first, and hide them."""
        self.limits.append(limit)
        deadline = _now_s() + wait_s
        while not (visible := self._visible()) and _now_s() < deadline:  # noqa: ASYNC110 - visibility is a matter of time
            await asyncio.sleep(POLL_S)
        return [self._receive(stored) for stored in visible[:limit]]

    async def delete_batch(self, messages: Sequence[Message]) -> Refused:
        """Delete messages; refuse receipts that the queue never issued."""
        return Refused(lost=[each for each in messages if not self._delete(each)], untouched=[])

    async def change_visibility(self, message: Message, *, seconds: float) -> None:
        """Hide a message for `seconds` from now; raise `LookupError` if it is gone."""
        if not self._hide(message, seconds):
            raise LookupError(message.receipt)

    async def change_visibility_batch(self, messages: Sequence[Message], *, seconds: float) -> Refused:
        """Hide messages for `seconds` from now; refuse those that are gone."""
        return Refused(lost=[each for each in messages if not self._hide(each, seconds)], untouched=[])

    async def send_anew(self, message: Message) -> None:
        """Replace a message by a new one with the same body."""
        self.sent_anew.append(message.body)
        self._store(message.body)
        self._remove(message.receipt)

    async def dead_letter(self, message: Message, *, reason: str, exception: str, handler: str) -> None:
        """Move a message to the dead letters."""
        self.dead_letters.append(DeadLetter(message.body, reason, exception, handler))
        self._remove(message.receipt)

    async def depth(self) -> Depth:
        """Count visible and hidden messages."""
        visible = len(self._visible())
        return Depth(visible=visible, in_flight=len(self._stored) - visible)

    def _store(self, body: str) -> None:
        self._sent += 1
        message_id = f"message-{self._sent}"
        message = Message(message_id, "", body, receive_count=0, first_received_ms=0, sent_ms=_now_ms())
        self._stored[message_id] = _Stored(message)

    def _visible(self) -> list[_Stored]:
        return [stored for stored in self._stored.values() if stored.visible_at <= _now_s()]

    def _receive(self, stored: _Stored) -> Message:
        count = stored.message.receive_count + 1
        stored.message = replace(
            stored.message,
            receipt=f"{stored.message.message_id}/{count}",
            receive_count=count,
            first_received_ms=stored.message.first_received_ms or _now_ms(),
        )
        stored.visible_at = _now_s() + self.visibility_s
        return stored.message

    def _hide(self, message: Message, seconds: float) -> bool:
        self.visibility_changes.append((message.body, seconds))
        if stored := self._find(message.receipt):
            stored.visible_at = _now_s() + seconds
        return stored is not None

    def _delete(self, message: Message) -> bool:
        if message.receipt in self._deleted_receipts:
            return True
        is_known = self._find(message.receipt) is not None
        if is_known:
            self.deleted.append(message.body)
            self._remove(message.receipt)
        return is_known

    def _remove(self, receipt: str) -> None:
        self._deleted_receipts.add(receipt)
        self._stored.pop(receipt.rpartition("/")[0], None)

    def _find(self, receipt: str) -> _Stored | None:
        return self._stored.get(receipt.rpartition("/")[0])


async def consume(
    queue: InMemoryQueue,
    handle: Callable[[Message], Awaitable[None]],
    *,
    until: Callable[[], bool],
    concurrency: int = 2,
    drain_s: float = 1.0,
    circuit: Circuit | None = None,
    patience_s: float = 5,
) -> None:
    """Run a consumer until a condition holds, `patience_s` at most, then stop it as SIGTERM does."""
    stop = asyncio.Event()
    consumer = Consumer(queue, handle, concurrency=concurrency, wait_s=1, drain_s=drain_s, circuit=circuit)
    running = asyncio.create_task(consumer.run(stop))
    async with asyncio.timeout(patience_s):
        while not until():  # noqa: ASYNC110 - the conditions read a queue's state
            await asyncio.sleep(POLL_S)
    stop.set()
    await running


def _now_s() -> float:
    """The event loop's time, which may be virtual."""
    return asyncio.get_running_loop().time()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
