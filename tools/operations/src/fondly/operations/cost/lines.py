"""A cost line by line: the units of a run and of its environment, with their prices."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.hours import NEW_ACCOUNT, Quotas, hours_of
from fondly.operations.cost.ratios import ratios
from fondly.operations.cost.workload import Workload, units_of
from fondly.runtime.runs.pricing import listed

GB = 1_000_000_000
DECIMALS = 6
CALL_BYTES = 45_100
"""A call with its answer: most of it is the system text of 37,800 bytes. The mean of the measured runs."""
STORED_BYTES_PER_EMAIL, ITEM_BYTES_PER_EMAIL = 38_300, 7_400
"""Objects (the email itself has 23,300 of them) and items that a run keeps: measured on 520 customers."""
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
    yield "endpoint.gb", (work.copy_calls + work.feature_prompts) * CALL_BYTES / GB
    yield "kms.requests", KMS_REQUESTS_PER_HOUR * sum(task_hours.values())
    yield "cloudwatch.log_gb", work.written * ratios().log_bytes_per_email / GB


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
    price, exact = listed(unit), Decimal(str(round(amount, DECIMALS)))
    return CostLine(
        service=unit.split(".", 1)[0],
        unit=unit,
        meaning=price.meaning if price else "no price known",
        amount=exact,
        usd=None if price is None else exact * price.usd,
    )


def total(lines: "list[CostLine]") -> Decimal:
    """Return the sum of what has a price."""
    return sum((each.usd for each in lines if each.usd is not None), Decimal(0))


def by_service(lines: "list[CostLine]") -> dict[str, Decimal]:
    """Return the sums by service, in the order of the lines."""
    sums: dict[str, Decimal] = {}
    for each in lines:
        sums[each.service] = sums.get(each.service, Decimal(0)) + (each.usd or 0)
    return sums
