import asyncio
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError

from encore.contracts.errors import PermanentError
from encore.runtime.queue.consumer import Consumer
from encore.runtime.queue.message import Message
from encore.runtime.queue.publisher import Publisher
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.retry import UnprocessedError
from encore.stack.provision import Resources
from tests.support.stores import Clients

if TYPE_CHECKING:
    from types_aiobotocore_sns.client import SNSClient


async def take(queue: SQSQueue, count: int) -> list[Message]:
    """Receive until `count` messages have come."""
    messages: list[Message] = []
    async with asyncio.timeout(10):
        while len(messages) < count:
            messages += await queue.receive(limit=10, wait_s=1)
    return messages


async def test_what_is_published_reaches_the_subscribed_queue_unwrapped(
    clients: Clients, resources: Resources
) -> None:
    """More than a batch, each message once, delivered raw."""
    bodies = [f"message {number} ₹" for number in range(23)]
    await Publisher(clients.sns).publish(resources.topic_arns["data-ingested"], bodies)
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    assert sorted(message.body for message in await take(queue, 23)) == sorted(bodies)


async def test_a_buried_message_lies_in_the_dead_letters_with_its_reason(
    clients: Clients, resources: Resources
) -> None:
    """The dead letter carries the body and why it died; the queue is empty."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    await queue.open()
    await queue.send("poison")
    stop = asyncio.Event()

    async def handle(message: Message) -> None:
        stop.set()
        raise PermanentError(f"cannot read {message.body}")

    await Consumer(queue, handle, concurrency=1, wait_s=1).run(stop)
    reply = await clients.sqs.receive_message(
        QueueUrl=resources.dead_letter_urls["sentiment"],
        MessageAttributeNames=["All"],
        WaitTimeSeconds=2,
    )
    [letter] = reply["Messages"]
    assert letter["Body"] == "poison"
    facts = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert facts["reason"] == "cannot read poison"
    assert facts["exception"] == "PermanentError"
    assert await queue.receive(limit=10, wait_s=0) == []


async def test_a_message_stays_until_its_copy_lies_in_the_dead_letters(
    clients: Clients, resources: Resources
) -> None:
    """A crash in between leaves two of it, never none."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    await queue.open()
    await queue.send("poison")
    [message] = await take(queue, 1)
    await clients.sqs.delete_queue(QueueUrl=resources.dead_letter_urls["sentiment"])
    with pytest.raises(ClientError):
        await queue.dead_letter(message, reason="unreadable", exception="PermanentError", handler="handle")
    await queue.lease(message, seconds=0)
    assert [again.body for again in await take(queue, 1)] == ["poison"]


async def test_a_queue_knows_its_lease(clients: Clients, resources: Resources) -> None:
    """The visibility timeout is the topology's, read from the queue itself."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["ops"])
    await queue.open()
    assert queue.visibility_s == 30


class HalfDeafSns:
    """Accepts only the first entry of each call; after `deaf_calls` it accepts all."""

    def __init__(self, deaf_calls: int) -> None:
        self.deaf_calls = deaf_calls
        self.accepted: list[str] = []

    async def publish_batch(
        self,
        *,
        TopicArn: str,  # noqa: N803 - AWS's name
        PublishBatchRequestEntries: list[dict[str, str]],  # noqa: N803 - AWS's name
    ) -> dict[str, list[dict[str, str]]]:
        """Answer like SNS when part of a batch fails."""
        assert TopicArn
        entries = PublishBatchRequestEntries
        taken = entries[:1] if self.deaf_calls else entries
        self.deaf_calls = max(0, self.deaf_calls - 1)
        self.accepted += [entry["Message"] for entry in taken]
        refused = entries[len(taken) :]
        return {
            "Successful": [{"Id": entry["Id"]} for entry in taken],
            "Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in refused],
        }


async def test_only_the_refused_part_of_a_batch_is_published_again() -> None:
    """Partial failures lose nothing and repeat nothing."""
    sns = HalfDeafSns(deaf_calls=2)
    await Publisher(cast("SNSClient", sns)).publish("arn:topic", list("abcdef"))
    assert sorted(sns.accepted) == list("abcdef")


async def test_a_batch_refused_for_good_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller learns it, so the message that caused it comes back."""
    monkeypatch.setattr("encore.runtime.retry.BATCH_CAP_S", 0.01)
    sns = HalfDeafSns(deaf_calls=100)
    with pytest.raises(UnprocessedError, match="2 of 10 messages to arn:topic refused"):
        await Publisher(cast("SNSClient", sns)).publish("arn:topic", list("abcdefghij"))
