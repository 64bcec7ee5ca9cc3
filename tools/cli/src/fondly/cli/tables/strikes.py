"""What has been struck of a run's emails."""

from fondly.cli.tables.declaration import Column, Columns
from fondly.contracts.revisions import Revision, RunRevisions
from fondly.operations.delivery.approval import struck
from fondly.operations.delivery.views import rendering
from fondly.operations.formatting import caller, counted

REVISIONS: Columns[Revision] = (
    Column("", lambda revision: revision.number, right=True),
    Column("struck (UTC)", lambda revision: f"{revision.at:%Y-%m-%d %H:%M}"),
    Column(
        "what",
        lambda revision: ", ".join(map(struck, revision.strikes)),
        below=lambda revision: f"{caller(revision.by)}{f': {revision.why}' if revision.why else ''}",
        fold=True,
    ),
)


def rendered(found: RunRevisions) -> str:
    """Say in one line how far the emails are."""
    if not found.revisions:
        return f"nothing of {found.run_id} has been struck"
    if waiting := rendering(found):
        return f"{counted(waiting, 'part')} of {found.run_id} are being rendered anew"
    return f"the emails of {found.run_id} are as revision {found.number} wants them"
