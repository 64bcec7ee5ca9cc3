"""What a person sees: a line for each check, then each different finding with the first email that has it."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from fondly.checks.emails.finding import Finding, Result

MAX_SHOWN = 40


def show(results: Sequence[Result], console: Console) -> None:
    """Print the table, then what was found."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Check")
    table.add_column("Emails", justify="right")
    table.add_column("Findings", justify="right")
    table.add_column("Measured")
    for result in results:
        table.add_row(result.check, f"{result.judged:,}", f"{len(result.findings):,}", result.figure)
    console.print(table)
    _show_findings([finding for result in results for finding in result.findings], console)


def _show_findings(findings: Sequence[Finding], console: Console) -> None:
    emails: dict[str, list[str]] = {}
    for finding in findings:
        emails.setdefault(finding.what, []).append(finding.email)
    for what, names in list(emails.items())[:MAX_SHOWN]:
        others = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        console.print(f"{names[0]}{others}: {what}", markup=False, highlight=False, soft_wrap=True)
    if len(emails) > MAX_SHOWN:
        console.print(f"... and {len(emails) - MAX_SHOWN:,} other findings")
