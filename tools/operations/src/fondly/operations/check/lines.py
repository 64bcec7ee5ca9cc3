"""What a check says in lines, the same on a terminal and on a page."""

from collections.abc import Iterator

from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import FileReport, IngestReport
from fondly.operations.check.estimate import CheckView, Training
from fondly.operations.cost.estimate import Estimate
from fondly.operations.formatting import count, counted, hours, printable, share, usd
from fondly.operations.runs.facts import EXCLUDED
from fondly.operations.runs.ingest_facts import consent_lines, convention_lines, ignored_files, left_out_lines

COUNTED = (
    *(Counted.PRODUCTS, Counted.CUSTOMERS, Counted.REVIEWS),
    *(Counted.SHARED_TEXTS, Counted.PURCHASES, Counted.INTERACTIONS),
)
CONFLICTS = {
    Counted.PRODUCT_DIFFERENCES: "fields of products that differ between their rows: the last row counts",
    Counted.REVIEW_CONFLICTS: "reviews repeated with other words: the first words count",
    Counted.CUSTOMER_CONFLICTS: "customers with a second address: the first counts",
    Counted.SHARED_ADDRESSES: "addresses of more than one customer",
    Counted.PRICES_ROUNDED: "prices rounded half up to the decimals that their currency has",
    Counted.UNALIGNED_TEXTS: "cells of texts that cannot be divided among their reviewers",
}


def reading_lines(report: IngestReport) -> list[str]:
    """Return how files were read, where that is not plain."""
    told = (*convention_lines(report), *ignored_files(report), *consent_lines(report))
    return [*told, *left_out_lines(report)]


def renamed_columns(file: FileReport) -> list[str]:
    """Return the columns whose field has another name: `Titel → product_name`."""
    columns = file.columns.items()
    return [f"{source} → {field}" for field, source in columns if source.strip().casefold() != field]


def count_rows(report: IngestReport) -> Iterator[tuple[str, int, str]]:
    """Yield what was read, how much of it, and a remark; of what is only a remark the name is empty."""
    for name in COUNTED:
        if number := report.counts.get(name):
            yield name.replace("_", " "), number, _remark(name, report)
    for name, meaning in CONFLICTS.items():
        if number := report.counts.get(name):
            yield "", number, meaning


def _remark(name: str, report: IngestReport) -> str:
    if name == Counted.PRODUCTS and (number := report.counts.get(Counted.PRODUCTS_OUT_OF_STOCK)):
        return f"{count(number)} out of stock, never recommended"
    if name == Counted.CUSTOMERS and report.exclusions:
        excluded = (f"{count(number)} {EXCLUDED[cause]}" for cause, number in report.exclusions.items())
        return f"{', '.join(excluded)}: no email"
    return ""


def outlook_line(reckoned: Estimate) -> str:
    """Return what a run makes, in which time and for how much."""
    if not reckoned.emails:
        return "nobody may be written to: a run makes no email and pays for nothing"
    took, cost = hours(reckoned.total_hours), usd(float(reckoned.cost_usd["total"]))
    return (
        f"a run writes {count(reckoned.emails)} emails in about {took} at the quotas of a new account, "
        f"for about {cost}, if nothing of it has been paid for before:"
    )


def training_line(training: Training) -> str:
    """Return whether there is enough to learn from."""
    if training.shortfall is not None:
        return f"Amazon Personalize cannot train: {training.shortfall}; everybody gets popular products"
    customers = f"{count(training.returning)} customers with two or more"
    return f"Amazon Personalize can train: {count(training.interactions)} interactions, {customers}"


def verdict(result: CheckView) -> tuple[bool, str]:
    """Return whether the files are good for a run, and why not or what a run leaves out."""
    if questions := result.report.questions:
        return False, f"these files cannot be used yet: {counted(len(questions), 'open question')}, above"
    if not result.usable:
        return False, f"these files cannot be used: {printable(result.failed or '')}"
    if grave := result.grave:
        return False, f"{len(grave)} grave: {', '.join(dict.fromkeys(each.title for each in grave))}"
    if rejected := result.report.counts.get(Counted.REJECTED_ROWS):
        share_text = share(result.report.rejected_share)
        return True, f"these files can be used, without {count(rejected)} rows ({share_text})"
    return True, "these files can be used, every row of them"
