"""What a clean-up or forgetting has deleted."""

from collections.abc import Sequence

from fondly.cli.tables.declaration import Column, Columns, Table
from fondly.operations.cleanup.report import Row

WHOLE_CHARS = 40


def deleted_table(rows: Sequence[Row], *, dry_run: bool) -> Table[Row]:
    """A row for each kind of thing."""
    columns: Columns[Row] = (
        Column("what", lambda row: row.what, whole_up_to=WHOLE_CHARS),
        Column("to delete" if dry_run else "deleted", lambda row: row.deleted, right=True),
        Column("left", lambda row: row.left or "", right=True),
        Column("why", lambda row: row.why or "", lambda row: "bold red" if row.failed else "", fold=True),
    )
    return Table(columns, rows)
