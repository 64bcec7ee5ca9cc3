"""The result of `fondly check`, and what a run of the files takes of AWS."""

from decimal import Decimal

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import IngestReport
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.operations.cost.hours import calls_of, hours_of
from fondly.operations.cost.workload import MODEL_ID, Workload, units_of
from fondly.runtime.runs.pricing import cost_usd
from fondly.runtime.training_minimums import DataSize


class Estimate(BaseModel):
    """What a run would take if nothing of it had been paid for before."""

    emails: int
    calls: dict[str, int]
    hours: dict[str, float]
    """By service, one after the other."""
    total_hours: float
    cost_usd: dict[str, Decimal]
    """By service, and the `total`."""


def size_of(checked: CheckedFiles) -> DataSize:
    """How much there is for Personalize to learn from."""
    return DataSize(
        interactions=checked.report.counts[Counted.INTERACTIONS],
        customers=checked.active,
        returning=checked.returning,
    )


def workload_of(checked: CheckedFiles, *, model_id: str = MODEL_ID) -> Workload:
    """Return what there is to do for files that can be used."""
    report = checked.report
    counts = report.counts
    return Workload(
        customers=max(1, counts.get(Counted.CUSTOMERS, 0)),
        emails=counts.get(Counted.CUSTOMERS, 0) - sum(report.exclusions.values()),
        reviews=counts.get(Counted.REVIEWS, 0) + counts.get(Counted.SHARED_TEXTS, 0),
        products=max(1, counts.get(Counted.PRODUCTS, 0)),
        interactions=counts.get(Counted.INTERACTIONS, 0),
        texts=checked.texts.texts,
        units_per_text=checked.texts.units / max(1, checked.texts.texts),
        description_bytes=checked.description_bytes,
        trains=size_of(checked).shortfall is None,
        model_id=model_id,
    )


def estimate(work: Workload) -> Estimate:
    """Reckon one run."""
    if not work.emails:
        return Estimate(emails=0, calls={}, hours={}, total_hours=0, cost_usd=cost_usd({}))
    hours = dict(hours_of(work))
    units = units_of(work, polling_h=hours["personalize"])
    return Estimate(
        emails=work.emails,
        calls=calls_of(work),
        hours=hours,
        total_hours=sum(hours.values()),
        cost_usd=cost_usd({unit: Decimal(str(amount)) for unit, amount in units.items()}),
    )


class Training(BaseModel):
    """Whether Amazon Personalize would train on the data; `shortfall` says why not."""

    interactions: int
    returning: int
    """Customers with two or more interactions."""
    trains: bool
    shortfall: str | None


class CheckView(BaseModel):
    """Everything that is known about files before a run."""

    usable: bool
    failed: str | None
    report: IngestReport
    training: Training | None = None
    """None for files that cannot be used."""
    estimate: Estimate | None = None


def view(checked: CheckedFiles, *, model_id: str = MODEL_ID) -> CheckView:
    """Return the result for files that were read; the model's id decides its price."""
    report = checked.report
    if report.failed:
        return CheckView(usable=False, failed=report.failed, report=report)
    size = size_of(checked)
    return CheckView(
        usable=True,
        failed=None,
        report=report,
        training=Training(
            interactions=size.interactions,
            returning=size.returning,
            trains=size.shortfall is None,
            shortfall=size.shortfall,
        ),
        estimate=estimate(workload_of(checked, model_id=model_id)),
    )
