"""Suppressions as tables for people."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from rich.table import Table

from fondly.cli.tables import cell, table
from fondly.contracts.consent import Suppression

ENTRY_CHARS = 21


def suppression_table(shown: Sequence[Suppression]) -> Table:
    """A row per suppression; one whose subject was erased has the beginning of its entry."""
    made = table("who", "reason", "since", "source", fold="source")
    for each in shown:
        who = cell(each.subject) if each.subject else cell(each.entry[:ENTRY_CHARS], "dim")
        made.add_row(who, cell(each.reason), cell(f"{each.at.astimezone(UTC):%Y-%m-%d}"), cell(each.source))
    return made


def counts_line(counts: Counter[str]) -> str:
    """How many there are, by reason."""
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in counts.most_common())
    return f"{counts.total():,} suppressed" + (f": {reasons}" if reasons else "")
