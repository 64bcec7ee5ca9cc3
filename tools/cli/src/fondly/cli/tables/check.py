"""What `fondly check` has found."""

from collections.abc import Iterator, Sequence

from fondly.cli.tables.cost import services_table
from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.cli.tables.facts import rejects
from fondly.contracts.ingest_report import FileReport
from fondly.operations.check.estimate import CheckView
from fondly.operations.check.examples import Example
from fondly.operations.check.findings import CheckFinding
from fondly.operations.check.lines import (
    count_rows,
    outlook_line,
    reading_lines,
    renamed_columns,
    training_line,
    verdict,
)
from fondly.operations.check.preview import CustomerRow, ProductRow
from fondly.operations.cost.estimate import Estimate
from fondly.operations.formatting import counted

GOOD, NOTABLE, BAD = "green", "yellow", "bold red"
COUNTS: Columns[tuple[str, int, str]] = (
    Column("what", lambda row: row[0]),
    Column("number", lambda row: row[1], lambda row: "" if row[0] else NOTABLE, right=True),
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
    yield from map(Line, reading_lines(report))
    yield GAP
    if counts := list(count_rows(report)):
        yield from (Table(COUNTS, counts), GAP)
    yield from rejects(report)
    if result.training and result.estimate:
        trains = result.training.shortfall is None
        yield Line(training_line(result.training), GOOD if trains else NOTABLE)
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
    if renamed := renamed_columns(file):
        yield Line(f"  read as: {', '.join(renamed)}")


def _outlook(reckoned: Estimate) -> Iterator[Shown]:
    yield Line(outlook_line(reckoned), "" if reckoned.emails else NOTABLE)
    yield from ((services_table(reckoned), GAP) if reckoned.emails else (GAP,))


def _verdict(result: CheckView) -> Line:
    is_good, text = verdict(result)
    return Line(f"{'✓' if is_good else '✗'} {text}", GOOD if is_good else BAD)
