"""The result of `fondly check`, as JSON and for tables."""

from pydantic import BaseModel

from fondly.contracts.ingest_report import IngestReport
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.operations.check.estimate import Estimate, estimate, size_of, workload_of
from fondly.operations.cost.workload import MODEL_ID


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
