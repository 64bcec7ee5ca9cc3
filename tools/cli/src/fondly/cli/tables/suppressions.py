"""Who must not be written to."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from fondly.cli.tables.declaration import Column, Columns
from fondly.contracts.consent import Suppression
from fondly.operations.suppressions.lists import Imported

ENTRY_CHARS = 21

SUPPRESSIONS: Columns[Suppression] = (
    Column(
        "who",
        lambda each: each.subject or each.entry[:ENTRY_CHARS],
        lambda each: "" if each.subject else "dim",
    ),
    Column("reason", lambda each: each.reason),
    Column("since", lambda each: f"{each.at.astimezone(UTC):%Y-%m-%d}"),
    Column("source", lambda each: each.source, fold=True),
)
"""Of whoever was erased, only the beginning of the entry is known."""


def counts_line(counts: Counter[str]) -> str:
    """How many there are, by reason."""
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in counts.most_common())
    return f"{counts.total():,} suppressed" + (f": {reasons}" if reasons else "")


def imported_lines(done: Imported, *, dry_run: bool) -> Sequence[str]:
    """What has become of a list, and the first rows that cannot be used."""
    more = done.bad_rows - len(done.first_bad_rows)
    unnamed = [f"and {more:,} more rows that cannot be used: see --rejects"] if more else []
    would = "would be " if dry_run else ""
    told = f"{done.entries:,} on the list; {done.new:,} {would}suppressed that were not before"
    return [*done.first_bad_rows, *unnamed, told]
