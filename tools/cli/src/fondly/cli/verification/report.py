"""Shows the results of the checks."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from fondly.cli.cost.tables import money
from fondly.cli.tables import cell, table, wrap_beyond
from fondly.operations.formatting import count as counted
from fondly.operations.verification.check import Outcome, Result
from fondly.operations.verification.outlook import Outlook

STYLES = {Outcome.OK: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "yellow"}


def as_json(results: Sequence[Result], found: Outlook | None = None) -> str:
    """Counts by outcome, every result, and what the customers take that were asked about."""
    report: dict[str, Any] = {"counts": _counts(results), "checks": [asdict(result) for result in results]}
    if found:
        report["outlook"] = found.model_dump(mode="json")
    return json.dumps(report, indent=2)


def show_results(results: Sequence[Result], console: Console) -> None:
    """Print a row per check, what to do about each failure, and the number of results by outcome."""
    rows = table("result", "check", "detail", fold="detail")
    for each in results:
        rows.add_row(cell(each.outcome, STYLES[each.outcome]), cell(each.check), cell(each.detail))
    console.print(wrap_beyond(rows, "check", 32))
    for each in results:
        if each.remedy:
            console.print()
            console.print(cell(f"{each.check}: {each.detail}", "bold red"), soft_wrap=True)
            console.print(cell(f"  {each.remedy}"))
    console.print()
    console.print(", ".join(f"{count} {outcome}" for outcome, count in _counts(results).items()))


def _counts(results: Sequence[Result]) -> dict[str, int]:
    found = Counter(result.outcome for result in results)
    return {str(outcome): found[outcome] for outcome in Outcome}


def show_outlook(found: Outlook, console: Console) -> None:
    """Print hours and dollars by service, and what to request."""
    console.print(cell(f"{counted(found.customers)} customers with these quotas:", "bold"))
    shown = table("service", "hours", "cost", right=("hours", "cost"))
    for service, usd in found.usd_by_service.items():
        hours = found.hours.get(service)
        shown.add_row(cell(service), cell(None if hours is None else f"{hours:,.1f}"), cell(money(usd)))
    shown.add_row(cell("total", "bold"), cell(f"{found.total_hours:,.1f}"), cell(money(found.usd), "bold"))
    console.print(shown)
    days = f", and {found.delivery_days} days by its quota" if found.delivery_days > 1 else ""
    took = f"{found.delivery_hours:,.1f} hours at SES's rate{days}"
    console.print(
        cell(f"delivering their emails by SES: {took}, {money(found.delivery_usd)}"), soft_wrap=True
    )
    if not found.requests:
        console.print(cell(f"within {found.within_hours:,.0f} hours: nothing to request", "green"))
    for number, each in enumerate(found.requests):
        first = "then" if number else "request first"
        raised = f"{each.name}, {each.value:,.0f}, to {each.needed:,}"
        text = f"{first}, to be done within {found.within_hours:,.0f} hours: {raised}"
        console.print(cell(text, "yellow"), soft_wrap=True)
        console.print(cell(f"  {each.command}"), soft_wrap=True)
