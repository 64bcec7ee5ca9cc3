"""What is visible of a run's emails from outside, for tests of what crashes may repeat."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3

from fondly.contracts import object_keys
from fondly.contracts.events import EmailFinished, EmailSent, EmailSuppressed, parse_event
from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient


OfCustomer = EmailFinished | EmailSent | EmailSuppressed
"""The events that are about one customer."""


@dataclass(frozen=True)
class Outward:
    """A subscriber to one topic and a reader of the versioned bucket."""

    sqs: "SQSClient"
    s3: "S3Client"
    queue_url: str
    bucket: str

    def announced(self, kind: type[OfCustomer] = EmailFinished) -> dict[str, Counter[str]]:
        """By customer id, the ids of the events received since the last call, and how often each was."""
        ids: dict[str, Counter[str]] = {}
        while bodies := self._receive():
            for event in (parse_event(body, kind) for body in bodies):
                ids.setdefault(event.data.customer_id, Counter())[event.id] += 1
        return ids

    def versions(self, run_id: str) -> Counter[str]:
        """How often each customer's email was stored, by customer id, which is the name of its file."""
        prefix = object_keys.emails(run_id)
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix)
        keys = (found["Key"] for page in pages for found in page.get("Versions", ()))
        return Counter(Path(key).stem for key in keys)

    def _receive(self) -> list[str]:
        reply = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        messages = reply.get("Messages", [])
        for message in messages:
            self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]


@contextmanager
def outward(resources: Resources, topic: str = EmailFinished.topic) -> Iterator[Outward]:
    """Subscribe a new queue to a topic at the environment's endpoint; remove it at the end."""
    sqs, sns, s3 = boto3.client("sqs"), boto3.client("sns"), boto3.client("s3")
    url = sqs.create_queue(QueueName=f"outward-{uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(
        TopicArn=resources.topic_arns[topic],
        Protocol="sqs",
        Endpoint=arn,
        Attributes={"RawMessageDelivery": "true"},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    try:
        yield Outward(sqs, s3, url, resources.buckets["data"])
    finally:
        sns.unsubscribe(SubscriptionArn=subscription)
        sqs.delete_queue(QueueUrl=url)
