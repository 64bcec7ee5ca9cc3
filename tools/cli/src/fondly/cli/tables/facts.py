"""What became of customers, and which rows could not be used, of a run and of files before it."""

from collections.abc import Iterator

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Number, Shown, Table, numbers
from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import IngestReport
from fondly.operations.formatting import count
from fondly.operations.runs.facts import RunFacts, customer_groups
from fondly.operations.runs.ingest_facts import RejectLine, more_reasons, reject_lines

REJECTS: Columns[RejectLine] = (
    Column("rejected", lambda reject: reject.number, "yellow", right=True),
    Column("column", lambda reject: reject.column, whole_up_to=24),
    Column("expected", lambda reject: reject.expected, fold=True),
    Column("first", lambda reject: reject.first, fold=True),
)


def customers_table(facts: RunFacts) -> Table[Number]:
    """Return what became of the customers, all of them; no rows if nobody is counted."""
    groups = customer_groups(facts)
    rows = (Number(each.label, each.customers, style="bold red" if each.lost else "") for each in groups)
    return numbers("customers", rows, ("all", facts.counts[Counted.CUSTOMERS], "") if groups else ())


def rejects(report: IngestReport | None) -> Iterator[Shown]:
    """Yield the most frequent reasons why rows or values could not be used; nothing if there are none."""
    if report and report.rejects:
        yield Table(REJECTS, reject_lines(report))
        if more := more_reasons(report):
            yield Line(f"and {count(more)} more reasons; rejects.jsonl has every row")
        yield GAP
