"""Deletes queues, topics, tables and buckets that no Terraform looks after, of older topologies too."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import NO_BUCKET, NO_QUEUE, NO_TABLE, NO_TOPIC
from fondly.operations.topology import MADE_BY, PROVISIONER
from fondly.runtime.clients import DynamoDBClient, SNSClient
from fondly.runtime.errors import error_code
from fondly.runtime.tags import STACK


class Owner(StrEnum):
    """Terraform destroys what it has made; what `fondly provision` or a local stack made is deleted here."""

    TERRAFORM = "terraform"
    PROVISIONER = "provisioner"
    UNKNOWN = "unknown"


LEDGER = "runs"
TAIL = "tail-"
"""The queues of `fondly events tail`, which a killed command leaves behind."""
WHY = {
    Owner.TERRAFORM: "Terraform's: `terraform destroy` deletes them, now that they are empty",
    Owner.UNKNOWN: "no tag says who made them: delete them where they were made",
}
GONE = NO_QUEUE | NO_TOPIC | NO_TABLE | NO_BUCKET
Names = Sequence[str]


async def delete_infrastructure(scope: Scope) -> None:
    """Delete what was provisioned; leave Terraform's, and whatever else nobody can be asked about."""
    environment, owner = scope.environment, await owner_of(scope)
    tables = await _listed(environment.dynamodb, "list_tables", "TableNames")
    names = OwnNames(scope, tables)
    queues = await _listed(environment.sqs, "list_queues", "QueueUrls", QueueNamePrefix=environment.named(""))
    urls = names.ours(queues, lambda url: url.rpartition("/")[2])
    others = await _others(scope, names, tables)
    if owner is not Owner.PROVISIONER:
        tails = [url for url in urls if names.short(url.rpartition("/")[2]).startswith(TAIL)]
        await _delete(scope, "queues", tails, lambda url: environment.sqs.delete_queue(QueueUrl=url))
        for what, found in {"queues": set(urls) - set(tails), **others}.items():
            scope.report.left(what, len(found), WHY[owner])
        return
    await _delete(scope, "topics", others["topics"], partial(_delete_topic, environment.sns))
    await _delete(scope, "queues", urls, lambda url: environment.sqs.delete_queue(QueueUrl=url))
    await _delete(scope, "buckets", others["buckets"], lambda name: environment.s3.delete_bucket(Bucket=name))
    if not scope.report.failed:  # the ledger's table is the last, because it says who has made all this
        own = sorted(others["tables"], key=lambda name: name == environment.table_name(LEDGER))
        await _delete(scope, "tables", own, partial(_delete_table, environment.dynamodb))


class OwnNames:
    """Tells this environment's names from those of another that begins alike: `fondly` and `fondly-dev`."""

    def __init__(self, scope: Scope, tables: Names) -> None:
        self._prefix = scope.environment.named("")
        ledgers = (name.removesuffix(LEDGER) for name in tables if name.endswith(f"-{LEDGER}"))
        self._others = [name for name in ledgers if name.startswith(self._prefix) and name != self._prefix]

    def short(self, name: str) -> str:
        """The name without the environment's."""
        return name.removeprefix(self._prefix)

    def ours(self, found: Names, name_of: Callable[[str], str] = str) -> list[str]:
        """Return what is this environment's."""
        return [
            each
            for each in found
            if name_of(each).startswith(self._prefix)
            and not any(name_of(each).startswith(other) for other in self._others)
        ]


async def _others(scope: Scope, names: OwnNames, tables: Names) -> dict[str, list[str]]:
    topics = [each["TopicArn"] for each in await _listed(scope.environment.sns, "list_topics", "Topics")]
    buckets = (await scope.environment.s3.list_buckets()).get("Buckets", [])
    return {
        "topics": names.ours(topics, lambda arn: arn.rpartition(":")[2]),
        "tables": names.ours(tables),
        "buckets": names.ours([each["Name"] for each in buckets]),
    }


async def _listed(client: Any, operation: str, member: str, **request: str) -> list[Any]:  # noqa: ANN401 - clients have no common type
    pages = client.get_paginator(operation).paginate(**request)
    return [each async for page in pages for each in page.get(member, [])]


async def _delete(scope: Scope, what: str, found: Names, delete: Callable[[str], Awaitable[object]]) -> None:
    for each in found:
        try:
            if not scope.dry_run:
                await delete(each)
        except ClientError as error:
            if error_code(error) not in GONE:
                scope.report.failure(what, error_code(error), 1)
                continue
        scope.report.deleted(what)


async def _delete_topic(sns: SNSClient, arn: str) -> None:
    """Delete a topic after its subscriptions, which AWS would keep for days."""
    for each in await _listed(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn):
        await sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    await sns.delete_topic(TopicArn=arn)


async def _delete_table(dynamodb: DynamoDBClient, name: str) -> None:
    await dynamodb.delete_table(TableName=name)
    await dynamodb.get_waiter("table_not_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


async def owner_of(scope: Scope) -> Owner:
    """Ask the ledger's table: it is the last thing that is deleted."""
    dynamodb, name = scope.environment.dynamodb, scope.environment.table_name("runs")
    try:
        table = await dynamodb.describe_table(TableName=name)
        reply = await dynamodb.list_tags_of_resource(ResourceArn=table["Table"]["TableArn"])
    except ClientError:
        tags = {}
    else:
        tags = {tag["Key"]: tag["Value"] for tag in reply.get("Tags", [])}
    if tags.get(MADE_BY) == PROVISIONER:
        return Owner.PROVISIONER
    if STACK in tags:
        return Owner.TERRAFORM
    return Owner.UNKNOWN if scope.on_aws else Owner.PROVISIONER
