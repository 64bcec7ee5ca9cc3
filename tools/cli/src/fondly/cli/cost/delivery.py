"""What it costs to deliver the emails of a run by SES, beside what it costs to make them."""

from collections.abc import Iterator

from fondly.cli.cost.lines import GB, IDLE_H, KMS_REQUESTS_PER_HOUR, CostLine, line
from fondly.cli.cost.workload import (
    EMAILS_PER_PUBLISH,
    POLLS_PER_HOUR,
    REQUESTS_PER_PART,
    REQUESTS_PER_POLL,
    Workload,
)
from fondly.sender.adapters.transports import SES_UNITS
from fondly.sender.use_cases.settle_emails import READS_PER_EMAIL, WRITES_PER_EMAIL

SES_PER_S = 14.0
"""Emails a second that SES allows many accounts at first; `GetAccount` says how many it allows yours."""
SECONDS_PER_HOUR = 3_600
SENT_BYTES = 31_100
"""An email of 23,300 bytes, as base64 in a request."""
TASK_VCPUS, TASK_GIB = 0.5, 1.0
"""Of the sender's task, as in the environment `prod`."""


def delivery_hours(work: Workload, *, per_s: float = SES_PER_S) -> float:
    """Return how long the emails take at the provider's rate; quiet hours, and approval, come on top."""
    return work.written / per_s / SECONDS_PER_HOUR


def delivery_lines(work: Workload, *, per_s: float = SES_PER_S) -> list[CostLine]:
    """Return what delivering every email of a run costs."""
    return [line(unit, amount) for unit, amount in _units(work, delivery_hours(work, per_s=per_s))]


def _units(work: Workload, hours: float) -> Iterator[tuple[str, float]]:
    if not work.emails:
        return
    for unit, amount in SES_UNITS.items():
        yield unit, work.written * amount
    # Who is held out is noted too, and announced.
    yield "dynamodb.writes", work.emails * WRITES_PER_EMAIL
    yield "dynamodb.reads", work.emails * READS_PER_EMAIL
    yield "s3.gets", work.written + work.parts
    yield "sns.publishes", work.emails / EMAILS_PER_PUBLISH + work.parts
    yield "sqs.requests", REQUESTS_PER_PART * work.parts + REQUESTS_PER_POLL * POLLS_PER_HOUR * hours
    yield "fargate.vcpu_hours", TASK_VCPUS * (hours + IDLE_H)
    yield "fargate.gb_hours", TASK_GIB * (hours + IDLE_H)
    yield "endpoint.gb", work.written * SENT_BYTES / GB
    yield "kms.requests", KMS_REQUESTS_PER_HOUR * (hours + IDLE_H)
