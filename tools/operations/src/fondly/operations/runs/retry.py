"""Resends what a run waits for, as its services would: the same events, ids and topics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated

from botocore.exceptions import ClientError
from pydantic import BaseModel, Field

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.events import (
    DataIngested,
    DeliverPart,
    EventData,
    Poll,
    RecommendationsReady,
    RecommenderPoll,
    RenderPart,
    SenderPoll,
    SentimentScored,
    UploadRead,
    new_event,
)
from fondly.contracts.records import Customer, Recommendation, SentimentSummary, SharedText
from fondly.operations.audit import noted
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import find_run
from fondly.operations.runs.missing import MissingMessage, missing_messages
from fondly.operations.runs.uploads import notification_again
from fondly.runtime.errors import error_code
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Model
from fondly.runtime.queue.polls import SENT_AT_ONCE
from fondly.runtime.queue.publisher import Publisher
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import run_finished
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.runs.totals import RunTotals, total
from fondly.runtime.storage import S3Objects

Dollars = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
POLLS: Mapping[StageName, type[Poll]] = {StageName.RECOMMENDER: RecommenderPoll, StageName.SENDER: SenderPoll}


class Message(BaseModel):
    """A message to send again, to a topic or a queue; only a notification from S3 has no event id."""

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

    @classmethod
    async def of(cls, environment: Environment, run_id: str) -> "Retry":
        """Find the run; raise `OperationError` if there is none."""
        ledger = await environment.ledger()
        return cls(environment, await find_run(ledger, run_id), ledger, await environment.objects())

    async def messages(self) -> list[Message]:
        """Return what to send again; raise `OperationError` if that is nothing or its files are gone."""
        table = await self.environment.table("runs")
        delivery = await Deliveries(self.environment.dynamodb, table).find(self.run.run_id)
        revisions = await Revisions(self.environment.dynamodb, table).find(self.run.run_id)
        found = missing_messages(self.run, delivery, revisions)
        totals = total(await self.ledger.summed(self.run.run_id))
        if self.run.status is RunStatus.FINISHED and revisions.rendering:
            return [
                self._again(RenderPart(part=each.part, revision=revisions.number), StageName.MAILER, each)
                for each in found
            ]
        if self.run.status is RunStatus.FINISHED:
            return [self._to_sender(missing, delivery, totals) for missing in found]
        return [await self._message(missing, totals.counts) for missing in found]

    async def send(self, messages: Sequence[Message], *, by: str) -> None:
        """Send the messages to their topics and queues."""
        sent = {"messages": str(len(messages))}
        async with noted(self.environment, by=by, act="retry", about=self.run.run_id, details=sent):
            await self.publish(messages)

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send the messages as part of something else."""
        publisher = Publisher(self.environment.sns)
        for topic in sorted({message.topic for message in messages if message.topic}):
            bodies = [message.body for message in messages if message.topic == topic]
            await publisher.publish(await self.environment.topic_arn(topic), bodies)
        for name in sorted({message.queue for message in messages if message.queue}):
            queue = SQSQueue(self.environment.sqs, await self.environment.queue_url(name))
            waiting = (message.body for message in messages if message.queue == name)
            await for_each(waiting, queue.send, parallel=SENT_AT_ONCE)

    async def _message(self, missing: MissingMessage, counts: Mapping[str, int]) -> Message:
        if missing.attempt:
            return self._again(POLLS[missing.stage](attempt=missing.attempt), missing.stage, missing)
        match missing.stage:
            case StageName.INGEST:
                queue, body = await notification_again(self.environment, self.run)
                return Message(queue=queue, about=self.run.source, why=missing.why, body=body)
            case StageName.SENTIMENT if not missing.part:
                return self._again(UploadRead.of(counts), StageName.INGEST, missing)
            case StageName.SENTIMENT:
                return self._again(await self._data_ingested(missing.part), StageName.INGEST, missing)
            case StageName.RECOMMENDER:
                return self._again(await self._sentiment_scored(counts), StageName.SENTIMENT, missing)
            case StageName.MAILER:
                ready = await self._recommendations_ready(missing.part)
                return self._again(ready, StageName.RECOMMENDER, missing)
            case StageName.SENDER:
                raise OperationError(f"{self.run.run_id} is {self.run.status}: it is not delivered yet")

    def _to_sender(self, missing: MissingMessage, delivery: Delivery | None, totals: RunTotals) -> Message:
        """A message about the delivery, to the sender alone: others know that the run has finished."""
        stage = StageName.SENDER
        if delivery is None:
            return self._again(run_finished("finished", None, totals), StageName.MAILER, missing, queue=stage)
        if missing.part:
            part = DeliverPart(part=missing.part, release=delivery.release)
            return self._again(part, stage, missing, queue=stage)
        return self._again(SenderPoll(attempt=missing.attempt), stage, missing, queue=stage)

    async def _data_ingested(self, part: int) -> DataIngested:
        run_id = self.run.run_id
        shared = await self.objects.find_lines(object_keys.shared_texts(run_id, part), SharedText)
        return DataIngested.of(
            run_id,
            part,
            parts=self.run.parts or part,
            customers=await self._lines(object_keys.customers(run_id, part), Customer),
            shared_texts=len(shared),
        )

    async def _sentiment_scored(self, counts: Mapping[str, int]) -> SentimentScored:
        summary = await self.objects.find(object_keys.sentiment_summary(self.run.run_id))
        return SentimentScored(
            parts=self.run.parts or 1,
            reviews=counts.get(Counted.REVIEWS_SCORED, 0),
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
                raise OperationError(f"s3://{self.objects.bucket}/{key} is gone: nothing to retry") from error
            raise


async def retry_run(environment: Environment, run_id: str, *, by: str) -> list[Message]:
    """Send again the messages that a stuck run waits for."""
    retry = await Retry.of(environment, run_id)
    messages = await retry.messages()
    await retry.send(messages, by=by)
    return messages


async def resume_run(
    environment: Environment, run_id: str, *, budget: Dollars | None = None, by: str
) -> Sequence[Message]:
    """Go on with a stopped run, with a budget of its own if one is given.

    Without one it may spend what the settings say now. Repeating this after a failure is harmless. Raises
    `OperationError` if the run is not stopped, or has spent the budget: it would be stopped again at once.
    """
    retry = await Retry.of(environment, run_id)
    run, ledger = retry.run, retry.ledger
    if run.status is not RunStatus.STOPPED:
        raise OperationError(f"{run.run_id} is not stopped but {run.status}: there is nothing to resume")
    budgets = Budget(environment.dynamodb, await environment.table("runs"), ledger, usd=None)
    account = await budgets.account(run.run_id)
    if budget is not None and budget <= account.committed:
        raise OperationError(
            f"a budget of {budget:.2f} dollars allows nothing more: {account.spent:.4f} are spent, and "
            f"{account.committed - account.spent:.4f} are reserved for work in flight"
        )
    act, details = ("budget", {"usd": f"{budget:.2f}"}) if budget is not None else ("resume", {})
    async with noted(environment, by=by, act=act, about=run.run_id, details=details):
        await budgets.resume(run.run_id, budget)
        retry = replace(retry, run=await ledger.run(run.run_id))
        messages = await retry.messages()
        await retry.publish(messages)
    return messages
