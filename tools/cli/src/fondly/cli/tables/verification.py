"""What the checks of an environment have found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from fondly.cli.tables.cost import money, services_table
from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.operations.formatting import count
from fondly.operations.verification.check import Outcome, Result
from fondly.operations.verification.outlook import Outlook

STYLES = {Outcome.OK: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "yellow"}
RESULTS: Columns[Result] = (
    Column("result", lambda result: result.outcome, lambda result: STYLES[result.outcome]),
    Column("check", lambda result: result.check, whole_up_to=32),
    Column("detail", lambda result: result.detail, fold=True),
)


def as_json(results: Sequence[Result], found: Outlook | None = None) -> dict[str, Any]:
    """Counts by outcome, every result, and what the customers take that were asked about."""
    outlook = {"outlook": found.model_dump(mode="json")} if found else {}
    return {"counts": _counts(results), "checks": [asdict(result) for result in results], **outlook}


def verified(results: Sequence[Result], found: Outlook | None = None) -> Iterator[Shown]:
    """Yield a row per check, what to do about each failure, the number by outcome, and the outlook."""
    yield Table(RESULTS, results)
    for each in results:
        if each.remedy:
            yield from (GAP, Line(f"{each.check}: {each.detail}", "bold red"))
            yield Line(f"  {each.remedy}", wraps=True)
    yield from (GAP, Line(", ".join(f"{number} {outcome}" for outcome, number in _counts(results).items())))
    if found:
        yield from _outlook(found)


def _outlook(found: Outlook) -> Iterator[Shown]:
    """Yield hours and dollars by service, and what to request."""
    yield Line(f"{count(found.customers)} customers with these quotas:", "bold")
    yield services_table(found)
    days = f", and {found.delivery_days} days by its quota" if found.delivery_days > 1 else ""
    took = f"{found.delivery_hours:,.1f} hours at SES's rate{days}"
    yield Line(f"delivering their emails by SES: {took}, {money(found.delivery_usd)}")
    if not found.requests:
        yield Line(f"within {found.within_hours:,.0f} hours: nothing to request", "green")
    for number, each in enumerate(found.requests):
        first = "then" if number else "request first"
        raised = f"{each.name}, {each.value:,.0f}, to {each.needed:,}"
        yield Line(f"{first}, to be done within {found.within_hours:,.0f} hours: {raised}", "yellow")
        yield Line(f"  {each.command}")


def _counts(results: Sequence[Result]) -> dict[str, int]:
    found = Counter(result.outcome for result in results)
    return {str(outcome): found[outcome] for outcome in Outcome}
