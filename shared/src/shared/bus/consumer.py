"""The loop that takes messages from a queue and settles each by what its handler did.

Handled → deleted, and only then. `PermanentError` → the dead letters at once, with the reason. A transient
failure → back after a backoff. Anything else is unknown: it comes back too, and the queue's own redrive
policy sends it to the dead letters when it has been received too often.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import structlog

from shared.bus.message import Message
from shared.bus.retry import backoff_s
from shared.errors import PermanentError, is_transient
from shared.metrics import Metric, emit
from shared.telemetry import get_logger

log = get_logger()

Handler = Callable[[Message], Awaitable[None]]
RECEIVE_RETRY_S = 1.0


class Queue(Protocol):
    """What the consumer needs of a queue."""

    visibility_s: int

    async def receive(self, *, limit: int, wait_s: int) -> list[Message]: ...  # noqa: D102 - see SqsQueue
    async def delete(self, message: Message) -> None: ...  # noqa: D102 - see SqsQueue
    async def lease(self, message: Message, *, seconds: float) -> None: ...  # noqa: D102 - see SqsQueue
    async def bury(self, message: Message, *, reason: str, exception: str) -> None: ...  # noqa: D102 - see SqsQueue


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
    ) -> None:
        self._queue = queue
        self._handle = handle
        self._wait_s = wait_s
        self._drain_s = drain_s
        self._slots = asyncio.Semaphore(concurrency)
        self._free = concurrency
        self._working: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish what is in hand within the drain time."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            polling = asyncio.create_task(self._poll())
            await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await _cancel(polling)
        await _cancel(stopping)
        await self._drain()

    async def _poll(self) -> None:
        """Wait for a free slot, receive as many messages as there are free slots, start them."""
        async with self._slots:
            pass
        try:
            messages = await self._queue.receive(limit=self._free, wait_s=self._wait_s)
        except Exception as error:  # noqa: BLE001 - an unreachable queue must not end the service
            log.warning("receive_failed", error=repr(error))
            await asyncio.sleep(RECEIVE_RETRY_S)
            return
        for message in messages:
            await self._slots.acquire()
            self._free -= 1
            task = asyncio.create_task(self._work(message))
            self._working.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._free += 1
        self._slots.release()

    async def _work(self, message: Message) -> None:
        structlog.contextvars.bind_contextvars(message_id=message.message_id)
        handling = asyncio.create_task(self._settle(message))
        renewing = asyncio.create_task(self._renew(message))
        try:
            await asyncio.wait({handling, renewing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancel(renewing)
            await _cancel(handling)

    async def _renew(self, message: Message) -> None:
        """Keep the lease alive; return when it is lost, which stops the handler."""
        while True:
            await asyncio.sleep(self._queue.visibility_s / 2)
            try:
                await self._queue.lease(message, seconds=self._queue.visibility_s)
            except Exception as error:  # noqa: BLE001 - whatever the cause, the lease is gone
                if not is_transient(error):
                    log.warning("lease_lost", error=repr(error))
                    return

    async def _settle(self, message: Message) -> None:
        started = time.monotonic()
        try:
            await self._handle(message)
        except Exception as error:  # noqa: BLE001 - every failure is settled here, by its kind
            outcome = await self._settle_failure(message, error)
        else:
            await self._queue.delete(message)
            outcome = Metric.MESSAGES_SUCCEEDED
        emit(
            {
                Metric.MESSAGES_RECEIVED: 1,
                outcome: 1,
                Metric.HANDLER_SECONDS: round(time.monotonic() - started, 3),
                Metric.MESSAGE_AGE_SECONDS: round(time.time() - message.first_received_ms / 1000, 3),
            }
        )

    async def _settle_failure(self, message: Message, error: Exception) -> Metric:
        kind = type(error).__name__
        if isinstance(error, PermanentError):
            log.error("message_dead_lettered", reason=str(error))
            await self._queue.bury(message, reason=str(error), exception=kind)
            return Metric.MESSAGES_DEAD_LETTERED
        delay_s = backoff_s(message.receive_count)
        if is_transient(error):
            log.info("message_retried", error=repr(error), delay_s=round(delay_s, 1))
        else:
            log.error("message_failed", exc_info=error, receive_count=message.receive_count)
        with suppress(Exception):  # the lease ends by itself if it cannot be shortened
            await self._queue.lease(message, seconds=delay_s)
        return Metric.MESSAGES_RETRIED

    async def _drain(self) -> None:
        if self._working:
            log.info("draining", messages=len(self._working))
            await asyncio.wait(self._working, timeout=self._drain_s)
        for task in tuple(self._working):
            await _cancel(task)


async def _cancel(task: asyncio.Task[object] | asyncio.Task[None]) -> None:
    """Cancel a task that may be running and wait for its end; a failure of its own is raised."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
