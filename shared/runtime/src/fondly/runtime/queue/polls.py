"""Delayed messages of a service to its own queue: it waits without holding a message or a task."""

from collections.abc import Iterable, Mapping, Sequence

from fondly.contracts.events import (
    DeliverPart,
    MailerPoll,
    RecommenderBundle,
    RecommenderPoll,
    Round,
    SenderPoll,
    SentimentPoll,
    new_event,
)
from fondly.runtime.batches import batches
from fondly.runtime.parallel import for_each
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.run import StageName

POLLS: Mapping[StageName, type[SentimentPoll | RecommenderPoll | MailerPoll | SenderPoll]] = {
    StageName.SENTIMENT: SentimentPoll,
    StageName.RECOMMENDER: RecommenderPoll,
    StageName.MAILER: MailerPoll,
    StageName.SENDER: SenderPoll,
}

SENT_AT_ONCE = 8
"""How many messages are sent at a time where there are many."""
DOUBTS_AT_ONCE = 50
"""Customers that one message names: an id of 256 characters may take 3 KB."""


class SQSPolls:
    """Sends the polls of one stage, which arrive after an interval."""

    def __init__(self, queue: SQSQueue, *, stage: StageName, interval_s: int) -> None:
        self._queue = queue
        self._stage = stage
        self._interval_s = interval_s

    async def send(self, run_id: str, attempt: int, *, delay_s: int | None = None) -> None:
        """Poll the run after so many seconds, 900 at most, or the interval; an attempt is one event."""
        poll = POLLS[self._stage](attempt=attempt)
        event = new_event(poll, run_id=run_id, source=self._stage)
        await self._queue.send(event.body, delay_s=self._interval_s if delay_s is None else delay_s)


class SQSMailerPolls(SQSPolls):
    """The mailer's polls, and its messages to itself about parts that have waited for a job."""

    def __init__(self, queue: SQSQueue, *, interval_s: int) -> None:
        super().__init__(queue, stage=StageName.MAILER, interval_s=interval_s)

    async def send_part(self, run_id: str, part: int) -> None:
        """Have a part mailed by whichever task is free; the same part is the same event."""
        event = new_event(MailerPoll(part=part), run_id=run_id, source=self._stage)
        await self._queue.send(event.body)


class SQSRecommenderPolls(SQSPolls):
    """The recommender's polls, and its messages to itself about bundles of parts."""

    def __init__(self, queue: SQSQueue, *, interval_s: int) -> None:
        super().__init__(queue, stage=StageName.RECOMMENDER, interval_s=interval_s)

    async def send_bundles(self, run_id: str, in_round: Round, bundles: Iterable[int]) -> None:
        """Have bundles handled by whichever tasks are free; the same bundle is the same event."""

        async def send(bundle: int) -> None:
            data = RecommenderBundle(round=in_round, bundle=bundle)
            await self._queue.send(new_event(data, run_id=run_id, source=self._stage).body)

        await for_each(bundles, send, parallel=SENT_AT_ONCE)


class SQSSenderPolls(SQSPolls):
    """The sender's polls, and its messages to itself about parts that may be delivered."""

    def __init__(self, queue: SQSQueue, *, interval_s: int) -> None:
        super().__init__(queue, stage=StageName.SENDER, interval_s=interval_s)

    async def send_parts(self, run_id: str, parts: Iterable[int], *, release: int) -> None:
        """Have parts delivered by whichever tasks are free; a part of one release is the same event."""

        async def send(part: int) -> None:
            data = DeliverPart(part=part, release=release)
            await self._queue.send(new_event(data, run_id=run_id, source=self._stage).body)

        await for_each(parts, send, parallel=SENT_AT_ONCE)

    async def send_doubts(
        self, run_id: str, part: int, customer_ids: Sequence[str], *, release: int, delay_s: int
    ) -> None:
        """Look after so many seconds, 900 at most, whether emails that were in doubt are known to be sent."""
        for batch in batches(customer_ids, DOUBTS_AT_ONCE):
            data = DeliverPart(part=part, release=release, doubted=tuple(batch))
            event = new_event(data, run_id=run_id, source=self._stage)
            await self._queue.send(event.body, delay_s=delay_s)
