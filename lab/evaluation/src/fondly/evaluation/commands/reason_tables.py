"""Whether the reasons of a run are true."""

from collections.abc import Iterator

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.contracts.records import ReasonKind
from fondly.evaluation.reasons.checking import ReasonReport


def reason_sections(report: ReasonReport) -> Iterator[Shown]:
    """Yield a row per kind of reason, then the first false ones."""
    false = report.false

    def alarm(kind: ReasonKind) -> str:
        return "bold red" if false.get(kind) else ""

    columns: Columns[ReasonKind] = (
        Column("reason", lambda kind: kind.replace("_", " ")),
        Column("checked", lambda kind: report.checked[kind], right=True),
        Column("false", lambda kind: false.get(kind, 0), alarm, right=True),
    )
    yield Table(columns, sorted(report.checked, key=lambda kind: (-report.checked[kind], kind)))
    for each in report.first_false:
        head = f"{each.kind.replace('_', ' ')}: {each.product_id} for customer {each.customer_id}"
        yield from (GAP, Line(head, "bold red"), Line(f"  {each.why}"))
    total, wrong = sum(report.checked.values()), sum(false.values())
    about = f"{total:,} reasons of {report.customers:,} customers, {wrong:,} false"
    yield from (GAP, Line(f"{report.run_id}: {about}"))
