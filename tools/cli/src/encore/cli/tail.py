"""Listening to the topics by a queue of one's own, which is gone afterwards."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel, JsonValue, ValidationError

from encore.cli.place import Place

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

RETENTION_S = 3_600
"""How long events stay in the queue of a listener that was killed."""
WAIT_S = 2
MAX_BATCH = 10


class Heard(BaseModel):
    """An event as it came; everything but `body` is None when it is no event."""

    type: str | None = None
    id: str | None = None
    subject: str | None = None
    time: str | None = None
    data: dict[str, JsonValue] | None = None
    body: str | None = None
    """What came instead of an event."""


def read_heard(body: str) -> Heard:
    """Read an event; what is none is kept as it is."""
    try:
        return Heard.model_validate_json(body)
    except ValidationError:
        return Heard(body=body)


@asynccontextmanager
async def listening(place: Place, topics: Sequence[str]) -> AsyncIterator["Listener"]:
    """Subscribe a new queue to the topics; remove subscriptions and queue afterwards, come what may."""
    arns = [await place.topic_arn(topic) for topic in topics]
    url = await _create_queue(place, arns)
    subscriptions: list[str] = []
    try:
        endpoint = await place.queue_arn(url)
        for arn in arns:
            reply = await place.sns.subscribe(
                TopicArn=arn,
                Protocol="sqs",
                Endpoint=endpoint,
                Attributes={"RawMessageDelivery": "true"},
                ReturnSubscriptionArn=True,
            )
            subscriptions.append(reply["SubscriptionArn"])
        yield Listener(place.sqs, url)
    finally:
        for subscription in subscriptions:
            await place.sns.unsubscribe(SubscriptionArn=subscription)
        await place.sqs.delete_queue(QueueUrl=url)


class Listener:
    """Takes events from its queue."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    async def events(self) -> AsyncGenerator[Heard]:
        """Yield events as they come, without end."""
        while True:
            reply = await self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=MAX_BATCH, WaitTimeSeconds=WAIT_S
            )
            for message in reply.get("Messages", []):
                yield read_heard(message["Body"])
                await self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


async def _create_queue(place: Place, topic_arns: Sequence[str]) -> str:
    """Create a queue to which these topics may send, nobody else; its retention is short."""
    name = place.named(f"tail-{uuid4().hex[:12]}")
    url = (
        await place.sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": str(RETENTION_S)})
    )["QueueUrl"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": await place.queue_arn(url),
        "Condition": {"ArnEquals": {"aws:SourceArn": list(topic_arns)}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    await place.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url
