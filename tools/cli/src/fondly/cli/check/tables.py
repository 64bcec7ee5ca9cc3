"""The result of `fondly check` for people."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fondly.cli.tables import cell, table
from fondly.contracts.ingest_report import FileReport, IngestReport
from fondly.contracts.records import Exclusion
from fondly.operations.check.estimate import Estimate
from fondly.operations.check.views import CheckView, Training
from fondly.operations.formatting import count, share, usd
from fondly.operations.runs.ingest_facts import convention_lines, ignored_lines
from fondly.stack.fact_tables import rejects_table

A_CENT = Decimal("0.01")
GOOD, NOTABLE, BAD = "green", "yellow", "bold red"
CAUSES = {
    Exclusion.NO_CONSENT: "without consent",
    Exclusion.SUPPRESSED: "suppressed",
    Exclusion.UNDER_AGE: "under age",
}
CONFLICTS = {
    "product_differences": "fields of products that differ between their rows: the last row counts",
    "review_conflicts": "reviews repeated with other words: the first words count",
    "customer_conflicts": "customers with a second address: the first counts",
    "shared_addresses": "addresses of more than one customer",
    "rows_left_out": "rows left out on purpose: of cancelled or refunded orders, or marked as spam",
    "unaligned_texts": "cells of texts that cannot be divided among their reviewers",
}


def show(result: CheckView, console: Console) -> None:
    """Print what the files are, what is in them, and what comes of them."""
    report = result.report
    for file in report.files:
        for line in _file(file):
            console.print(line, soft_wrap=True)
    for told in (*convention_lines(report), *ignored_lines(report)):
        console.print(cell(told), soft_wrap=True)
    console.print()
    for section in (_counts(report), rejects_table(report)):
        if section.row_count:
            console.print(section)
            console.print()
    if result.training and result.estimate:
        _show_outlook(result.training, result.estimate, console)
    console.print(_verdict(result), soft_wrap=True)


def _file(file: FileReport) -> Iterator[Text]:
    head = cell(file.file, "bold")
    head.append_text(cell(f": {file.format}, {count(file.rows)} {'row' if file.rows == 1 else 'rows'}"))
    yield head
    renamed = [f"{source} → {field}" for field, source in file.columns.items() if _differ(source, field)]
    if renamed:
        yield cell(f"  read as: {', '.join(renamed)}")


def _differ(source: str, field: str) -> bool:
    return source.strip().casefold() != field


def _counts(report: IngestReport) -> Table:
    shown = table("what", "number", "", right=("number",), fold="")
    for name in ("products", "customers", "reviews", "shared_texts", "purchases", "interactions"):
        if report.counts.get(name):
            shown.add_row(
                cell(name.replace("_", " ")),
                cell(count(report.counts[name])),
                cell(_remark(name, report), NOTABLE),
            )
    for name, meaning in CONFLICTS.items():
        if number := report.counts.get(name):
            shown.add_row(cell(""), cell(count(number), NOTABLE), cell(meaning))
    return shown


def _remark(name: str, report: IngestReport) -> str:
    if name == "products" and (number := report.counts.get("products_out_of_stock")):
        return f"{count(number)} out of stock, never recommended"
    if name == "customers" and report.exclusions:
        return (
            ", ".join(f"{count(n)} {CAUSES[cause]}" for cause, n in report.exclusions.items()) + ": no email"
        )
    return ""


def _show_outlook(training: Training, reckoned: Estimate, console: Console) -> None:
    console.print(_trained(training), soft_wrap=True)
    if not reckoned.emails:
        console.print(cell("nobody may be written to: a run makes no email and pays for nothing", NOTABLE))
        console.print()
        return
    console.print(
        cell(
            f"a run writes {count(reckoned.emails)} emails in about {_hours(reckoned.total_hours)} "
            f"at the quotas of a new account, for about {usd(float(reckoned.cost_usd['total']))}, "
            "if nothing of it has been paid for before:"
        ),
        soft_wrap=True,
    )
    console.print(_services(reckoned))
    console.print()


def _trained(training: Training) -> Text:
    data = (
        f"{count(training.interactions)} interactions, {count(training.returning)} customers with two or more"
    )
    if training.shortfall is None:
        return cell(f"Amazon Personalize can train: {data}", GOOD)
    return cell(
        f"Amazon Personalize cannot train: {training.shortfall}; everybody gets popular products",
        NOTABLE,
    )


def _services(reckoned: Estimate) -> Table:
    shown = table("service", "calls", "time", "cost", right=("calls", "time", "cost"))
    for service, cost in reckoned.cost_usd.items():
        if service != "total":
            calls, hours = reckoned.calls.get(service), reckoned.hours.get(service)
            shown.add_row(
                cell(service),
                cell(None if calls is None else count(calls)),
                cell(None if hours is None else _hours(hours)),
                cell(_money(cost)),
            )
    shown.add_row(
        cell("total", "bold"),
        cell(""),
        cell(_hours(reckoned.total_hours)),
        cell(usd(float(reckoned.cost_usd["total"])), "bold"),
    )
    return shown


def _money(cost: Decimal) -> str:
    return usd(float(cost)) if not 0 < cost < A_CENT else "< $0.01"


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{max(1, round(hours * 60))} min"


def _verdict(result: CheckView) -> Text:
    if not result.usable:
        return cell(f"✗ these files cannot be used: {result.failed}", BAD)
    if rejected := result.report.counts.get("rejected_rows"):
        share_text = share(result.report.rejected_share)
        return cell(f"✓ these files can be used, without {count(rejected)} rows ({share_text})", GOOD)
    return cell("✓ these files can be used, every row of them", GOOD)
