"""Shows the results of the checks."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console

from fondly.cli.tables import cell, table, wrap_beyond
from fondly.cli.verification.check import Outcome, Result
from fondly.cli.verification.outlook import Outlook

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
