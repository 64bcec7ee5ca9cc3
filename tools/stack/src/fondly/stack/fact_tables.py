"""What became of a run as tables and lines for a terminal, in the demo's report and in `fondly run show`."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import IngestReport
from fondly.operations.formatting import count
from fondly.operations.runs.facts import RunFacts, customer_groups, notices, quiet_lines
from fondly.operations.runs.ingest_facts import convention_lines, ignored_lines, more_reasons, reject_lines

_COLUMN_CHARS = 24
_NOTABLE, _BAD, _QUIET = "yellow", "bold red", "dim"


def plain_table(title: str) -> Table:
    """Return a table without lines of names and, to the right, figures."""
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    return table


def customers_table(facts: RunFacts) -> Table:
    """Return what became of the customers, all of them; no rows if nobody is counted."""
    table = plain_table("Customers")
    for each in customer_groups(facts):
        style = _BAD if each.lost else ""
        table.add_row(Text(each.label, style), Text(count(each.customers), style))
    if table.row_count:
        table.add_section()
        table.add_row(Text("all", "bold"), Text(count(facts.counts[Counted.CUSTOMERS]), "bold"))
    return table


def read_lines(facts: RunFacts) -> Iterator[Text]:
    """Yield what was read by a convention, or ignored; nothing if all was plain."""
    if facts.ingest:
        for line in (*convention_lines(facts.ingest), *ignored_lines(facts.ingest)):
            yield Text(line)


def picks_lines(facts: RunFacts) -> Iterator[Text]:
    """Yield what a person should know before they send the emails, and what may be of interest."""
    for notice in notices(facts):
        yield Text(f"! {notice}", _NOTABLE)
    yield from map(Text, quiet_lines(facts))


def rejects_table(report: IngestReport | None) -> Table:
    """Return the most frequent reasons why rows or values could not be used; no rows if there are none."""
    report = report or IngestReport()
    table = Table(
        title="Rejected",
        title_justify="left",
        title_style="bold",
        header_style=_QUIET,
        box=None,
        caption_justify="left",
    )
    table.add_column("rows", justify="right", style=_NOTABLE, no_wrap=True)
    table.add_column("column", overflow="fold", max_width=_COLUMN_CHARS)
    table.add_column("expected", overflow="fold")
    table.add_column("first", overflow="fold")
    for each in reject_lines(report):
        table.add_row(Text(each.number), Text(each.column), Text(each.expected), Text(each.first))
    if more := more_reasons(report):
        table.caption = f"and {count(more)} more reasons; rejects.jsonl has every row"
    return table
