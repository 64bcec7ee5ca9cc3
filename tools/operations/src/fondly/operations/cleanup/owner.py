"""Who has made an environment's queues, topics, tables and buckets, and so who deletes them."""

from enum import StrEnum

from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import Scope
from fondly.operations.topology import MADE_BY, PROVISIONER
from fondly.runtime.tags import STACK


class Owner(StrEnum):
    """Terraform destroys what it has made; what `fondly provision` or a local stack made is deleted here."""

    TERRAFORM = "terraform"
    PROVISIONER = "provisioner"
    UNKNOWN = "unknown"


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
