"""Who did what."""

from fondly.cli.tables.declaration import Column, Columns
from fondly.operations.audit import AuditEntry

STYLES = {"begun": "yellow", "done": "", "failed": "bold red"}

ENTRIES: Columns[AuditEntry] = (
    Column("when (UTC)", lambda entry: f"{entry.at:%Y-%m-%d %H:%M:%S}"),
    Column("act", lambda entry: entry.act),
    Column("ended", lambda entry: entry.ended, lambda entry: STYLES[entry.ended]),
    Column("about", lambda entry: entry.about),
    Column(
        "by",
        lambda entry: entry.by,
        below=lambda entry: ", ".join(f"{name} {each}" for name, each in entry.details.items()),
        fold=True,
    ),
)
