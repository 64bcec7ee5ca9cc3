"""Receives messages from a queue and handles them; a message is deleted only after its handler succeeded.

`fondly.runtime.queue.failures` says what happens to a message whose handler fails.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

import structlog

from fondly.runtime import tracing
from fondly.runtime.batches import batches
from fondly.runtime.heartbeat import Silence
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric
from fondly.runtime.queue.circuit import Circuit
from fondly.runtime.queue.deletions import Deletions
from fondly.runtime.queue.failures import Failures
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.meter import Meter
from fondly.runtime.queue.ports import Queue
from fondly.runtime.queue.sqs import MAX_BATCH
from fondly.runtime.queue.visibility import VisibilityKeeper, in_time

PREFETCH_S = 0.5
"""A prefetched message is hidden from idle processes: only as many are as can be started within this time."""
WEIGHT = 0.2
"""Weight of the latest handler in the moving average."""


class Prefetch:
    """The number of messages worth prefetching, from a moving average of handler seconds."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._mean_s: float | None = None

    def handled(self, seconds: float) -> None:
        """Record how long a handler took."""
        mean = self._mean_s
        self._mean_s = seconds if mean is None else mean + WEIGHT * (seconds - mean)

    @property
    def limit(self) -> int:
        """Messages to hold in addition to those being handled: at most as many again."""
        if self._mean_s is None:
            return 0
        turns = PREFETCH_S / max(self._mean_s, 1e-6)
        return min(self._concurrency, int(turns * self._concurrency)) if turns >= 1 else 0


log = get_logger()

Handler = Callable[[Message], Awaitable[None]]
RECEIVE_RETRY_S = 1.0
MAX_RECEIVES = 8
"""Concurrent calls to a busy queue."""


class Consumer:
    """Handles up to `concurrency` messages of a queue at a time, keeping them hidden."""

    def __init__(
        self,
        queue: Queue,
        handle: Handler,
        *,
        concurrency: int,
        wait_s: int = 20,
        drain_s: float = 25.0,
        circuit: Circuit | None = None,
        silence: Silence | None = None,
    ) -> None:
        self._queue = queue
        self._handle = in_time(handle)
        self._concurrency = concurrency
        self._wait_s = wait_s
        self._drain_s = drain_s
        self._circuit = circuit or Circuit()
        self._prefetch = Prefetch(concurrency)
        self._meter = Meter(queue)
        self._failures = Failures(queue, self._circuit, handler=_name(handle))
        self._visibility = VisibilityKeeper(queue)
        self._deletions = Deletions(queue, on_done=self._visibility.remove)
        self._waiting: deque[Message] = deque()
        self._working: set[asyncio.Task[None]] = set()
        self._slot_freed = asyncio.Event()
        self._silence = silence or Silence()
        self._silence.excuse(lambda: self._working or self._circuit.remaining_s)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish the messages being handled within the drain time."""
        polling = asyncio.create_task(self._poll())
        background = [
            asyncio.create_task(self._visibility.run()),
            asyncio.create_task(self._meter.keep_reporting()),
        ]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await _cancel(polling, stopping)
        await self._return_waiting()
        await self._drain()
        await _cancel(*background)
        self._meter.report()

    async def _poll(self) -> None:
        """Receive continuously: one long poll, or several short ones while all of them come back full."""
        calls = 1
        while True:
            room = await self._wait_for_room()
            if self._circuit.remaining_s:
                await self._circuit.ready()
                continue
            limits = _limits(room, calls)
            wait_s = self._wait_s if len(limits) == 1 else 0
            counts = await asyncio.gather(*(self._receive(limit, wait_s) for limit in limits))
            busy = all(count == limit for count, limit in zip(counts, limits, strict=True))
            calls = min(MAX_RECEIVES, 2 * len(limits)) if busy else 1

    async def _wait_for_room(self) -> int:
        """Wait until a receive is worth its call; return how many messages there is room for."""
        while True:
            prefetch = self._prefetch.limit
            capacity = 1 if self._circuit.is_trying else self._concurrency + prefetch
            room = capacity - len(self._working) - len(self._waiting)
            if room >= min(MAX_BATCH, max(1, prefetch)) or (self._circuit.is_trying and room >= 1):
                return room
            self._slot_freed.clear()
            await self._slot_freed.wait()

    async def _receive(self, limit: int, wait_s: int) -> int:
        try:
            messages = await self._queue.receive(limit=limit, wait_s=wait_s)
        except Exception as error:  # noqa: BLE001 - an unreachable queue must not end the service
            log.warning("receive_failed", error=repr(error))
            await asyncio.sleep(RECEIVE_RETRY_S)
            return 0
        self._silence.broken()
        for message in messages:
            self._visibility.add(message, on_lost=partial(self._drop_waiting, message))
        self._waiting.extend(messages)
        if self._circuit.remaining_s:
            await self._return_waiting(self._circuit.remaining_s)
        self._start()
        return len(messages)

    def _start(self) -> None:
        while self._waiting and len(self._working) < self._concurrency:
            message = self._waiting.popleft()
            task = asyncio.create_task(self._work(message))
            self._visibility.add(message, on_lost=task.cancel)
            self._working.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._start()
        self._slot_freed.set()

    def _drop_waiting(self, message: Message) -> None:
        with suppress(ValueError):
            self._waiting.remove(message)
        self._slot_freed.set()

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
            self._visibility.remove(message)
            raise
        except Exception as error:  # noqa: BLE001 - every failure is handled by its kind
            outcome = await self._failed(message, error)
        else:
            self._deletions.add(message)
            self._circuit.succeeded()
            outcome = Metric.MESSAGES_SUCCEEDED
        took_s = time.monotonic() - started
        self._prefetch.handled(took_s)
        self._meter.ended(message, outcome, took_s)

    async def _failed(self, message: Message, error: Exception) -> Metric:
        outcome = await self._failures.handle(message, error)
        self._visibility.remove(message)
        if self._circuit.remaining_s:
            await self._return_waiting(self._circuit.remaining_s)
        return outcome

    async def _return_waiting(self, seconds: float = 0) -> None:
        """Make messages that wait for a slot visible to other consumers, `seconds` from now."""
        returned = list(self._waiting)
        self._waiting.clear()
        for message in returned:
            self._visibility.remove(message)
        for batch in batches(returned, MAX_BATCH):
            with suppress(Exception):  # they become visible by themselves
                await self._queue.change_visibility_batch(batch, seconds=seconds)

    async def _drain(self) -> None:
        if self._working:
            log.info("drain_started", messages=len(self._working))
            await asyncio.wait(self._working, timeout=self._drain_s)
        await _cancel(*self._working)
        await self._deletions.close()


def _name(handle: Handler) -> str:
    return str(getattr(handle, "__name__", type(handle).__name__))


def _limits(room: int, calls: int) -> Sequence[int]:
    """Split the room into calls of at most ten messages."""
    full, rest = divmod(room, MAX_BATCH)
    return ([MAX_BATCH] * full + [rest] * (rest > 0))[:calls]


async def _cancel(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    """Cancel tasks and wait until they have ended; raise the failure of one that failed."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
