"""Services of AWS send to queues and topics that a key encrypts."""

from collections.abc import Iterator
from itertools import chain

from fondly.operations.topology import load_topology
from tests.support.flows.steps import BUCKET, HERE, KEYS, Flow, Step, queue_arn, role, steps, topic_arn, via
from tests.support.hcl.aws import arn

SQS_PAGES = ("Key management (Amazon SQS Developer Guide)",)


def delivered(service: str, queue: str, source: str) -> tuple[Step, ...]:
    """A service of AWS sends to an encrypted queue of ours."""
    return tuple(
        chain(
            steps(service, "sqs:SendMessage", queue_arn(queue), context={**HERE, "aws:SourceArn": source}),
            steps(service, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=HERE),
        )
    )


def flows() -> Iterator[Flow]:
    """Yield notifications, subscriptions, rules, alarms, reports and unsubscriptions."""
    topology = load_topology()
    for bucket in topology.buckets.values():
        for notification in bucket.notifications:
            yield Flow(
                f"S3 notifies {notification.queue}",
                ("Granting permissions to publish event notification messages to a destination", *SQS_PAGES),
                delivered("s3.amazonaws.com", notification.queue, BUCKET),
            )
    for name, queue in topology.queues.items():
        for topic in queue.topics:
            yield Flow(
                f"SNS delivers {topic} to {name}",
                ("Subscribing an Amazon SQS queue to an Amazon SNS topic", *SQS_PAGES),
                delivered("sns.amazonaws.com", name, topic_arn(topic)),
            )
    notices = {
        "cloudwatch.amazonaws.com": (
            "CloudWatch raises an alarm",
            "alarms",
            "Notifying users on alarm changes",
        ),
        "budgets.amazonaws.com": (
            "A budget raises an alarm",
            "alarms",
            "Creating an Amazon SNS topic for budget notifications",
        ),
        "ses.amazonaws.com": (
            "SES reports a bounce",
            "email-bounces",
            "Set up an Amazon SNS event destination for event publishing",
        ),
    }
    for service, (name, topic, page) in notices.items():
        source = (
            arn("ses", "configuration-set/fondly-prod")
            if service.startswith("ses")
            else arn("cloudwatch", "x")
        )
        sent = chain(
            steps(service, "sns:Publish", topic_arn(topic), context={**HERE, "aws:SourceArn": source}),
            steps(service, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=HERE),
        )
        yield Flow(
            name, (page, "Enabling compatibility between event sources and encrypted topics"), tuple(sent)
        )
    api = role("unsubscribe-api")
    yield Flow(
        "API Gateway enqueues an unsubscription",
        ("Integrate Amazon API Gateway with Amazon SQS", *SQS_PAGES),
        tuple(
            chain(
                steps("apigateway.amazonaws.com", "sts:AssumeRole", api, context=HERE),
                steps(api, "sqs:SendMessage", queue_arn("feedback")),
                steps(api, ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["messages"], context=via("sqs")),
            )
        ),
    )
