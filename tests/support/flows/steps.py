"""Requests that AWS makes or checks, and the names of what they are about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.support.hcl.aws import ACCOUNT, REGION, arn
from tests.support.iam import Context, Request

RUN = "run-0123456789abcdef"
OTHER_ACCOUNT = "999999999999"
BUCKET = arn("s3", f"fondly-prod-data-{ACCOUNT}-{REGION}", region="", account="")
KEYS = {name: arn("kms", f"key/keys.aws_kms_key.this[{name}]") for name in ("data", "messages", "logs")}
HERE = {"aws:SourceAccount": ACCOUNT}
TLS = {"aws:SecureTransport": "true"}

Where = Literal["anywhere", "identity", "resource"]


@dataclass(frozen=True)
class Step:
    """A request that has to be allowed: `identity` by the role's own policy, `resource` by the resource's."""

    request: Request
    where: Where = "anywhere"

    def __str__(self) -> str:
        return f"{self.request.principal.rpartition('/')[2]} {self.request.action} {self.where}"


@dataclass(frozen=True)
class Flow:
    """A flow of AWS's, with the pages that say what it requires, and the environment that has it."""

    name: str
    pages: tuple[str, ...]
    steps: tuple[Step, ...]
    environment: str = "prod"


@dataclass(frozen=True)
class Refusal:
    """A request that must be refused, `by` a condition on a key or a denial, or because nothing allows it."""

    why: str
    request: Request
    by: str | None = None
    environment: str = "prod"


def role(name: str) -> str:
    """Return the ARN of a role of prod."""
    return arn("iam", f"role/fondly-prod-{name}-{REGION}", region="")


def queue_arn(name: str) -> str:
    """Return the ARN of a queue of prod."""
    return arn("sqs", f"fondly-prod-{name}")


def topic_arn(name: str) -> str:
    """Return the ARN of a topic of prod."""
    return arn("sns", f"fondly-prod-{name}")


def via(service: str) -> Context:
    """Return the context of a key that a service uses in the caller's name."""
    return {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}


def steps(
    principal: str,
    actions: str | Sequence[str],
    *resources: str,
    context: Context | None = None,
    where: Where = "anywhere",
) -> Iterator[Step]:
    """Yield a step for each action on each resource."""
    for action in [actions] if isinstance(actions, str) else actions:
        for resource in resources:
            yield Step(Request(principal, action, resource, {**TLS, **(context or {})}), where)


def passed(service: str, to: str, name: str) -> Iterator[Step]:
    """A role of ours passes a role to a service, which assumes it."""
    yield from steps(
        role(f"{service}-task"),
        "iam:PassRole",
        role(name),
        context={"iam:PassedToService": to},
    )


def files(name: str, read: str, written: str) -> Iterator[Step]:
    """A role that reads and writes folders of the bucket, whose objects the data key encrypts.

    Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)".
    """
    yield from steps(role(name), "s3:GetObject", f"{BUCKET}/{read}/file")
    yield from steps(role(name), "s3:PutObject", f"{BUCKET}/{written}/file")
    yield from steps(role(name), "s3:ListBucket", BUCKET, context={"s3:prefix": f"{read}/"})


def by_s3(name: str) -> Iterator[Step]:
    """A role uses the data key through S3, and only so."""
    yield from steps(role(name), ["kms:Decrypt", "kms:GenerateDataKey"], KEYS["data"], context=via("s3"))
