"""Observes a running stack as an operator would: by its ledger and its queues."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch
from fondly.contracts.events import RunFinished, parse_event
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import EmailRecord, SentimentSummary
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.operations.queues import DEPTHS
from fondly.runtime.aws import CONFIG
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.quick_reads import quick_reads
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_sqs.client import SQSClient


@dataclass(frozen=True)
class Observer:
    """The stack's ledger, queues and data bucket, and the questions to ask them."""

    resources: Resources
    ledger: Ledger
    objects: S3Objects
    sqs: "SQSClient"
    dynamodb: "DynamoDBClient"

    async def run_of(self, source: str) -> Run | None:
        """The latest run of an upload, once there is one; `source` is its `s3://` address."""
        found = [run for run in await self.ledger.runs() if run.source.startswith(source)]
        return found[-1] if found else None

    async def take_finished(self, run_id: str) -> RunFinished | None:
        """Take an ended run's `run-finished` from the operators' queue: a call is a receive of all."""
        queue = SQSQueue(self.sqs, self.resources.queue_urls["ops"])
        finished: RunFinished | None = None
        for message in await queue.receive(limit=10, wait_s=0):
            event = parse_event(message.body, RunFinished)
            if event.run_id == run_id:
                finished = event.data
                await queue.delete(message)
            else:
                await queue.change_visibility(message, seconds=0)
        return finished

    async def email_records_of(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """The records of those of these customers who have an email, by customer id."""
        table = DynamoDBItems(self.dynamodb, self.resources.tables["emails"])
        return await EmailRecords(table).existing(run_id, customer_ids)

    async def delivery(self, run_id: str) -> Delivery | None:
        """The run's delivery; None if it is not one to be delivered, or has not finished."""
        return await Deliveries(self.dynamodb, self.resources.tables["runs"]).find(run_id)

    async def dispatches_of(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Dispatch]:
        """What has become of these customers' emails, by customer id, as far as anything has."""
        table = DynamoDBItems(self.dynamodb, self.resources.tables["dispatches"])
        items = await table.get_all([{"run_id": run_id, "customer_id": each} for each in customer_ids])
        return {each.customer_id: each for each in map(Dispatch.model_validate, items)}

    async def ingest_report(self, run_id: str) -> IngestReport | None:
        """What ingest read; None if nothing is stored about that."""
        stored = await self.objects.find(object_keys.ingest_report(run_id))
        return IngestReport.model_validate_json(stored) if stored else None

    async def sentiment(self, run_id: str) -> SentimentSummary | None:
        """What the run's customers said; None if nothing is stored about that."""
        stored = await self.objects.find(object_keys.sentiment_summary(run_id))
        return SentimentSummary.model_validate_json(stored) if stored else None

    async def queues(self) -> dict[str, dict[str, int]]:
        """How many messages each queue holds: visible, in flight, delayed."""
        return await self._depths(self.resources.queue_urls)

    async def dead_letters(self) -> dict[str, int]:
        """How many dead letters each queue has."""
        depths = await self._depths(self.resources.dead_letter_urls)
        return {name: sum(depth.values()) for name, depth in depths.items()}

    async def dead_letter(self) -> str | None:
        """One dead letter's queue and reason, if there are any dead letters."""
        for name, count in (await self.dead_letters()).items():
            if count:
                reply = await self.sqs.receive_message(
                    QueueUrl=self.resources.dead_letter_urls[name],
                    MessageAttributeNames=["All"],
                    VisibilityTimeout=0,
                )
                for message in reply.get("Messages", []):
                    facts = message.get("MessageAttributes", {})
                    reason = facts["reason"].get("StringValue") if "reason" in facts else None
                    return f"{name} has a dead letter: {reason or 'received too often'}"
        return None

    async def _depths(self, urls: dict[str, str]) -> dict[str, dict[str, int]]:
        replies = await asyncio.gather(
            *(self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]) for url in urls.values())
        )
        return {
            name: {kind: int(reply["Attributes"].get(attribute, 0)) for kind, attribute in DEPTHS.items()}  # type: ignore[call-overload] # attribute names
            for name, reply in zip(urls, replies, strict=True)
        }


@asynccontextmanager
async def observe(resources: Resources) -> AsyncIterator[Observer]:
    """Open clients configured by the environment and close them afterwards."""
    session = get_session()
    async with (
        session.create_client("s3", config=CONFIG) as s3,
        session.create_client("sqs", config=CONFIG) as sqs,
        session.create_client("dynamodb", config=CONFIG) as dynamodb,
        quick_reads(session, s3, resources.buckets["data"]) as quick,
    ):
        yield Observer(
            resources=resources,
            ledger=Ledger(dynamodb, resources.tables["runs"]),
            objects=S3Objects(s3, resources.buckets["data"], quick=quick),
            sqs=sqs,
            dynamodb=dynamodb,
        )
