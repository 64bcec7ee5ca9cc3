"""A clean-up as a table for people."""

from collections.abc import Sequence

from rich.table import Table

from fondly.cli.tables import cell, table, wrap_beyond
from fondly.operations.cleanup.report import Row
from fondly.operations.formatting import count


def cleanup_table(rows: Sequence[Row], *, dry_run: bool) -> Table:
    """A row for each kind of thing."""
    done = "to delete" if dry_run else "deleted"
    shown = table("what", done, "left", "why", right=(done, "left"), fold="why")
    for row in rows:
        shown.add_row(
            cell(row.what),
            cell(count(row.deleted)),
            cell(count(row.left) if row.left else ""),
            cell(row.why or "", "bold red" if row.failed else ""),
        )
    return wrap_beyond(shown, "what", 40)
