"""Whether the reasons of a run are true, for people."""

from rich.console import Console

from fondly.cli.tables import cell, table
from fondly.evaluation.reasons.checking import ReasonReport
from fondly.operations.formatting import count


def show_reasons(report: ReasonReport, console: Console) -> None:
    """Print a row per kind of reason, then the first false ones."""
    shown = table("reason", "checked", "false", right=("checked", "false"))
    for kind, checked in sorted(report.checked.items(), key=lambda each: (-each[1], each[0])):
        false = report.false.get(kind, 0)
        style = "bold red" if false else ""
        shown.add_row(cell(kind.replace("_", " ")), cell(count(checked)), cell(count(false), style))
    console.print(shown)
    for each in report.first_false:
        console.print()
        head = f"{each.kind.replace('_', ' ')}: {each.product_id} for customer {each.customer_id}"
        console.print(cell(head, "bold red"), soft_wrap=True)
        console.print(cell(f"  {each.why}"), soft_wrap=True)
    console.print()
    total, wrong = count(sum(report.checked.values())), count(sum(report.false.values()))
    about = f"{total} reasons of {count(report.customers)} customers, {wrong} false"
    console.print(cell(f"{report.run_id}: {about}"), soft_wrap=True)
