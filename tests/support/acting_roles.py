"""Whether AWS would allow what pages of the console call, in the role that each page acts in."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from fondly.console.roles import ACTING, Role
from fondly.operations.environment import Environment
from tests.support.configurations import policies
from tests.support.flows.steps import BUCKET, TLS, queue_arn, role, topic_arn
from tests.support.hcl.aws import arn
from tests.support.iam import Request

ASKED = ContextVar("ASKED", default=False)
"""Whether a call is a page's, and not one with which a test prepares something."""
CHECKED_AS: Mapping[str, str] = {
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:UploadPart": "s3:PutObject",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
"""Operations that IAM checks as another action (Service Authorization Reference)."""


@asynccontextmanager
async def checked_against_roles(environment: Environment) -> AsyncIterator[None]:
    """Fail at the end if a page has called what the role that it acts in does not allow."""
    await (await environment.ledger()).recent(limit=1)  # as the console does when it starts
    refused: set[tuple[str, str, str]] = set()

    def check(params: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        if not ASKED.get():
            return
        acting = ACTING.get().role
        service = model.service_model.service_name
        for action, resource in _requests(service, model.name, params, environment.name):
            if not _allowed(acting, CHECKED_AS.get(action, action), resource):
                refused.add((acting, action, resource))

    for client in (environment.sqs, environment.sns, environment.s3, environment.dynamodb):
        client.meta.events.register("provide-client-params", check)
    yield
    assert not refused, (
        f"roles.tf of the module console does not allow it, or a page acts as another: {refused}"
    )


def _allowed(acting: Role, action: str, resource: str) -> bool:
    return policies("console").allows(Request(role(f"console-{acting}"), action, resource, TLS))


def _requests(
    service: str, operation: str, params: Mapping[str, Any], name: str
) -> Iterator[tuple[str, str]]:
    """What IAM checks of a call: actions and resources, as they are called in prod."""
    action = f"{service}:{operation}"
    if operation == "TransactWriteItems":
        for each in params["TransactItems"]:
            for kind, item in each.items():
                yield f"dynamodb:{kind.removesuffix('Item')}Item", _table(item["TableName"], name)
    elif service == "dynamodb":
        for table in [params["TableName"]] if "TableName" in params else params["RequestItems"]:
            yield action, _table(table, name)
    elif service == "s3":
        if operation != "DeleteObjects":
            yield action, f"{BUCKET}/{params['Key']}" if "Key" in params else BUCKET
        for each in params.get("Delete", {}).get("Objects", ()):
            yield "s3:DeleteObjectVersion" if "VersionId" in each else action, f"{BUCKET}/{each['Key']}"
    else:
        named = params.get("QueueUrl") or params.get("QueueName") or params.get("TopicArn") or ""
        made = topic_arn if service == "sns" else queue_arn
        yield action, made(named.replace("/", ":").rsplit(":", 1)[-1].removeprefix(f"{name}-"))


def _table(table: str, name: str) -> str:
    return arn("dynamodb", f"table/fondly-prod-{table.removeprefix(f'{name}-')}")
