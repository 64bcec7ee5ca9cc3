"""What `fondly check` has found."""

from collections.abc import Iterator, Sequence

from fondly.cli.tables.cost import hours, services_table
from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.cli.tables.facts import rejects
from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import FileReport, IngestReport
from fondly.operations.check.estimate import CheckView, Training
from fondly.operations.check.examples import Example
from fondly.operations.check.findings import CheckFinding
from fondly.operations.check.preview import CustomerRow, ProductRow
from fondly.operations.cost.estimate import Estimate
from fondly.operations.formatting import count, counted, share, usd
from fondly.operations.runs.facts import EXCLUDED
from fondly.operations.runs.ingest_facts import (
    consent_lines,
    convention_lines,
    ignored_files,
    left_out_lines,
)

GOOD, NOTABLE, BAD = "green", "yellow", "bold red"
CONFLICTS = {
    Counted.PRODUCT_DIFFERENCES: "fields of products that differ between their rows: the last row counts",
    Counted.REVIEW_CONFLICTS: "reviews repeated with other words: the first words count",
    Counted.CUSTOMER_CONFLICTS: "customers with a second address: the first counts",
    Counted.SHARED_ADDRESSES: "addresses of more than one customer",
    Counted.PRICES_ROUNDED: "prices rounded half up to the decimals that their currency has",
    Counted.UNALIGNED_TEXTS: "cells of texts that cannot be divided among their reviewers",
}


COUNTED = (
    *(Counted.PRODUCTS, Counted.CUSTOMERS, Counted.REVIEWS),
    *(Counted.SHARED_TEXTS, Counted.PURCHASES, Counted.INTERACTIONS),
)
COUNTS: Columns[tuple[str, int, str, str]] = (
    Column("what", lambda row: row[0]),
    Column("number", lambda row: row[1], lambda row: row[3], right=True),
    Column("", lambda row: row[2], lambda row: NOTABLE if row[0] else "", fold=True),
)


PRODUCTS: Columns[ProductRow] = (
    Column("product", lambda row: row.name, fold=True),
    Column("price", lambda row: row.price, right=True),
    Column("link", lambda row: row.link or "none", lambda row: "" if row.link else BAD, whole_up_to=24),
    Column("picture", lambda row: "yes" if row.picture else "none"),
    Column("your …", lambda row: row.noun or "(its name)", whole_up_to=18),
)
CUSTOMERS: Columns[CustomerRow] = (
    Column("customer", lambda row: row.customer, whole_up_to=24),
    Column("consent", lambda row: row.consent),
    Column("email", lambda row: f"no: {row.why_not}" if row.why_not else "yes"),
)
LINES_SHOWN, COLUMNS_SHOWN = 12, 74
"""Of an example email: it fits a terminal of 80 columns."""


def check_sections(result: CheckView, examples: Sequence[Example] = ()) -> Iterator[Shown]:
    """Yield what the files are, what is in them, and what comes of them."""
    report = result.report
    for file in report.files:
        yield from _file(file)
    yield from map(Line, (*convention_lines(report), *ignored_files(report), *consent_lines(report)))
    yield from map(Line, left_out_lines(report))
    yield GAP
    if counts := list(_counts(report)):
        yield from (Table(COUNTS, counts), GAP)
    yield from rejects(report)
    if result.training and result.estimate:
        yield _trained(result.training)
        yield from _outlook(result.estimate)
    if result.products:
        yield from (Table(PRODUCTS, result.products), GAP, Table(CUSTOMERS, result.customers), GAP)
    yield from _examples(examples)
    yield from _findings(result.findings)
    yield _verdict(result)


def _examples(examples: Sequence[Example]) -> Iterator[Shown]:
    """Yield the beginning of each email as its reader sees it."""
    for number, each in enumerate(examples, start=1):
        yield Line(f"example {number}, by house text; a run chooses the products", "dim")
        yield Line(f"  {each.subject}", "bold")
        yield Line(f"  {each.preheader}")
        lines = [line for line in each.text.replace("\u00a0", " ").splitlines() if line.strip()]
        yield from (Line(f"  │ {line[:COLUMNS_SHOWN]}") for line in lines[:LINES_SHOWN])
        yield GAP


def _findings(found: Sequence[CheckFinding]) -> Iterator[Shown]:
    for each in found:
        mark, style = ("✗", BAD) if each.level == "grave" else ("!", NOTABLE)
        yield Line(f"{mark} {each.found}", style, wraps=True)
        yield Line(f"  → {each.remedy}", wraps=True)
    if found:
        yield GAP


def _file(file: FileReport) -> Iterator[Line]:
    yield Line(file.file, "bold", Line(f": {file.format}, {counted(file.rows, 'row')}"))
    columns = file.columns.items()
    renamed = [f"{source} → {field}" for field, source in columns if source.strip().casefold() != field]
    if renamed:
        yield Line(f"  read as: {', '.join(renamed)}")


def _counts(report: IngestReport) -> Iterator[tuple[str, int, str, str]]:
    for name in COUNTED:
        if number := report.counts.get(name):
            yield name.replace("_", " "), number, _remark(name, report), ""
    for name, meaning in CONFLICTS.items():
        if number := report.counts.get(name):
            yield "", number, meaning, NOTABLE


def _remark(name: str, report: IngestReport) -> str:
    if name == Counted.PRODUCTS and (number := report.counts.get(Counted.PRODUCTS_OUT_OF_STOCK)):
        return f"{count(number)} out of stock, never recommended"
    if name == Counted.CUSTOMERS and report.exclusions:
        excluded = (f"{count(number)} {EXCLUDED[cause]}" for cause, number in report.exclusions.items())
        return f"{', '.join(excluded)}: no email"
    return ""


def _outlook(reckoned: Estimate) -> Iterator[Shown]:
    if not reckoned.emails:
        yield from (Line("nobody may be written to: a run makes no email and pays for nothing", NOTABLE), GAP)
        return
    took, cost = hours(reckoned.total_hours), usd(float(reckoned.cost_usd["total"]))
    yield Line(
        f"a run writes {count(reckoned.emails)} emails in about {took} at the quotas of a new account, "
        f"for about {cost}, if nothing of it has been paid for before:"
    )
    yield from (services_table(reckoned), GAP)


def _trained(training: Training) -> Line:
    data = (
        f"{count(training.interactions)} interactions, {count(training.returning)} customers with two or more"
    )
    if training.shortfall is None:
        return Line(f"Amazon Personalize can train: {data}", GOOD)
    return Line(
        f"Amazon Personalize cannot train: {training.shortfall}; everybody gets popular products",
        NOTABLE,
    )


def _verdict(result: CheckView) -> Line:
    if questions := result.report.questions:
        return Line(
            f"✗ these files cannot be used yet: {counted(len(questions), 'open question')}, above", BAD
        )
    if not result.usable:
        return Line(f"✗ these files cannot be used: {result.failed}", BAD)
    if grave := result.grave:
        return Line(f"✗ {len(grave)} grave: {', '.join(dict.fromkeys(each.title for each in grave))}", BAD)
    if rejected := result.report.counts.get(Counted.REJECTED_ROWS):
        share_text = share(result.report.rejected_share)
        return Line(f"✓ these files can be used, without {count(rejected)} rows ({share_text})", GOOD)
    return Line("✓ these files can be used, every row of them", GOOD)
