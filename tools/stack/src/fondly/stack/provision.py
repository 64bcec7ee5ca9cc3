"""Creates the topology's resources through AWS APIs; running it again changes nothing.

It works the same with ministack, moto, LocalStack and AWS: the endpoint comes from `AWS_ENDPOINT_URL*`.
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from fondly.operations.topology import (
    DEAD_LETTER_RETENTION_S,
    DEAD_LETTER_SUFFIX,
    MADE_BY,
    PROVISIONER,
    Bucket,
    Queue,
    Table,
    Topology,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeDefinitionTypeDef, KeySchemaElementTypeDef
    from types_boto3_s3.type_defs import QueueConfigurationTypeDef
    from types_boto3_sqs.literals import QueueAttributeNameType

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
        """The services' settings: `FONDLY_<NAME>_TOPIC_ARN`, `_QUEUE_URL`, `_TABLE`, `_BUCKET`."""
        kinds = {
            "TOPIC_ARN": self.topic_arns,
            "QUEUE_URL": self.queue_urls,
            "TABLE": self.tables,
            "BUCKET": self.buckets,
        }
        return {
            f"FONDLY_{name.upper().replace('-', '_')}_{kind}": value
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
        self._queue_arns: dict[str, str] = {}

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
        """Create by name only, then set attributes: SQS refuses to create a queue again with other ones."""
        dead, dead_arn = self._create_queue(name + DEAD_LETTER_SUFFIX)
        url, arn = self._create_queue(name)
        redrive = {"deadLetterTargetArn": dead_arn, "maxReceiveCount": queue.max_receives}
        self._set(dead, {"MessageRetentionPeriod": str(DEAD_LETTER_RETENTION_S)})
        self._set(
            url,
            {
                "VisibilityTimeout": str(queue.visibility_s),
                "MessageRetentionPeriod": str(queue.retention_s),
                "RedrivePolicy": json.dumps(redrive),
                "Policy": json.dumps(self._senders(arn)),
            },
        )
        self._resources.queue_urls[name] = url
        self._resources.dead_letter_urls[name] = dead
        self._queue_arns[name] = arn
        for topic in queue.topics:
            self._sns.subscribe(
                TopicArn=self._resources.topic_arns[topic],
                Protocol="sqs",
                Endpoint=arn,
                Attributes={"RawMessageDelivery": "true"},
            )

    def _create_queue(self, name: str) -> tuple[str, str]:
        """Return the queue's URL and ARN."""
        url = self._sqs.create_queue(QueueName=self._named(name))["QueueUrl"]
        reply = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, reply["Attributes"]["QueueArn"]

    def _set(self, url: str, attributes: "dict[QueueAttributeNameType, str]") -> None:
        self._sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def _senders(self, arn: str) -> dict[str, Any]:
        """The policy by which only this account's topics and buckets may send to a queue."""
        return {
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

    def _table(self, name: str, table: Table) -> None:
        keys = [table.partition_key, *([table.sort_key] if table.sort_key else [])]
        definitions: list[AttributeDefinitionTypeDef] = [
            {"AttributeName": key, "AttributeType": "S"} for key in keys
        ]
        schema: list[KeySchemaElementTypeDef] = [{"AttributeName": keys[0], "KeyType": "HASH"}]
        schema += [{"AttributeName": key, "KeyType": "RANGE"} for key in keys[1:]]
        made = self._named(name)
        is_new = True
        try:
            created = self._dynamodb.create_table(
                TableName=made,
                AttributeDefinitions=definitions,
                KeySchema=schema,
                BillingMode="PAY_PER_REQUEST",
                Tags=[{"Key": MADE_BY, "Value": PROVISIONER}],
            )
            is_active = created["TableDescription"].get("TableStatus") == "ACTIVE"
        except ClientError as error:
            _unless_exists(error)
            is_new = is_active = False
        if not is_active:
            self._dynamodb.get_waiter("table_exists").wait(TableName=made)
        if table.ttl:
            self._expire(made, table.ttl, is_new=is_new)
        self._resources.tables[name] = made

    def _expire(self, made: str, attribute: str, *, is_new: bool) -> None:
        """Enable expiry, unless it is enabled: DynamoDB refuses to enable it twice."""
        if is_new or not self._expires(made):
            self._dynamodb.update_time_to_live(
                TableName=made, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
            )

    def _expires(self, made: str) -> bool:
        found = self._dynamodb.describe_time_to_live(TableName=made)["TimeToLiveDescription"]
        return found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}

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
                "QueueArn": self._queue_arns[notification.queue],
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
