"""Creates the topology's resources through AWS APIs; running it again changes nothing.

It works the same with moto, LocalStack and AWS: the endpoint comes from `AWS_ENDPOINT_URL*`.
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from encore.stack.topology import Bucket, Queue, Table, Topology

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        KeySchemaElementTypeDef,
    )
    from types_boto3_s3.type_defs import QueueConfigurationTypeDef
    from types_boto3_sqs.literals import QueueAttributeNameType

DEAD_LETTER_SUFFIX = "-dlq"
DEAD_LETTER_RETENTION_S = 1_209_600
MADE_BY = "made-by"
PROVISIONER = "encore provision"
"""The tag of tables made here: it tells `encore cleanup` that no Terraform looks after the environment."""
EXISTS = frozenset({"BucketAlreadyOwnedByYou", "ResourceInUseException"})


@dataclass
class Resources:
    """Every resource's ARN, URL or name, by its name in the topology."""

    topic_arns: dict[str, str] = field(default_factory=dict)
    queue_urls: dict[str, str] = field(default_factory=dict)
    dead_letter_urls: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    buckets: dict[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        """The services' settings: `ENCORE_<NAME>_TOPIC_ARN`, `_QUEUE_URL`, `_TABLE`, `_BUCKET`."""
        kinds = {
            "TOPIC_ARN": self.topic_arns,
            "QUEUE_URL": self.queue_urls,
            "TABLE": self.tables,
            "BUCKET": self.buckets,
        }
        return {
            f"ENCORE_{name.upper().replace('-', '_')}_{kind}": value
            for kind, values in kinds.items()
            for name, value in values.items()
        }


def provision(topology: Topology, *, environment: str, region: str) -> Resources:
    """Create every resource, its name prefixed by `environment`, and return where they are."""
    return _Provisioner(environment, region).run(topology)


class _Provisioner:
    def __init__(self, environment: str, region: str) -> None:
        self._environment = environment
        self._region = region
        self._sns = boto3.client("sns", region_name=region)
        self._sqs = boto3.client("sqs", region_name=region)
        self._dynamodb = boto3.client("dynamodb", region_name=region)
        self._s3 = boto3.client("s3", region_name=region)
        self._resources = Resources()

    def run(self, topology: Topology) -> Resources:
        for name in topology.topics:
            self._topic(name)
        for name, queue in topology.queues.items():
            self._queue(name, queue)
        for name, table in topology.tables.items():
            self._table(name, table)
        for name, bucket in topology.buckets.items():
            self._bucket(name, bucket)
        return self._resources

    def _named(self, name: str) -> str:
        return f"{self._environment}-{name}"

    def _topic(self, name: str) -> None:
        self._resources.topic_arns[name] = self._sns.create_topic(Name=self._named(name))["TopicArn"]

    def _queue(self, name: str, queue: Queue) -> None:
        dead = self._create_queue(
            name + DEAD_LETTER_SUFFIX, {"MessageRetentionPeriod": str(DEAD_LETTER_RETENTION_S)}
        )
        redrive = {"deadLetterTargetArn": self._arn(dead), "maxReceiveCount": queue.max_receives}
        url = self._create_queue(
            name,
            {
                "VisibilityTimeout": str(queue.visibility_s),
                "MessageRetentionPeriod": str(queue.retention_s),
                "RedrivePolicy": json.dumps(redrive),
            },
        )
        self._resources.queue_urls[name] = url
        self._resources.dead_letter_urls[name] = dead
        self._allow_senders(url)
        for topic in queue.topics:
            self._sns.subscribe(
                TopicArn=self._resources.topic_arns[topic],
                Protocol="sqs",
                Endpoint=self._arn(url),
                Attributes={"RawMessageDelivery": "true"},
            )

    def _create_queue(self, name: str, attributes: "dict[QueueAttributeNameType, str]") -> str:
        """Create by name only, then set attributes: SQS refuses to create a queue again with other ones."""
        url = self._sqs.create_queue(QueueName=self._named(name))["QueueUrl"]
        self._sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        return url

    def _arn(self, queue_url: str) -> str:
        reply = self._sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        return reply["Attributes"]["QueueArn"]

    def _allow_senders(self, queue_url: str) -> None:
        """Allow only this account's topics and buckets to send to the queue."""
        arn = self._arn(queue_url)
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": arn.split(":")[4]}},
                }
            ],
        }
        self._sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})

    def _table(self, name: str, table: Table) -> None:
        keys = [table.partition_key, *([table.sort_key] if table.sort_key else [])]
        definitions: list[AttributeDefinitionTypeDef] = [
            {"AttributeName": key, "AttributeType": "S"} for key in keys
        ]
        schema: list[KeySchemaElementTypeDef] = [{"AttributeName": keys[0], "KeyType": "HASH"}]
        schema += [{"AttributeName": key, "KeyType": "RANGE"} for key in keys[1:]]
        try:
            self._dynamodb.create_table(
                TableName=self._named(name),
                AttributeDefinitions=definitions,
                KeySchema=schema,
                BillingMode="PAY_PER_REQUEST",
                Tags=[{"Key": MADE_BY, "Value": PROVISIONER}],
            )
        except ClientError as error:
            _unless_exists(error)
        self._dynamodb.get_waiter("table_exists").wait(TableName=self._named(name))
        if table.ttl:
            self._expire(self._named(name), table.ttl)
        self._resources.tables[name] = self._named(name)

    def _expire(self, made: str, attribute: str) -> None:
        """Enable expiry, unless it is enabled: DynamoDB refuses to enable it twice."""
        found = self._dynamodb.describe_time_to_live(TableName=made)["TimeToLiveDescription"]
        if found.get("TimeToLiveStatus") not in {"ENABLED", "ENABLING"}:
            self._dynamodb.update_time_to_live(
                TableName=made,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute},
            )

    def _bucket(self, name: str, bucket: Bucket) -> None:
        made = self._named(name)
        try:
            if self._region == "us-east-1":
                self._s3.create_bucket(Bucket=made)
            else:
                self._s3.create_bucket(
                    Bucket=made,
                    CreateBucketConfiguration={"LocationConstraint": self._region},  # type: ignore[typeddict-item] # any region
                )
        except ClientError as error:
            _unless_exists(error)
        if bucket.versioned:
            self._s3.put_bucket_versioning(Bucket=made, VersioningConfiguration={"Status": "Enabled"})
        self._notify(made, bucket)
        self._resources.buckets[name] = made

    def _notify(self, made: str, bucket: Bucket) -> None:
        configurations: list[QueueConfigurationTypeDef] = [
            {
                "QueueArn": self._arn(self._resources.queue_urls[notification.queue]),
                "Events": notification.events,  # type: ignore[typeddict-item] # names of S3 events
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": notification.prefix}]}},
            }
            for notification in bucket.notifications
        ]
        self._s3.put_bucket_notification_configuration(
            Bucket=made, NotificationConfiguration={"QueueConfigurations": configurations}
        )


def _unless_exists(error: ClientError) -> None:
    if error.response.get("Error", {}).get("Code") not in EXISTS:
        raise error
