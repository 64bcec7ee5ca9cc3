"""A cost line by line: the units of a run and of its environment, with their prices."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.hours import NEW_ACCOUNT, SECONDS_PER_HOUR, Quotas, hours_of
from fondly.operations.cost.workload import (
    EMAILS_PER_PUBLISH,
    POLLS_PER_HOUR,
    RATIOS,
    REQUESTS_PER_PART,
    REQUESTS_PER_POLL,
    Workload,
    units_of,
)
from fondly.runtime.runs.pricing import listed
from fondly.sender.domain.units import READS_PER_EMAIL, SES_UNITS, WRITES_PER_EMAIL

GB = 1_000_000_000
CALL_BYTES = 16_000
"""A call with its answer: half of it is the system text. The mean of the measured runs."""
STORED_BYTES_PER_EMAIL, ITEM_BYTES_PER_EMAIL = 43_300, 7_500
"""Objects (the email itself has 18,200 of them) and items that a run keeps: means of the measured runs."""
RANKING_BYTES = 1_800
"""A customer's kept ranking: 150 ids of ten characters."""
TASK_SIZES: Mapping[str, tuple[float, float]] = {
    "ingest": (1, 2),
    "comprehend": (0.5, 1),
    "personalize": (1, 2),
    "bedrock": (1, 2),
}
"""vCPU and GiB of the task that waits for each service, as in the environment `prod`."""
IDLE_H = 0.25
"""A task goes on for some minutes after its last message."""
KMS_REQUESTS_PER_HOUR = 300
"""SQS and SNS reuse a data key for five minutes, S3 one key for many objects."""


class CostLine(BaseModel):
    """So much of a unit, and what it costs; without a price it costs an unknown amount."""

    model_config = ConfigDict(frozen=True)
    service: str
    unit: str
    meaning: str
    amount: Decimal
    usd: Decimal | None


def run_lines(work: Workload, quotas: Quotas = NEW_ACCOUNT) -> list[CostLine]:
    """Return what a run costs, in the order of the flow."""
    hours = hours_of(work, quotas)
    units = units_of(work, polling_h=hours["personalize"])
    return [line(name, amount) for name, amount in {**units, **dict(_environment(work, hours))}.items()]


def _environment(work: Workload, hours: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """What of the environment depends on a run: tasks, what they send through endpoints, keys and logs."""
    if not work.emails:
        return
    task_hours = {name: hours.get(name, 0.0) + IDLE_H for name in TASK_SIZES}
    for number, name in enumerate(("fargate.vcpu_hours", "fargate.gb_hours")):
        yield name, sum(TASK_SIZES[task][number] * each for task, each in task_hours.items())
    yield "endpoint.gb", work.copy_calls * CALL_BYTES / GB
    yield "kms.requests", KMS_REQUESTS_PER_HOUR * sum(task_hours.values())
    yield "cloudwatch.log_gb", work.written * RATIOS["log_bytes_per_email"] / GB


def kept_lines(work: Workload) -> list[CostLine]:
    """Return what a month costs for which the run's objects and items are kept."""
    items = work.emails * (ITEM_BYTES_PER_EMAIL + work.trains * RANKING_BYTES) / GB
    kept = {
        "s3.gb_months": work.written * STORED_BYTES_PER_EMAIL / GB,
        "dynamodb.gb_months": items,
        "dynamodb.recovery_gb_months": items,
    }
    return [line(name, amount) for name, amount in kept.items()]


def line(unit: str, amount: float | Decimal) -> CostLine:
    """Return a line for so much of a unit."""
    price, exact = listed(unit), Decimal(str(round(amount, 6)))
    return CostLine(
        service=unit.split(".", 1)[0],
        unit=unit,
        meaning=price.meaning if price else "no price known",
        amount=exact,
        usd=None if price is None else exact * price.usd,
    )


def total(lines: Sequence[CostLine]) -> Decimal:
    """Return the sum of what has a price."""
    return sum((each.usd for each in lines if each.usd is not None), Decimal(0))


def by_service(lines: Sequence[CostLine]) -> dict[str, Decimal]:
    """Return the sums by service, in the order of the lines."""
    sums: dict[str, Decimal] = {}
    for each in lines:
        sums[each.service] = sums.get(each.service, Decimal(0)) + (each.usd or 0)
    return sums


SES_PER_S = 14.0
"""Emails a second that SES allows many accounts at first; `GetAccount` says how many it allows yours."""
SENT_BYTES = 24_300
"""The bytes of a request with an email of 18,200 bytes in base64."""
TASK_VCPUS, TASK_GIB = 0.5, 1.0
"""vCPU and GiB of the sender's task, as in the environment `prod`."""


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
