"""A consumer's own metrics, written in few log lines: one line may hold many values of a metric."""

import asyncio
import time
from collections import Counter

from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import MAX_VALUES, Metric, emit
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Queue

REPORT_S = 10.0
REPORTS_PER_DEPTH = 6
"""Reports between two measurements of the queue's depth."""
log = get_logger()


class Meter:
    """Counts outcomes and collects durations between reports."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._counts = Counter[Metric]()
        self._values: dict[Metric, list[float]] = {}

    def started(self, message: Message) -> None:
        """Record that a message's handler starts, and how long after the message was sent."""
        if message.sent_ms:
            self._add(Metric.LAG_SECONDS, time.time() - message.sent_ms / 1000)

    def ended(self, message: Message, outcome: Metric, seconds: float) -> None:
        """Record a message's outcome and how long its handler took."""
        self._counts.update((Metric.MESSAGES_RECEIVED, outcome))
        self._add(Metric.HANDLER_SECONDS, seconds)
        self._add(Metric.MESSAGE_AGE_SECONDS, time.time() - message.first_received_ms / 1000)

    def report(self) -> None:
        """Write what has accumulated since the last report."""
        if self._counts:
            counts, self._counts = self._counts, Counter()
            values, self._values = self._values, {}
            emit({**counts, **values})

    async def keep_reporting(self) -> None:
        """Report at intervals until cancelled, now and then with the queue's depth."""
        while True:
            await self._report_depth()
            for _ in range(REPORTS_PER_DEPTH):
                await asyncio.sleep(REPORT_S)
                self.report()

    async def _report_depth(self) -> None:
        try:
            depth = await self._queue.depth()
        except Exception as error:  # noqa: BLE001 - a missing figure must not stop the consumer
            log.warning("queue_depth_not_read", error=repr(error))
            return
        emit({Metric.QUEUE_BACKLOG: depth.visible, Metric.QUEUE_IN_FLIGHT: depth.in_flight})

    def _add(self, metric: Metric, value: float) -> None:
        values = self._values.setdefault(metric, [])
        values.append(round(max(0.0, value), 3))
        if len(values) >= MAX_VALUES:
            self.report()
