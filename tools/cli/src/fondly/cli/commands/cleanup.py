"""`fondly cleanup`: delete what the system has made."""

from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.interrupts import confirm
from fondly.cli.options import Deletion
from fondly.cli.output import say

if TYPE_CHECKING:
    from fondly.operations.cleanup.scope import Scope

OfRun = Annotated[
    str | None, typer.Option("--run", help="Only what this run has made; the beginning of its id will do.")
]
Everything = Annotated[bool, typer.Option("--all", help="All that the environment holds, uploads included.")]


@in_environment
async def cleanup(
    environment: Environment, *, run: OfRun = None, everything: Everything = False, deletion: Deletion
) -> Answer:
    """Delete what a run, or the whole environment, has made.

    Personalize's resources, running jobs, objects with all their versions, items, messages, and the
    queues, topics, tables and buckets that no Terraform looks after. Ends with what is left, and why.
    Killed at any point, it is simply run again. Exits with 1 if something could not be deleted.
    """
    from fondly.cli.tables.cleanup import deleted_table
    from fondly.cli.tables.declaration import Remark
    from fondly.operations.cleanup.clean import clean, whole_id

    if (run is None) is not everything:
        raise typer.BadParameter("give either --run ID or --all")
    run_id = await whole_id(environment, run) if run else None
    async with deletion.scope(environment, run_id) as scope:
        if not (deletion.dry_run or deletion.yes):
            await _confirm(scope)
        await clean(scope)
    rows = scope.report.rows
    shown = deleted_table(rows, dry_run=deletion.dry_run) if rows else Remark("there is nothing to delete")
    return Answer(rows, [shown], is_wrong=scope.report.failed)


async def _confirm(scope: "Scope") -> None:
    """Ask for the name of what is lost: a single key is pressed too easily."""
    from fondly.operations.cleanup.clean import open_runs

    if not scope.run_id:
        say("who must not be written to is forgotten too; `fondly suppress export` keeps it in a file")
    if running := await open_runs(scope):
        say(f"{len(running)} open runs will be ended; stop the services first, or they may make things again")
    lost = "what it has made" if scope.run_id else "everything in it, the uploads and emails included"
    name = scope.run_id or scope.environment.name
    confirm(f"Delete {lost} for good? ", name, otherwise="nothing deleted")
