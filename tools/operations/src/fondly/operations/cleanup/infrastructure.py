"""Deletes queues, topics, tables and buckets that no Terraform looks after, of older topologies too."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum

from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import NO_BUCKET, NO_QUEUE, NO_TABLE, NO_TOPIC
from fondly.operations.topology import MADE_BY, PROVISIONER
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
    owner, names = await owner_of(scope), OwnNames(scope, await _tables(scope))
    urls = names.ours(await _queues(scope), lambda url: url.rpartition("/")[2])
    tails = [url for url in urls if names.short(url.rpartition("/")[2]).startswith(TAIL)]
    if owner is not Owner.PROVISIONER:
        await _delete(scope, "queues", tails, _delete_queue)
        kept = [url for url in urls if url not in tails]
        for what, found in (("queues", kept), *(await _others(scope, names)).items()):
            scope.report.left(what, len(found), WHY[owner])
        return
    others = await _others(scope, names)
    await _delete(scope, "topics", others["topics"], _delete_topic)
    await _delete(scope, "queues", urls, _delete_queue)
    await _delete(scope, "buckets", others["buckets"], _delete_bucket)
    if not scope.report.failed:  # the ledger's table is the last, because it says who has made all this
        last = scope.environment.named(LEDGER)
        tables = sorted(others["tables"], key=lambda name: name == last)
        await _delete(scope, "tables", tables, _delete_table)


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


async def _others(scope: Scope, names: OwnNames) -> dict[str, list[str]]:
    return {
        "topics": names.ours(await _topics(scope), lambda arn: arn.rpartition(":")[2]),
        "tables": names.ours(await _tables(scope)),
        "buckets": names.ours(await _buckets(scope)),
    }


async def _queues(scope: Scope) -> list[str]:
    pages = scope.environment.sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix=scope.environment.named("")
    )
    return [url async for page in pages for url in page.get("QueueUrls", [])]


async def _topics(scope: Scope) -> list[str]:
    pages = scope.environment.sns.get_paginator("list_topics").paginate()
    return [topic["TopicArn"] async for page in pages for topic in page.get("Topics", [])]


async def _tables(scope: Scope) -> list[str]:
    pages = scope.environment.dynamodb.get_paginator("list_tables").paginate()
    return [name async for page in pages for name in page.get("TableNames", [])]


async def _buckets(scope: Scope) -> list[str]:
    return [each["Name"] for each in (await scope.environment.s3.list_buckets()).get("Buckets", [])]


async def _delete(
    scope: Scope, what: str, found: Names, delete: Callable[[Scope, str], Awaitable[object]]
) -> None:
    for each in found:
        try:
            if not scope.dry_run:
                await delete(scope, each)
        except ClientError as error:
            if error_code(error) not in GONE:
                scope.report.failure(what, error_code(error), 1)
                continue
        scope.report.deleted(what)


async def _delete_queue(scope: Scope, url: str) -> None:
    await scope.environment.sqs.delete_queue(QueueUrl=url)


async def _delete_topic(scope: Scope, arn: str) -> None:
    """Delete a topic after its subscriptions, which AWS would keep for days."""
    sns = scope.environment.sns
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    subscriptions = [each["SubscriptionArn"] async for page in pages for each in page["Subscriptions"]]
    for subscription in subscriptions:
        await sns.unsubscribe(SubscriptionArn=subscription)
    await sns.delete_topic(TopicArn=arn)


async def _delete_table(scope: Scope, name: str) -> None:
    dynamodb = scope.environment.dynamodb
    await dynamodb.delete_table(TableName=name)
    await dynamodb.get_waiter("table_not_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )


async def _delete_bucket(scope: Scope, name: str) -> None:
    await scope.environment.s3.delete_bucket(Bucket=name)


async def owner_of(scope: Scope) -> Owner:
    """Ask the ledger's table: it is the last thing that is deleted."""
    dynamodb, name = scope.environment.dynamodb, scope.environment.named("runs")
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
