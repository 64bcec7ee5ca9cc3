"""`fondly cleanup`: delete what the system has made."""

from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, ask, in_environment

if TYPE_CHECKING:
    from fondly.operations.cleanup.scope import Scope
    from fondly.operations.environment import Environment

OfRun = Annotated[
    str | None, typer.Option("--run", help="Only what this run has made; the beginning of its id will do.")
]
Everything = Annotated[bool, typer.Option("--all", help="All that the environment holds, uploads included.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Minutes = Annotated[
    int, typer.Option(min=1, help="Wait this long for Personalize to delete one kind of resource.")
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--dataset-group",
        help="A Personalize dataset group of the environment that has neither its name nor its tag.",
    ),
]


@in_environment
async def cleanup(
    environment: "Environment",
    *,
    run: OfRun = None,
    everything: Everything = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    timeout_minutes: Minutes = 60,
    dataset_group: Groups = None,
    json: AsJson = False,
) -> None:
    """Delete what a run, or the whole environment, has made.

    Personalize's resources, running jobs, objects with all their versions, items, messages, and the
    queues, topics, tables and buckets that no Terraform looks after. Ends with what is left, and why.
    Killed at any point, it is simply run again. Exits with 1 if something could not be deleted.
    """
    from fondly.cli.cleanup.table import cleanup_table
    from fondly.cli.output import console, print_json, say
    from fondly.operations.cleanup.clean import clean, whole_id
    from fondly.operations.cleanup.scope import open_scope
    from fondly.operations.errors import OperationError

    if (run is None) is not everything:
        raise typer.BadParameter("give either --run ID or --all")
    async with open_scope(
        environment,
        run_id=await whole_id(environment, run) if run else None,
        dry_run=dry_run,
        timeout_s=60.0 * timeout_minutes,
        dataset_groups=frozenset(dataset_group or ()),
        tell=say,
    ) as scope:
        if not (dry_run or yes or await _confirmed(scope)):
            raise OperationError("nothing deleted")
        await clean(scope)
        rows = scope.report.rows
    if json:
        print_json(rows)
    elif rows:
        console().print(cleanup_table(rows, dry_run=dry_run))
    else:
        say("there is nothing to delete")
    if scope.report.failed:
        raise typer.Exit(FOUND_WRONG)


async def _confirmed(scope: "Scope") -> bool:
    """Ask for the name of what is lost: a single key is pressed too easily."""
    from fondly.cli.output import say
    from fondly.operations.cleanup.clean import open_runs

    name = scope.run_id or scope.environment.name
    if not scope.run_id:
        say("who must not be written to is forgotten too; `fondly suppress export` keeps it in a file")
    if running := await open_runs(scope):
        say(f"{len(running)} open runs will be ended; stop the services first, or they may make things again")
    lost = "what it has made" if scope.run_id else "everything in it, the uploads and emails included"
    return ask(f"Delete {lost} for good? Type {name} to go on: ").strip() == name
