"""How results are shown."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from encore.cli.verification.check import Outcome, Result

STYLES = {Outcome.OK: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "yellow"}


def as_json(results: Sequence[Result]) -> str:
    """Counts by outcome, and every result."""
    report = {"counts": _counts(results), "checks": [asdict(result) for result in results]}
    return json.dumps(report, ensure_ascii=False, indent=2)


def show(results: Sequence[Result], console: Console) -> None:
    """Print a row a check, and how many came to what."""
    table = Table("check", "result", "what to do", highlight=False)
    for result in results:
        said = Text(": ".join(filter(None, [result.outcome, result.detail])), style=STYLES[result.outcome])
        table.add_row(result.check, said, Text(result.remedy))
    console.print(table)
    console.print(", ".join(f"{count} {outcome}" for outcome, count in _counts(results).items()))


def _counts(results: Sequence[Result]) -> dict[str, int]:
    found = Counter(result.outcome for result in results)
    return {str(outcome): found[outcome] for outcome in Outcome}
