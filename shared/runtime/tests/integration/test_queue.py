import asyncio
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError
from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.publisher import Publisher
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.retry import UnprocessedError
from fondly.stack.provision import Resources
from tests.support.stores import Clients

if TYPE_CHECKING:
    from types_aiobotocore_sns.client import SNSClient


async def receive(queue: SQSQueue, count: int) -> list[Message]:
    """Receive `count` messages."""
    messages: list[Message] = []
    async with asyncio.timeout(10):
        while len(messages) < count:
            messages += await queue.receive(limit=10, wait_s=1)
    return messages


async def test_published_messages_reach_the_subscribed_queue(clients: Clients, resources: Resources) -> None:
    """More than a batch is published; each message arrives once and raw."""
    bodies = [f"message {number} ₹" for number in range(23)]
    await Publisher(clients.sns).publish(resources.topic_arns["data-ingested"], bodies)
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    assert sorted(message.body for message in await receive(queue, 23)) == sorted(bodies)


async def test_a_permanent_failure_leaves_a_dead_letter_with_its_reason(
    clients: Clients, resources: Resources
) -> None:
    """The dead letter has the body, the reason and the exception; the queue is empty."""
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
    [dead_letter] = reply["Messages"]
    assert dead_letter["Body"] == "poison"
    facts = {name: value["StringValue"] for name, value in dead_letter["MessageAttributes"].items()}
    assert facts["reason"] == "cannot read poison"
    assert facts["exception"] == "PermanentError"
    assert await queue.receive(limit=10, wait_s=0) == []


async def test_a_message_is_deleted_only_once_its_copy_is_a_dead_letter(
    clients: Clients, resources: Resources
) -> None:
    """A crash in between leaves two copies, never none."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    await queue.open()
    await queue.send("poison")
    [message] = await receive(queue, 1)
    await clients.sqs.delete_queue(QueueUrl=resources.dead_letter_urls["sentiment"])
    with pytest.raises(ClientError):
        await queue.dead_letter(message, reason="unreadable", exception="PermanentError", handler="handle")
    await queue.change_visibility(message, seconds=0)
    assert [again.body for again in await receive(queue, 1)] == ["poison"]


async def test_a_dead_letter_is_sent_whatever_its_facts_are(clients: Clients, resources: Resources) -> None:
    """SQS takes no attribute without a value; a reason may be as long as what a service answered."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    await queue.open()
    await queue.send("poison")
    [message] = await receive(queue, 1)
    await queue.dead_letter(message, reason="x" * 300_000, exception="", handler="handle")
    reply = await clients.sqs.receive_message(
        QueueUrl=resources.dead_letter_urls["sentiment"], MessageAttributeNames=["All"], WaitTimeSeconds=2
    )
    facts = reply["Messages"][0]["MessageAttributes"]
    assert (facts["reason"]["StringValue"], facts["exception"]["StringValue"]) == ("x" * 1_000, "-")


async def test_a_message_is_deleted_only_once_it_is_sent_anew(
    clients: Clients, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in between leaves two copies, never none."""

    async def crash(**_: object) -> None:
        raise ConnectionError

    queue = SQSQueue(clients.sqs, resources.queue_urls["sentiment"])
    await queue.send("postponed")
    [message] = await receive(queue, 1)
    monkeypatch.setattr(clients.sqs, "send_message", crash)
    with pytest.raises(ConnectionError):
        await queue.send_anew(message)
    await queue.change_visibility(message, seconds=0)
    assert [again.body for again in await receive(queue, 1)] == ["postponed"]


async def test_a_queue_reads_its_visibility_timeout(clients: Clients, resources: Resources) -> None:
    """It is the one of the topology, read from the queue itself."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["ops"])
    await queue.open()
    assert queue.visibility_s == 30


class PartlyRefusingSNS:
    """Accepts only the first entry in each of `refusing_calls` calls, then all entries."""

    def __init__(self, refusing_calls: int) -> None:
        self.refusing_calls = refusing_calls
        self.accepted: list[str] = []

    async def publish_batch(
        self,
        *,
        TopicArn: str,  # noqa: N803 - AWS's name
        PublishBatchRequestEntries: list[dict[str, str]],  # noqa: N803 - AWS's name
    ) -> dict[str, list[dict[str, str]]]:
        """Respond as SNS does if part of a batch fails."""
        assert TopicArn
        entries = PublishBatchRequestEntries
        accepted = entries[:1] if self.refusing_calls else entries
        self.refusing_calls = max(0, self.refusing_calls - 1)
        self.accepted += [entry["Message"] for entry in accepted]
        refused = entries[len(accepted) :]
        return {
            "Successful": [{"Id": entry["Id"]} for entry in accepted],
            "Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in refused],
        }


async def test_only_the_refused_part_of_a_batch_is_published_again() -> None:
    """A partial failure neither loses nor repeats a message."""
    sns = PartlyRefusingSNS(refusing_calls=2)
    await Publisher(cast("SNSClient", sns)).publish("arn:topic", list("abcdef"))
    assert sorted(sns.accepted) == list("abcdef")


async def test_a_batch_that_stays_refused_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller's message fails and is retried."""
    monkeypatch.setattr("fondly.runtime.retry.BATCH_CAP_S", 0.01)
    sns = PartlyRefusingSNS(refusing_calls=100)
    with pytest.raises(UnprocessedError, match="2 of 10 messages to arn:topic refused"):
        await Publisher(cast("SNSClient", sns)).publish("arn:topic", list("abcdefghij"))
