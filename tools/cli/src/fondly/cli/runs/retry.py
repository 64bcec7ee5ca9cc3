"""Resends what a running run waits for as its services would: the same events, ids and topics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError
from pydantic import BaseModel, Field

from fondly.cli.environment import Environment
from fondly.cli.errors import CommandError
from fondly.cli.runs.missing import MissingMessage, missing_messages
from fondly.cli.runs.uploads import notification_again
from fondly.contracts import object_keys
from fondly.contracts.events import (
    DataIngested,
    DeliverPart,
    EventData,
    MailerPoll,
    Poll,
    RecommendationsReady,
    RecommenderPoll,
    SenderPoll,
    SentimentPoll,
    SentimentScored,
    new_event,
)
from fondly.contracts.records import Customer, Recommendation, SentimentSummary, SharedText
from fondly.runtime.errors import error_code
from fondly.runtime.ports import Model
from fondly.runtime.queue.publisher import Publisher
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.delivery import Deliveries, Delivery
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import run_finished
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.runs.totals import RunTotals, total
from fondly.runtime.storage import S3Objects

POLLS: Mapping[StageName, type[Poll]] = {
    StageName.SENTIMENT: SentimentPoll,
    StageName.RECOMMENDER: RecommenderPoll,
    StageName.MAILER: MailerPoll,
    StageName.SENDER: SenderPoll,
}


class Message(BaseModel):
    """A message to send again, to a topic or, if no topic delivers it, to a queue.

    `event_id` is the one that its service gives it; a notification from S3 has none.
    """

    topic: str | None = None
    queue: str | None = None
    about: str
    why: str
    event_id: str | None = None
    body: str = Field(exclude=True, repr=False)


@dataclass(frozen=True)
class Retry:
    """The retry of one run: `messages` only reads, `send` sends."""

    environment: Environment
    run: Run
    ledger: Ledger
    objects: S3Objects

    async def messages(self) -> list[Message]:
        """Return what to send again; raise `CommandError` if that is nothing or the run's files are gone."""
        deliveries = Deliveries(self.environment.dynamodb, await self.environment.table("runs"))
        delivery = await deliveries.find(self.run.run_id)
        found = missing_messages(self.run, delivery)
        totals = total(await self.ledger.reports(self.run.run_id))
        if self.run.status is RunStatus.FINISHED:
            return [self._to_sender(missing, delivery, totals) for missing in found]
        return [await self._message(missing, totals.counts) for missing in found]

    async def send(self, messages: Sequence[Message]) -> None:
        """Send the messages to their topics and queues."""
        publisher = Publisher(self.environment.sns)
        for topic in sorted({message.topic for message in messages if message.topic}):
            bodies = [message.body for message in messages if message.topic == topic]
            await publisher.publish(await self.environment.topic_arn(topic), bodies)
        for message in messages:
            if message.queue:
                await SQSQueue(self.environment.sqs, await self.environment.queue_url(message.queue)).send(
                    message.body
                )

    async def _message(self, missing: MissingMessage, counts: Mapping[str, int]) -> Message:
        if missing.attempt:
            return self._again(POLLS[missing.stage](attempt=missing.attempt), missing.stage, missing)
        match missing.stage:
            case StageName.INGEST:
                queue, body = await notification_again(self.environment, self.run)
                return Message(queue=queue, about=self.run.source, why=missing.why, body=body)
            case StageName.SENTIMENT:
                ingested = await self._data_ingested(missing.part, counts)
                return self._again(ingested, StageName.INGEST, missing)
            case StageName.RECOMMENDER:
                return self._again(await self._sentiment_scored(counts), StageName.SENTIMENT, missing)
            case StageName.MAILER:
                ready = await self._recommendations_ready(missing.part)
                return self._again(ready, StageName.RECOMMENDER, missing)
            case StageName.SENDER:
                raise CommandError(f"{self.run.run_id} is {self.run.status}: it is not delivered yet")

    def _to_sender(self, missing: MissingMessage, delivery: Delivery | None, totals: RunTotals) -> Message:
        """A message about the delivery, to the sender alone: others know that the run has finished."""
        stage = StageName.SENDER
        if delivery is None:
            return self._again(run_finished("finished", None, totals), StageName.MAILER, missing, queue=stage)
        if missing.part:
            return self._again(
                DeliverPart(part=missing.part, release=delivery.release), stage, missing, queue=stage
            )
        return self._again(SenderPoll(attempt=missing.attempt), stage, missing, queue=stage)

    async def _data_ingested(self, part: int, counts: Mapping[str, int]) -> DataIngested:
        run_id = self.run.run_id
        shared = await self.objects.find_lines(object_keys.shared_texts(run_id, part), SharedText)
        return DataIngested.of(
            run_id,
            part,
            parts=self.run.parts or part,
            customers=await self._lines(object_keys.customers(run_id, part), Customer),
            shared_texts=len(shared),
            run_texts=counts.get("reviews", 0) + counts.get("shared_texts", 0),
        )

    async def _sentiment_scored(self, counts: Mapping[str, int]) -> SentimentScored:
        summary = await self.objects.find(object_keys.sentiment_summary(self.run.run_id))
        return SentimentScored(
            parts=self.run.parts or 1,
            reviews=counts.get("reviews_scored", 0),
            summary=None if summary is None else SentimentSummary.model_validate_json(summary),
        )

    async def _recommendations_ready(self, part: int) -> RecommendationsReady:
        key = object_keys.recommendations(self.run.run_id, part)
        return RecommendationsReady.of(
            self.run.run_id,
            part,
            parts=self.run.parts or part,
            recommendations=await self._lines(key, Recommendation),
        )

    def _again(
        self, data: EventData, source: StageName, missing: MissingMessage, *, queue: str | None = None
    ) -> Message:
        """The event as `source` makes it; one that no topic carries goes to the queue of its stage."""
        event = new_event(data, run_id=self.run.run_id, source=source)
        kind = data.type.split(".")[1]
        return Message(
            topic=None if queue else data.topic or None,
            queue=queue or (None if data.topic else missing.stage),
            about=f"{kind} {data.cause}",
            why=missing.why,
            event_id=event.id,
            body=event.body,
        )

    async def _lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read a part's records: the event carries their number."""
        try:
            return await self.objects.get_lines(key, kind)
        except ClientError as error:
            if error_code(error) == "NoSuchKey":
                raise CommandError(f"s3://{self.objects.bucket}/{key} is gone: nothing to retry") from error
            raise
