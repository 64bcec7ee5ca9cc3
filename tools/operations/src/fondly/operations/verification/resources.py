"""Checks of the topology's resources."""

import re
from collections.abc import Callable
from functools import partial

from fondly.operations.target import table_name
from fondly.operations.topology import DEAD_LETTER_SUFFIX, Bucket, Queue, Table, Topology
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Check, Finding, judged, skipped
from fondly.operations.verification.expectations import (
    dead_letter_problems,
    expiry_problems,
    notification_problems,
    public_access_problems,
    queue_problems,
    table_problems,
)

EMULATOR = "emulator: only Terraform sets this"
DEAD_LETTERS = "`fondly dlq show QUEUE` shows the reasons; fix the cause, then `fondly dlq redrive QUEUE`"


def resource_checks(topology: Topology, account: Account) -> list[Check]:
    """A check per resource and subscription, and per protection that only AWS has."""
    remedy = "terraform apply" if account.on_aws else f"fondly provision --environment {account.environment}"
    checks: list[Check] = []

    def add(name: str, probe: Callable[[], Finding], remedy: str = remedy) -> None:
        checks.append(Check(name, remedy, probe))

    for name in topology.topics:
        add(f"topic {name}", partial(_topic, account, name))
    for name, queue in topology.queues.items():
        add(f"queue {name}", partial(_queue, account, name, queue))
        add(f"dead letters of {name}", partial(_dead_letters, account, name), DEAD_LETTERS)
        for topic in queue.topics:
            what = f"subscription of {name}" + (f" to {topic}" if len(queue.topics) > 1 else "")
            add(what, partial(_subscription, account, name, topic))
    for name, table in topology.tables.items():
        add(f"table {name}", partial(_table, account, name, table))
    add("expiry and recovery of tables", partial(_protection, account, topology.tables))
    for name, bucket in topology.buckets.items():
        add(f"bucket {name}", partial(_bucket, account, name, bucket))
        add(f"privacy of bucket {name}", partial(_privacy, account, name))
    return checks


def _topic_arn(account: Account, name: str) -> str | None:
    pages = account.sns.get_paginator("list_topics").paginate()
    arns = (topic["TopicArn"] for page in pages for topic in page["Topics"])
    return next((arn for arn in arns if arn.rsplit(":", 1)[-1] == account.named(name)), None)


def _topic(account: Account, name: str) -> Finding:
    return judged([] if _topic_arn(account, name) else ["does not exist"])


def _attributes(account: Account, name: str) -> dict[str, str]:
    url = account.sqs.get_queue_url(QueueName=account.named(name))["QueueUrl"]
    reply = account.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(key): value for key, value in reply["Attributes"].items()}


def _queue(account: Account, name: str, queue: Queue) -> Finding:
    dead_letters = account.named(name + DEAD_LETTER_SUFFIX)
    return judged(queue_problems(queue, _attributes(account, name), dead_letters=dead_letters))


def _dead_letters(account: Account, name: str) -> Finding:
    return judged(dead_letter_problems(_attributes(account, name + DEAD_LETTER_SUFFIX)))


def _subscription(account: Account, name: str, topic: str) -> Finding:
    topic_arn = _topic_arn(account, topic)
    if topic_arn is None:
        return judged([f"the topic {topic} does not exist"])
    queue_arn = _attributes(account, name)["QueueArn"]
    pages = account.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    arns = [
        each["SubscriptionArn"]
        for page in pages
        for each in page["Subscriptions"]
        if each["Endpoint"] == queue_arn
    ]
    if not arns:
        return judged([f"not subscribed to {topic}"])
    facts = account.sns.get_subscription_attributes(SubscriptionArn=arns[0])["Attributes"]
    return judged([] if facts.get("RawMessageDelivery") == "true" else ["delivery is not raw"])


def _table(account: Account, name: str, table: Table) -> Finding:
    described = account.dynamodb.describe_table(TableName=table_name(account.environment, name))["Table"]
    return judged(table_problems(table, described["KeySchema"]))


def _protection(account: Account, tables: dict[str, Table]) -> Finding:
    if not account.on_aws:
        return skipped(EMULATOR)
    return judged(
        [f"{name}: {each}" for name, table in tables.items() for each in _unprotected(account, name, table)]
    )


def _unprotected(account: Account, name: str, table: Table) -> list[str]:
    made = table_name(account.environment, name)
    expiry = account.dynamodb.describe_time_to_live(TableName=made)["TimeToLiveDescription"]
    backups = account.dynamodb.describe_continuous_backups(TableName=made)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    off = [] if recovery == "ENABLED" else ["point-in-time recovery is off"]
    return [*expiry_problems(table, expiry), *off]


def _bucket_name(account: Account, name: str) -> str | None:
    """Terraform appends account and region to names that are everybody's, the provisioner does not."""
    region = re.escape(account.sqs.meta.region_name)
    pattern = re.compile(re.escape(account.named(name)) + rf"(-\d{{12}}-{region})?")
    pages = account.s3.get_paginator("list_buckets").paginate()
    names = [bucket["Name"] for page in pages for bucket in page.get("Buckets", [])]
    return next((found for found in names if pattern.fullmatch(found)), None)


def _bucket(account: Account, name: str, bucket: Bucket) -> Finding:
    made = _bucket_name(account, name)
    if made is None:
        return judged(["does not exist"])
    versioned = account.s3.get_bucket_versioning(Bucket=made).get("Status") == "Enabled"
    noted = account.s3.get_bucket_notification_configuration(Bucket=made).get("QueueConfigurations", [])
    problems = [
        problem
        for wanted in bucket.notifications
        for problem in notification_problems(wanted, noted, queue=account.named(wanted.queue))
    ]
    return judged(
        [*(["not versioned"] if bucket.versioned and not versioned else []), *problems], detail=made
    )


def _privacy(account: Account, name: str) -> Finding:
    if not account.on_aws:
        return skipped(EMULATOR)
    made = _bucket_name(account, name)
    if made is None:
        return judged(["does not exist"])
    block = account.s3.get_public_access_block(Bucket=made)["PublicAccessBlockConfiguration"]
    return judged(public_access_problems({str(key): value is True for key, value in block.items()}))
