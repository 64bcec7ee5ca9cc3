"""The running service, and the run's other services around it, on an AWS emulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondly.contracts import object_keys
from fondly.contracts.events import Event, RecommendationsReady, SentimentScored, parse_event
from fondly.contracts.records import Recommendation
from fondly.recommender.__main__ import make_handler
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import serve
from fondly.runtime.storage import DynamoDBItems, S3Objects, from_item, to_item
from fondly.stack.provision import Resources
from services.recommender.tests.fakes import Shop
from tests.support.consent import suppressed
from tests.support.stores import Clients

PATIENCE_S = 180
"""A loaded machine takes its time; nothing waits for as long unless it fails."""


@asynccontextmanager
async def serving(settings: RecommenderSettings) -> AsyncIterator[None]:
    """Run the service with these settings."""
    stop = asyncio.Event()
    service = asyncio.create_task(serve(StageName.RECOMMENDER, settings, make_handler, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await service


class OtherServices:
    """The run's other services, before and after the recommender."""

    def __init__(self, clients: Clients, resources: Resources) -> None:
        self.ledger = Ledger(clients.dynamodb, resources.tables["runs"])
        self.objects = S3Objects(clients.s3, resources.buckets["data"])
        self._clients = clients
        self._resources = resources
        self._announcer = SNSAnnouncer(
            Publisher(clients.sns), source="sentiment", topic_arns=resources.topic_arns
        )

    async def open(self, run_id: str, shop: Shop) -> None:
        """Store a run as ingest and sentiment leave it."""
        await self.ledger.open_run(run_id, source="s3://bucket/uploads/file.csv")
        await self.ledger.set_parts(run_id, len(shop.parts))
        await shop.store(self.objects, run_id)

    async def announce(self, run_id: str, shop: Shop) -> None:
        """Announce that the run is scored."""
        scored = SentimentScored(parts=len(shop.parts), reviews=sum(map(len, shop.scored)))
        await self._announcer.announce(run_id, scored)

    async def received(self, queue: str, count: int) -> list[str]:
        """Wait for `count` messages of a queue."""
        url, bodies = self._resources.queue_urls[queue], list[str]()
        async with asyncio.timeout(PATIENCE_S):
            while len(bodies) < count:
                reply = await self._clients.sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
                )
                for message in reply.get("Messages", []):
                    bodies.append(message["Body"])
                    await self._clients.sqs.delete_message(
                        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                    )
        return bodies

    async def suppress(self, table: str, *entries: str) -> None:
        """Put entries into the table of those who must not be written to."""
        items = DynamoDBItems(self._clients.dynamodb, table)
        await items.put_all([suppressed(each).model_dump(mode="json") for each in entries])

    async def ready(self, count: int) -> list[Event[RecommendationsReady]]:
        """Wait for `count` finished parts."""
        return [parse_event(body, RecommendationsReady) for body in await self.received("mailer", count)]

    async def recommendations(self, run_id: str, parts: int) -> list[Recommendation]:
        """The recommendations of the run's customers."""
        return [
            one
            for part in range(1, parts + 1)
            for one in await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)
        ]

    async def row(self, run_id: str, customer_id: str) -> dict[str, object]:
        """A customer's row of the recommendations table."""
        reply = await self._clients.dynamodb.get_item(
            TableName=self._resources.tables["recommendations"],
            Key=to_item({"customer_id": customer_id, "run_id": run_id}),
        )
        return from_item(reply["Item"])

    async def message_count(self, queue: str) -> int:
        """Count the messages of a queue, including delayed ones and those in flight."""
        reply = await self._clients.sqs.get_queue_attributes(
            QueueUrl=self._resources.queue_urls[queue], AttributeNames=["All"]
        )
        counts = {name: value for name, value in reply["Attributes"].items() if "NumberOfMessages" in name}
        return sum(map(int, counts.values()))

    async def drained(self, queue: str) -> None:
        """Wait until a queue has no message."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.message_count(queue):  # noqa: ASYNC110 - an emulator's queue sets no event
                await asyncio.sleep(0.2)
