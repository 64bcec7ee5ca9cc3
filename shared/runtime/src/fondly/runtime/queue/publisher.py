"""Publishes bodies to SNS topics in batches; what SNS refuses is published again, never lost."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fondly.contracts.events import EventData, new_event
from fondly.runtime.batches import batches
from fondly.runtime.queue.sqs import trace_attributes
from fondly.runtime.retry import process_all

if TYPE_CHECKING:
    from types_aiobotocore_sns.client import SNSClient
    from types_aiobotocore_sns.type_defs import PublishBatchRequestEntryTypeDef

MAX_BATCH = 10


class Publisher:
    """Publishes to topics by ARN and returns only once SNS has accepted every message."""

    def __init__(self, sns: "SNSClient") -> None:
        self._sns = sns

    async def publish(self, topic_arn: str, bodies: Sequence[str]) -> None:
        """Publish all bodies, in calls of ten; raise `UnprocessedError` if SNS keeps refusing some."""
        attributes = trace_attributes()
        entries: list[PublishBatchRequestEntryTypeDef] = [
            {"Id": str(number), "Message": body, "MessageAttributes": attributes}
            for number, body in enumerate(bodies)
        ]
        await asyncio.gather(
            *(self._publish_batch(topic_arn, batch) for batch in batches(entries, MAX_BATCH))
        )

    async def _publish_batch(
        self, topic_arn: str, entries: "Sequence[PublishBatchRequestEntryTypeDef]"
    ) -> None:
        async def publish(
            waiting: "Sequence[PublishBatchRequestEntryTypeDef]",
        ) -> "Sequence[PublishBatchRequestEntryTypeDef]":
            reply = await self._sns.publish_batch(
                TopicArn=topic_arn, PublishBatchRequestEntries=list(waiting)
            )
            accepted = {entry.get("Id") for entry in reply.get("Successful", [])}
            return [entry for entry in waiting if entry["Id"] not in accepted]

        await process_all(entries, publish, what=f"messages to {topic_arn}")


class SNSAnnouncer:
    """Wraps event data in envelopes from `source` and publishes them, ten per call."""

    def __init__(self, publisher: Publisher, *, source: str, topic_arns: Mapping[str, str]) -> None:
        self._publisher = publisher
        self._source = source
        self._topic_arns = topic_arns

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Publish each event to its topic."""
        bodies: dict[str, list[str]] = {}
        for data in events:
            event = new_event(data, run_id=run_id, source=self._source)
            bodies.setdefault(data.topic, []).append(event.body)
        for topic, batch in bodies.items():
            await self._publisher.publish(self._topic_arns[topic], batch)
