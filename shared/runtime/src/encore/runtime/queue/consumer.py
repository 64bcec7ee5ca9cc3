"""The loop that takes messages from a queue and has each handled: done → deleted, and only then.

What becomes of a failure is said in `encore.runtime.queue.failures`.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

import structlog

from encore.runtime import tracing
from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric
from encore.runtime.queue.circuit import Circuit
from encore.runtime.queue.deletions import Deleting, Deletions
from encore.runtime.queue.failures import Failures, Settling
from encore.runtime.queue.leases import Leases, Leasing
from encore.runtime.queue.message import Message
from encore.runtime.queue.meter import Deep, Meter
from encore.runtime.queue.prefetch import Prefetch
from encore.runtime.queue.sqs import MAX_BATCH

log = get_logger()

Handler = Callable[[Message], Awaitable[None]]
RECEIVE_RETRY_S = 1.0
MAX_RECEIVES = 8
"""Calls to a busy queue at the same time."""


class Queue(Leasing, Deleting, Settling, Deep, Protocol):
    """What the consumer needs of a queue."""

    name: str

    async def receive(self, *, limit: int, wait_s: int) -> list[Message]: ...  # noqa: D102 - see SQSQueue


class Consumer:
    """Handles up to `concurrency` messages of one queue at a time, renewing each one's lease."""

    def __init__(
        self,
        queue: Queue,
        handle: Handler,
        *,
        concurrency: int,
        wait_s: int = 20,
        drain_s: float = 25.0,
        circuit: Circuit | None = None,
    ) -> None:
        self._queue = queue
        self._handle = handle
        self._concurrency = concurrency
        self._wait_s = wait_s
        self._drain_s = drain_s
        self._circuit = circuit or Circuit()
        self._prefetch = Prefetch(concurrency)
        self._meter = Meter(queue)
        self._failures = Failures(queue, self._circuit, handler=_name(handle))
        self._leases = Leases(queue)
        self._deletions = Deletions(queue, gone=self._leases.let_go)
        self._waiting: deque[Message] = deque()
        self._working: set[asyncio.Task[None]] = set()
        self._room_made = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish what is in hand within the drain time."""
        polling = asyncio.create_task(self._poll())
        upkeep = [
            asyncio.create_task(self._leases.keep()),
            asyncio.create_task(self._meter.keep_reporting()),
        ]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _cancel(polling, stopping)
        await self._give_back()
        await self._drain()
        await _cancel(*upkeep)
        self._meter.report()

    async def _poll(self) -> None:
        """Keep messages coming: one long poll, or several short ones while the queue gives full answers."""
        calls = 1
        while True:
            room = await self._room()
            if self._circuit.remaining_s:
                await self._circuit.ready()
                continue
            limits = _limits(room, calls)
            wait_s = self._wait_s if len(limits) == 1 else 0
            counts = await asyncio.gather(*(self._receive(limit, wait_s) for limit in limits))
            busy = all(count == limit for count, limit in zip(counts, limits, strict=True))
            calls = min(MAX_RECEIVES, 2 * len(limits)) if busy else 1

    async def _room(self) -> int:
        """Wait until there is room for a call's worth of messages, and return for how many."""
        while True:
            ahead = self._prefetch.ahead
            capacity = 1 if self._circuit.is_trying else self._concurrency + ahead
            room = capacity - len(self._working) - len(self._waiting)
            if room >= min(MAX_BATCH, max(1, ahead)) or (self._circuit.is_trying and room >= 1):
                return room
            self._room_made.clear()
            await self._room_made.wait()

    async def _receive(self, limit: int, wait_s: int) -> int:
        try:
            messages = await self._queue.receive(limit=limit, wait_s=wait_s)
        except Exception as error:  # noqa: BLE001 - an unreachable queue must not end the service
            log.warning("receive_failed", error=repr(error))
            await asyncio.sleep(RECEIVE_RETRY_S)
            return 0
        for message in messages:
            self._leases.hold(message, lost=partial(self._forget, message))
        self._waiting.extend(messages)
        if self._circuit.remaining_s:
            await self._give_back(self._circuit.remaining_s)
        self._start()
        return len(messages)

    def _start(self) -> None:
        while self._waiting and len(self._working) < self._concurrency:
            message = self._waiting.popleft()
            task = asyncio.create_task(self._work(message))
            self._leases.hold(message, lost=task.cancel)
            self._working.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._start()
        self._room_made.set()

    def _forget(self, message: Message) -> None:
        with suppress(ValueError):
            self._waiting.remove(message)
        self._room_made.set()

    async def _work(self, message: Message) -> None:
        structlog.contextvars.bind_contextvars(message_id=message.message_id)
        self._meter.started(message)
        started = time.monotonic()
        try:
            with tracing.handling(
                self._queue.name, parent=message.traceparent, message_id=message.message_id
            ):
                await self._handle(message)
        except asyncio.CancelledError:
            self._leases.let_go(message)
            raise
        except Exception as error:  # noqa: BLE001 - every failure is settled here, by its kind
            outcome = await self._settle_failure(message, error)
        else:
            self._deletions.add(message)
            self._circuit.succeeded()
            outcome = Metric.MESSAGES_SUCCEEDED
        took_s = time.monotonic() - started
        self._prefetch.took(took_s)
        self._meter.settled(message, outcome, took_s)

    async def _settle_failure(self, message: Message, error: Exception) -> Metric:
        outcome = await self._failures.settle(message, error)
        self._leases.let_go(message)
        if self._circuit.remaining_s:
            await self._give_back(self._circuit.remaining_s)
        return outcome

    async def _give_back(self, seconds: float = 0) -> None:
        """Let others have what waits here untouched, `seconds` from now."""
        untouched = list(self._waiting)
        self._waiting.clear()
        for message in untouched:
            self._leases.let_go(message)
        for batch in batches(untouched, MAX_BATCH):
            with suppress(Exception):  # their leases end by themselves
                await self._queue.lease_all(batch, seconds=seconds)

    async def _drain(self) -> None:
        if self._working:
            log.info("draining", messages=len(self._working))
            await asyncio.wait(self._working, timeout=self._drain_s)
        await _cancel(*self._working)
        await self._deletions.close()


def _name(handle: Handler) -> str:
    return str(getattr(handle, "__name__", type(handle).__name__))


def _limits(room: int, calls: int) -> Sequence[int]:
    """Share out room among calls of at most ten messages."""
    full, rest = divmod(room, MAX_BATCH)
    return ([MAX_BATCH] * full + [rest] * (rest > 0))[:calls]


async def _cancel(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    """Cancel tasks that may be running and wait for their end; a failure of their own is raised."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
