"""Listening to topics through a temporary queue, which is deleted afterwards."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, JsonValue, ValidationError

from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.clients import SQSClient

RETENTION_S = 3_600
"""How long events stay in the queue if the listener is killed."""
WAIT_S = 2
MAX_BATCH = 10


class ReceivedEvent(BaseModel):
    """An event as it was received; if it is not an event, only `body` is set."""

    type: str | None = None
    id: str | None = None
    subject: str | None = None
    time: str | None = None
    data: dict[str, JsonValue] | None = None
    body: str | None = None
    """The message's body, if it is not an event."""


def read_event(body: str) -> ReceivedEvent:
    """Read an event; keep the body of anything else."""
    try:
        return ReceivedEvent.model_validate_json(body)
    except ValidationError:
        return ReceivedEvent(body=body)


@asynccontextmanager
async def listening(environment: Environment, topics: Sequence[str] = ()) -> AsyncIterator["Listener"]:
    """Subscribe a new queue to topics, by default all, for a while; raise `OperationError` if unknown."""
    known = list(environment.topology.topics)
    if unknown := set(topics) - set(known):
        raise OperationError(f"no topic {unknown.pop()} in the topology, which has {', '.join(known)}")
    topics = topics or known
    arns = [await environment.topic_arn(topic) for topic in topics]
    url = await _create_queue(environment, arns)
    subscriptions: list[str] = []
    try:
        endpoint = await environment.queue_arn(url)
        for arn in arns:
            reply = await environment.sns.subscribe(
                TopicArn=arn,
                Protocol="sqs",
                Endpoint=endpoint,
                Attributes={"RawMessageDelivery": "true"},
                ReturnSubscriptionArn=True,
            )
            subscriptions.append(reply["SubscriptionArn"])
        yield Listener(environment.sqs, url, topics)
    finally:
        for subscription in subscriptions:
            await environment.sns.unsubscribe(SubscriptionArn=subscription)
        await environment.sqs.delete_queue(QueueUrl=url)


class Listener:
    """Receives the events of some topics from its queue."""

    def __init__(self, sqs: SQSClient, url: str, topics: Sequence[str]) -> None:
        self._sqs = sqs
        self._url = url
        self.topics = topics

    async def events(self, of_run: str = "") -> AsyncGenerator[ReceivedEvent]:
        """Yield events as they come, endlessly: those of runs whose ids begin so."""
        while True:
            reply = await self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=MAX_BATCH, WaitTimeSeconds=WAIT_S
            )
            for message in reply.get("Messages", []):
                event = read_event(message["Body"])
                if (event.subject or "").startswith(of_run):
                    yield event
                await self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


async def _create_queue(environment: Environment, topic_arns: Sequence[str]) -> str:
    """Create a queue with a short retention, to which only these topics may send."""
    name = environment.named(f"tail-{uuid4().hex[:12]}")
    kept: Any = {"MessageRetentionPeriod": str(RETENTION_S)}
    url = (await environment.sqs.create_queue(QueueName=name, Attributes=kept))["QueueUrl"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": await environment.queue_arn(url),
        "Condition": {"ArnEquals": {"aws:SourceArn": list(topic_arns)}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    await environment.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url
