"""Observes a running stack as an operator would: by its ledger and its queues."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from fondly.contracts.delivery import Dispatch
from fondly.contracts.events import RunFinished, parse_event
from fondly.contracts.records import EmailRecord
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.operations.delivery.views import DeliveryLookup
from fondly.operations.environment import Environment, open_environment
from fondly.operations.queues import depths
from fondly.operations.target import target
from fondly.operations.topology import load_topology
from fondly.runtime.aws import client_opener
from fondly.runtime.clients import DynamoDBClient, SQSClient
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.stack.provision import Resources


@dataclass(frozen=True)
class Observer:
    """The stack's ledger, queues and data bucket, and the questions to ask them."""

    resources: Resources
    ledger: Ledger
    objects: S3Objects
    environment: Environment

    @property
    def sqs(self) -> SQSClient:
        """The client of the queues."""
        return self.environment.sqs

    @property
    def dynamodb(self) -> DynamoDBClient:
        """The client of the tables."""
        return self.environment.dynamodb

    async def run_of(self, source: str) -> Run | None:
        """The latest run of an upload, once there is one; `source` is its `s3://` address."""
        found = (await self.ledger.recent(source=source, limit=1)).runs
        return found[0] if found else None

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
        return await (await DeliveryLookup.of(self.environment)).of_customers(run_id, customer_ids)

    async def queues(self) -> dict[str, dict[str, int]]:
        """How many messages each queue holds: visible, in flight, delayed."""
        return await self._depths(self.resources.queue_urls)

    async def dead_letters(self) -> dict[str, int]:
        """How many dead letters each queue has."""
        queues = await self._depths(self.resources.dead_letter_urls)
        return {name: sum(depth.values()) for name, depth in queues.items()}

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
        found = await asyncio.gather(*(depths(self.environment, url) for url in urls.values()))
        return dict(zip(urls, found, strict=True))


@asynccontextmanager
async def observe(resources: Resources) -> AsyncIterator[Observer]:
    """Open clients configured by the environment and close them afterwards."""
    name, bucket = resources.tables["runs"].removesuffix("-runs"), resources.buckets["data"]
    with target(name, None) as chosen:
        async with AsyncExitStack() as stack, open_environment(chosen, load_topology()) as environment:
            lean = client_opener(stack, validate=False)
            dynamodb = await lean("dynamodb")
            ledger, objects = Ledger(dynamodb, resources.tables["runs"]), S3Objects(await lean("s3"), bucket)
            yield Observer(resources, ledger, objects, replace(environment, dynamodb=dynamodb))
