"""What a consumer measures of itself, written in few log lines: one may hold many values of a metric."""

import asyncio
import time
from typing import Protocol

from encore.runtime.logs import get_logger
from encore.runtime.metrics import MAX_VALUES, Metric, emit
from encore.runtime.queue.message import Message
from encore.runtime.queue.sqs import Depth

REPORT_S = 10.0
DEPTH_EVERY = 6
"""Reports between two looks at the queue itself."""
log = get_logger()


class Deep(Protocol):
    """What a meter needs of a queue."""

    async def depth(self) -> Depth: ...  # noqa: D102 - see SQSQueue


class Meter:
    """Adds up outcomes and collects durations between two reports."""

    def __init__(self, queue: Deep) -> None:
        self._queue = queue
        self._counts: dict[Metric, int] = {}
        self._values: dict[Metric, list[float]] = {}

    def started(self, message: Message) -> None:
        """Note that a message's handler begins, and how long after it was sent."""
        if message.sent_ms:
            self._add(Metric.LAG_SECONDS, time.time() - message.sent_ms / 1000)

    def settled(self, message: Message, outcome: Metric, seconds: float) -> None:
        """Note what became of a message, and how long its handler took."""
        self.count(Metric.MESSAGES_RECEIVED)
        self.count(outcome)
        self._add(Metric.HANDLER_SECONDS, seconds)
        self._add(Metric.MESSAGE_AGE_SECONDS, time.time() - message.first_received_ms / 1000)

    def count(self, metric: Metric) -> None:
        """Add one."""
        self._counts[metric] = self._counts.get(metric, 0) + 1

    def report(self) -> None:
        """Write what has come together since the last report."""
        if self._counts:
            counts, self._counts = self._counts, {}
            values, self._values = self._values, {}
            emit({**counts, **values})

    async def keep_reporting(self) -> None:
        """Report for ever, now and then with the queue's depth."""
        while True:
            await self._report_depth()
            for _ in range(DEPTH_EVERY):
                await asyncio.sleep(REPORT_S)
                self.report()

    async def _report_depth(self) -> None:
        try:
            depth = await self._queue.depth()
        except Exception as error:  # noqa: BLE001 - a figure less is no reason to stop working
            log.warning("depth_unknown", error=repr(error))
            return
        emit({Metric.QUEUE_BACKLOG: depth.visible, Metric.QUEUE_IN_FLIGHT: depth.in_flight})

    def _add(self, metric: Metric, value: float) -> None:
        values = self._values.setdefault(metric, [])
        values.append(round(max(0.0, value), 3))
        if len(values) >= MAX_VALUES:
            self.report()
