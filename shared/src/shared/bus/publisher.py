"""Publishes bodies to SNS topics in batches; what SNS did not take is tried again, never forgotten."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.batches import batches
from shared.bus.queue import trace_attributes
from shared.bus.retry import backoff_s
from shared.errors import TransientError

if TYPE_CHECKING:
    from types_aiobotocore_sns.client import SNSClient

MAX_BATCH = 10
TRIES = 5
RETRY_BASE_S = 0.05
RETRY_CAP_S = 2.0


class PublishError(TransientError):
    """SNS kept refusing part of a batch."""


class Publisher:
    """Publishes to topics by ARN; returns only when every message was accepted."""

    def __init__(self, sns: "SNSClient") -> None:
        self._sns = sns

    async def publish(self, topic_arn: str, bodies: Sequence[str]) -> None:
        """Publish all bodies, in calls of ten; raise `PublishError` if some are refused for good."""
        for batch in batches(bodies, MAX_BATCH):
            await self._publish_batch(topic_arn, batch)

    async def _publish_batch(self, topic_arn: str, bodies: Sequence[str]) -> None:
        waiting, attributes = dict(enumerate(bodies)), trace_attributes()
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(backoff_s(attempt, base_s=RETRY_BASE_S, cap_s=RETRY_CAP_S))
            reply = await self._sns.publish_batch(
                TopicArn=topic_arn,
                PublishBatchRequestEntries=[
                    {"Id": str(number), "Message": body, "MessageAttributes": attributes}
                    for number, body in waiting.items()
                ],
            )
            for accepted in reply.get("Successful", []):
                waiting.pop(int(accepted.get("Id", -1)), None)
            if not waiting:
                return
        raise PublishError(f"{len(waiting)} of {len(bodies)} messages refused by {topic_arn}")
