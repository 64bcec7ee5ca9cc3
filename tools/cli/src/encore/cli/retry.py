"""Sends again what an open run waits for, as the services would: same events, same ids, same ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError
from pydantic import BaseModel, Field

from encore.cli.domain.lacks import Lack, lacks
from encore.cli.errors import OpsError
from encore.cli.place import Place
from encore.cli.uploads import notification_again
from encore.contracts import object_keys
from encore.contracts.events import (
    DataIngested,
    Event,
    RecommendationsReady,
    RecommenderPoll,
    SentimentScored,
    new_event,
)
from encore.contracts.records import Customer, Recommendation
from encore.runtime.errors import error_code
from encore.runtime.ports import Model
from encore.runtime.queue.publisher import Publisher
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run, StageName
from encore.runtime.runs.totals import total
from encore.runtime.storage import S3Objects

RECOMMENDER_QUEUE = "recommender"


class Message(BaseModel):
    """A message to send again, to a topic or, where no topic leads there, to a queue.

    `event_id` is the one that its service gives it; a notification of S3 has none.
    """

    topic: str | None = None
    queue: str | None = None
    about: str
    why: str
    event_id: str | None = None
    body: str = Field(exclude=True, repr=False)


@dataclass(frozen=True)
class Retry:
    """The retry of one run: `messages` looks, `send` acts."""

    place: Place
    run: Run
    ledger: Ledger
    objects: S3Objects

    async def messages(self) -> list[Message]:
        """Return what has to be sent again; raise `OpsError` when the run has ended or its files are gone."""
        return [await self._message(lack) for lack in lacks(self.run)]

    async def send(self, messages: Sequence[Message]) -> None:
        """Send the messages to their topics and queues."""
        publisher = Publisher(self.place.sns)
        for topic in sorted({message.topic for message in messages if message.topic}):
            bodies = [message.body for message in messages if message.topic == topic]
            await publisher.publish(await self.place.topic_arn(topic), bodies)
        for message in messages:
            if message.queue:
                await SQSQueue(self.place.sqs, await self.place.queue_url(message.queue)).send(message.body)

    async def _message(self, lack: Lack) -> Message:
        match lack.stage:
            case StageName.INGEST:
                queue, body = await notification_again(self.place, self.run)
                return Message(queue=queue, about=self.run.source, why=lack.why, body=body)
            case StageName.SENTIMENT:
                return self._publication(await self._data_ingested(lack.number), lack)
            case StageName.RECOMMENDER if lack.number:
                return self._check(lack)
            case StageName.RECOMMENDER:
                return self._publication(await self._sentiment_scored(), lack)
            case StageName.MAILER:
                return self._publication(await self._recommendations_ready(lack.number), lack)

    async def _data_ingested(self, part: int) -> Event[DataIngested]:
        key = object_keys.customers(self.run.run_id, part)
        customers = await self._lines(key, Customer)
        reviews = sum(len(customer.reviews) for customer in customers)
        data = DataIngested(
            part=part, parts=self.run.parts or part, key=key, customers=len(customers), reviews=reviews
        )
        return new_event(data, run_id=self.run.run_id, source=StageName.INGEST)

    async def _sentiment_scored(self) -> Event[SentimentScored]:
        counts = total(await self.ledger.reports(self.run.run_id)).counts
        data = SentimentScored(parts=self.run.parts or 1, reviews=counts.get("reviews_scored", 0))
        return new_event(data, run_id=self.run.run_id, source=StageName.SENTIMENT)

    async def _recommendations_ready(self, part: int) -> Event[RecommendationsReady]:
        key = object_keys.recommendations(self.run.run_id, part)
        recommended = await self._lines(key, Recommendation)
        data = RecommendationsReady(
            part=part, parts=self.run.parts or part, key=key, customers=len(recommended)
        )
        return new_event(data, run_id=self.run.run_id, source=StageName.RECOMMENDER)

    def _check(self, lack: Lack) -> Message:
        data = RecommenderPoll(attempt=lack.number)
        event = new_event(data, run_id=self.run.run_id, source=StageName.RECOMMENDER)
        return Message(
            queue=RECOMMENDER_QUEUE,
            about=f"recommender-poll {lack.number}",
            why=lack.why,
            event_id=event.id,
            body=event.model_dump_json(exclude_none=True),
        )

    @staticmethod
    def _publication(
        event: Event[DataIngested] | Event[SentimentScored] | Event[RecommendationsReady], lack: Lack
    ) -> Message:
        return Message(
            topic=event.data.topic,
            about=f"{event.data.topic} {event.data.cause}",
            why=lack.why,
            event_id=event.id,
            body=event.model_dump_json(exclude_none=True),
        )

    async def _lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read a part's records, to say again how many they are."""
        try:
            return await self.objects.get_lines(key, kind)
        except ClientError as error:
            if error_code(error) == "NoSuchKey":
                raise OpsError(f"s3://{self.objects.bucket}/{key} is gone: the run cannot go on") from error
            raise
