"""The result of `fondly check`, and what a run of the files takes of AWS."""

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import IngestReport
from fondly.ingest.use_cases.check_files import CheckedFiles
from fondly.operations.check.findings import CheckFinding, findings
from fondly.operations.check.preview import CustomerRow, Mailing, ProductRow, customer_row, product_rows
from fondly.operations.cost.estimate import Estimate, estimate
from fondly.operations.cost.workload import Workload
from fondly.operations.shop import Shop
from fondly.runtime.training_minimums import DataSize


def size_of(checked: CheckedFiles) -> DataSize:
    """How much there is for Personalize to learn from."""
    return DataSize(
        interactions=checked.report.counts[Counted.INTERACTIONS],
        customers=checked.active,
        returning=checked.returning,
    )


def workload_of(checked: CheckedFiles) -> Workload:
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
    products: list[ProductRow] = []
    """The first ones as emails will show them."""
    customers: list[CustomerRow] = []
    findings: list[CheckFinding] = []
    """What people should know, the gravest first."""

    @property
    def grave(self) -> list[CheckFinding]:
        """What should be mended before a run."""
        return [each for each in self.findings if each.level == "grave"]


def view(checked: CheckedFiles, shop: Shop) -> CheckView:
    """Return the result for files that were read."""
    report, mailing = checked.report, Mailing.of(shop)
    found = findings(checked, mailing)
    if report.failed:
        return CheckView(usable=False, failed=report.failed, report=report, findings=found)
    size = size_of(checked)
    return CheckView(
        usable=True,
        failed=None,
        report=report,
        findings=found,
        products=product_rows(checked.sample.products, mailing),
        customers=[customer_row(number, each) for number, each in enumerate(checked.sample.customers, 1)],
        training=Training(
            interactions=size.interactions,
            returning=size.returning,
            trains=size.shortfall is None,
            shortfall=size.shortfall,
        ),
        estimate=estimate(workload_of(checked)),
    )
