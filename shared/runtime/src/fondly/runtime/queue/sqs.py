"""An SQS queue and its dead-letter queue."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fondly.contracts import trace_context
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Depth, Refused

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient
    from types_aiobotocore_sqs.type_defs import (
        BatchResultErrorEntryTypeDef,
        MessageAttributeValueTypeDef,
        MessageTypeDef,
    )

MAX_BATCH = 10
MAX_ATTRIBUTE_CHARS = 1_000
TRACEPARENT = "traceparent"


class SQSQueue:
    """A queue by URL. `open` reads its times and its dead-letter queue; call it once."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self.url = url
        self.name = url.rsplit("/", 1)[-1]
        self.visibility_s = 30
        self.retention_s = 345_600
        self._dead_letter_url: str | None = None

    async def open(self) -> None:
        """Read the queue's visibility timeout, retention period and redrive policy."""
        reply = await self._sqs.get_queue_attributes(
            QueueUrl=self.url,
            AttributeNames=["VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy"],
        )
        attributes = reply.get("Attributes", {})
        self.visibility_s = int(attributes.get("VisibilityTimeout", self.visibility_s))
        self.retention_s = int(attributes.get("MessageRetentionPeriod", self.retention_s))
        if policy := attributes.get("RedrivePolicy"):
            name = json.loads(policy)["deadLetterTargetArn"].rsplit(":", 1)[-1]
            self._dead_letter_url = (await self._sqs.get_queue_url(QueueName=name))["QueueUrl"]

    async def depth(self) -> Depth:
        """Return how many messages are waiting and how many are in flight, at any consumer."""
        reply = await self._sqs.get_queue_attributes(
            QueueUrl=self.url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
        attributes = reply.get("Attributes", {})
        return Depth(
            visible=int(attributes.get("ApproximateNumberOfMessages", 0)),
            in_flight=int(attributes.get("ApproximateNumberOfMessagesNotVisible", 0)),
        )

    async def receive(self, *, limit: int, wait_s: int) -> list[Message]:
        """Return up to `limit` (at most 10) messages, waiting up to `wait_s` for the first."""
        reply = await self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=min(limit, MAX_BATCH),
            WaitTimeSeconds=wait_s,
            MessageSystemAttributeNames=[
                "ApproximateReceiveCount",
                "ApproximateFirstReceiveTimestamp",
                "SentTimestamp",
            ],
            MessageAttributeNames=[TRACEPARENT],
        )
        return [_message(found) for found in reply.get("Messages", ())]

    async def delete(self, message: Message) -> None:
        """Delete a message that has been handled."""
        await self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)

    async def delete_batch(self, messages: Sequence[Message]) -> Refused:
        """Delete up to ten handled messages in one call; return those that SQS refused."""
        reply = await self._sqs.delete_message_batch(
            QueueUrl=self.url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": message.receipt}
                for number, message in enumerate(messages)
            ],
        )
        return _refused(messages, reply.get("Failed", ()))

    async def change_visibility(self, message: Message, *, seconds: float) -> None:
        """Hide the message for `seconds` from now; zero makes it visible at once."""
        await self._sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message.receipt, VisibilityTimeout=round(seconds)
        )

    async def change_visibility_batch(self, messages: Sequence[Message], *, seconds: float) -> Refused:
        """Hide up to ten messages for `seconds` from now in one call; return those that SQS refused."""
        reply = await self._sqs.change_message_visibility_batch(
            QueueUrl=self.url,
            Entries=[
                {
                    "Id": str(number),
                    "ReceiptHandle": message.receipt,
                    "VisibilityTimeout": round(seconds),
                }
                for number, message in enumerate(messages)
            ],
        )
        return _refused(messages, reply.get("Failed", ()))

    async def send(self, body: str, *, delay_s: int = 0) -> None:
        """Send a message to this queue, visible after `delay_s` (at most 900)."""
        await self._sqs.send_message(
            QueueUrl=self.url, MessageBody=body, DelaySeconds=delay_s, MessageAttributes=trace_attributes()
        )

    async def send_anew(self, message: Message) -> None:
        """Send a message's body and trace as a new message, then delete it: its receives start anew."""
        attributes = {TRACEPARENT: _attribute(message.traceparent)} if message.traceparent else {}
        await self._sqs.send_message(
            QueueUrl=self.url, MessageBody=message.body, MessageAttributes=attributes
        )
        await self.delete(message)

    async def dead_letter(self, message: Message, *, reason: str, exception: str, handler: str) -> None:
        """Move a message to the dead-letter queue with the reason; if the queue has none, do nothing."""
        if self._dead_letter_url is None:
            return
        facts = {
            "reason": reason,
            "exception": exception,
            "handler": handler,
            "first_received_ms": str(message.first_received_ms),
            "receive_count": str(message.receive_count),
        }
        if message.traceparent:
            facts[TRACEPARENT] = message.traceparent
        await self._sqs.send_message(
            QueueUrl=self._dead_letter_url,
            MessageBody=message.body,
            MessageAttributes={name: _attribute(value) for name, value in facts.items()},
        )
        await self.delete(message)


def trace_attributes() -> "dict[str, MessageAttributeValueTypeDef]":
    """Message attributes that carry the current trace; SNS passes them to SQS under raw delivery."""
    current = trace_context.current()
    return {TRACEPARENT: _attribute(current)} if current else {}


def _attribute(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value[:MAX_ATTRIBUTE_CHARS] or "-"}


def _refused(messages: Sequence[Message], failed: "Sequence[BatchResultErrorEntryTypeDef]") -> Refused:
    """Tell void receipts from what may be tried again; AWS calls throttling the sender's fault, too."""
    refused = Refused([], [])
    for entry in failed:
        is_void = entry["SenderFault"] and "Throttl" not in entry["Code"]  # RequestThrottled, KmsThrottled
        (refused.lost if is_void else refused.untouched).append(messages[int(entry["Id"])])
    return refused


def _message(found: "MessageTypeDef") -> Message:
    attributes = found.get("Attributes", {})
    trace = found.get("MessageAttributes", {}).get(TRACEPARENT)
    return Message(
        message_id=found.get("MessageId", ""),
        receipt=found.get("ReceiptHandle", ""),
        body=found.get("Body", ""),
        receive_count=int(attributes.get("ApproximateReceiveCount", 1)),
        first_received_ms=int(attributes.get("ApproximateFirstReceiveTimestamp", 0)),
        sent_ms=int(attributes.get("SentTimestamp", 0)),
        traceparent=trace.get("StringValue") if trace else None,
    )
