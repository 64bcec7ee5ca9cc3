"""Delayed messages of a service to its own queue: it waits without holding a message or a task."""

from fondly.contracts.events import EventData, Poll, new_event
from fondly.runtime.queue.sqs import SQSQueue

SENT_AT_ONCE = 8
"""How many messages are sent at a time where there are many."""


class SQSPolls:
    """Sends the messages of one stage to itself, of which its polls arrive after an interval."""

    def __init__(self, queue: SQSQueue, *, poll: type[Poll], source: str, interval_s: int) -> None:
        self._queue = queue
        self._poll = poll
        self._source = source
        self._interval_s = interval_s

    async def send(self, run_id: str, attempt: int, *, delay_s: int | None = None) -> None:
        """Poll the run after so many seconds, 900 at most, or the interval; an attempt is one event."""
        wait_s = self._interval_s if delay_s is None else delay_s
        await self.send_data(run_id, self._poll(attempt=attempt), delay_s=wait_s)

    async def send_data(self, run_id: str, data: EventData, *, delay_s: int = 0) -> None:
        """Send another message about the run, which arrives after so many seconds, 900 at most."""
        event = new_event(data, run_id=run_id, source=self._source)
        await self._queue.send(event.body, delay_s=delay_s)
