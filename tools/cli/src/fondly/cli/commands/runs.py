"""`fondly runs` and `fondly run`: how far runs are, and resuming one that is stuck, stopped or paused."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondly.cli.commands import delivery
from fondly.cli.commands.delivery import By, Why, Yes
from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment
    from fondly.operations.runs.views import RunDetails
    from fondly.runtime.runs.run import Run

app = typer.Typer(no_args_is_help=True, help="One run: show it, follow it, approve it, resume it.")

RunId = Annotated[str, typer.Argument(metavar="ID", help="A run's id, the beginning of one, or `latest`.")]
Limit = Annotated[int, typer.Option(min=1, help="Show at most this many.")]
Status = Annotated[
    Literal["running", "stopped", "finished", "failed"] | None, typer.Option(help="Only these.")
]
Interval = Annotated[float, typer.Option(min=0.1, help="Seconds between two looks at the ledger.")]
Days = Annotated[
    int, typer.Option(min=1, max=90, help="For how many days after their email customers' orders count.")
]
Against = Annotated[
    str | None,
    typer.Option(
        metavar="VARIANT",
        show_default="plain, control, or the first by name",
        help="The variant of the subject that the others are compared with.",
    ),
]
BudgetUsd = Annotated[
    str | None,
    typer.Option(
        metavar="USD",
        show_default="FONDLY_RUN_BUDGET_USD of the services",
        help="What the AI services may charge for the whole run, with what it has spent.",
    ),
]
WithDelivery = Annotated[bool, typer.Option("--delivery", help="Then follow its emails as they go out.")]
ListDispatches = Annotated[
    bool, typer.Option("--dispatches", help="Also list the emails that are refused or in doubt.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")]


@in_environment
async def runs(
    environment: "Environment", *, limit: Limit = 20, status: Status = None, json: AsJson = False
) -> None:
    """Show runs, the latest first."""
    from fondly.cli.output import console, print_json, say
    from fondly.cli.runs.tables import run_table
    from fondly.operations.runs.lookup import list_runs

    views = await list_runs(environment, limit=limit, status=status)
    if json:
        print_json(views)
    elif views:
        console().print(run_table(views))
    else:
        say("no runs")


@app.command()
@in_environment
async def show(
    environment: "Environment", run_id: RunId, *, dispatches: ListDispatches = False, json: AsJson = False
) -> None:
    """Show one run: stages, delivery, counts, cost.

    Why it failed, and what became of its emails.
    """
    from fondly.cli.output import console, print_json
    from fondly.cli.runs.tables import show_details
    from fondly.operations.runs.lookup import find_run, run_details

    ledger = await environment.ledger()
    run = await find_run(ledger, run_id)
    details = await run_details(environment, ledger, run, with_dispatches=dispatches)
    if json:
        print_json(details)
    else:
        show_details(details, console())
        _say_what_is_next(details)


@app.command()
@in_environment
async def results(
    environment: "Environment",
    run_id: RunId,
    *,
    days: Days = 7,
    against: Against = None,
    json: AsJson = False,
) -> None:
    """Show what a run's emails have led to: by variant of the subject, and beside those held out.

    Orders count once they have been uploaded, or told as events.
    """
    from fondly.cli.output import console, print_json
    from fondly.cli.results.tables import show_results
    from fondly.operations.results.gathering import results_of

    found = await results_of(environment, run_id, days=days, against=against)
    if json:
        print_json(found)
    else:
        show_results(found, console())


@app.command()
@in_environment
async def watch(
    environment: "Environment",
    run_id: RunId,
    *,
    with_delivery: WithDelivery = False,
    interval_s: Interval = 1.0,
    json: AsJson = False,
) -> None:
    """Follow a run to its end.

    With `--delivery` also its emails, until they are out or wait for somebody. `--json` prints a line per
    change. Exits with 1 if the run failed, or was stopped by its budget.
    """
    from fondly.cli.output import console, say
    from fondly.cli.runs.progress import show_delivery, show_run
    from fondly.cli.runs.tables import show_details
    from fondly.operations.runs.follow import follow, follow_delivery
    from fondly.operations.runs.lookup import find_run, run_details
    from fondly.runtime.runs.deliveries import Deliveries

    ledger = await environment.ledger()
    run = await find_run(ledger, run_id)
    run = await show_run(follow(ledger, run, interval_s), json=json)
    if with_delivery and run.status == "finished":
        deliveries = Deliveries(environment.dynamodb, await environment.table("runs"))
        await show_delivery(follow_delivery(deliveries, ledger, run, interval_s), json=json)
    if not json:
        details = await run_details(environment, ledger, run)
        show_details(details, console())
        _say_what_is_next(details)
    if run.status in {"failed", "stopped"}:
        say(f"{run.run_id} {'is ' if run.status == 'stopped' else ''}{run.status}: {run.reason}")
        raise typer.Exit(FOUND_WRONG)


@app.command()
@in_environment
async def retry(
    environment: "Environment", run_id: RunId, *, dry_run: DryRun = False, json: AsJson = False
) -> None:
    """Send again the messages that a stuck run waits for.

    Harmless if they are still in their queues.
    """
    from fondly.cli.output import console, print_json, say
    from fondly.cli.runs.tables import message_table
    from fondly.operations.runs.retry import Retry

    retry = await Retry.of(environment, run_id)
    messages = await retry.messages()
    if not dry_run:
        await retry.send(messages)
    if json:
        print_json(messages)
        return
    console().print(message_table(messages))
    say(f"{len(messages)} messages {'would be sent' if dry_run else 'sent'}")


@app.command()
@in_environment
async def resume(
    environment: "Environment",
    run_id: RunId,
    *,
    budget: BudgetUsd = None,
    why: Why = None,
    by: By = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Go on with a stopped run, or a paused delivery.

    A run that its budget has stopped, or one whose emails somebody, or its readers' complaints, have stopped.
    Nothing that has been paid for is paid for again, and nobody gets an email twice.
    """
    from fondly.operations.errors import OperationError
    from fondly.operations.runs.lookup import find_run
    from fondly.runtime.runs.run import RunStatus

    limit = _dollars(budget)
    run = await find_run(await environment.ledger(), run_id)
    if run.status is not RunStatus.FINISHED:
        await _resume_stopped(environment, run, limit, json=json)
    elif limit is None:
        await delivery.resume_delivery(environment, run.run_id, why=why, by=by, yes=yes, json=json)
    else:
        raise OperationError(f"{run.run_id} has finished: its delivery has no budget")


async def _resume_stopped(
    environment: "Environment", run: "Run", limit: Decimal | None, *, json: bool
) -> None:
    """Go on with a run that its budget has stopped."""
    from fondly.cli.output import console, print_json, say
    from fondly.cli.runs.tables import message_table
    from fondly.operations.runs.retry import Resume

    resumption = await Resume.of(environment, await environment.ledger(), run)
    messages = await resumption.send(limit)
    if json:
        print_json(messages)
        return
    console().print(message_table(messages))
    say(f"{resumption.run.run_id} goes on: {len(messages)} messages sent")


def _say_what_is_next(details: "RunDetails") -> None:
    """Say it below all the tables, where a terminal stops, if the emails wait for somebody."""
    from fondly.cli.delivery.tables import NEXT
    from fondly.cli.output import say
    from fondly.operations.delivery.approving import later

    if details.delivery and details.delivery.delivery.status in NEXT:
        say(later(details.delivery.delivery))


app.command()(delivery.approve)
app.command()(delivery.reject)
app.command()(delivery.pause)
app.command()(delivery.hold)
app.command("list")(runs)


def _dollars(text: str | None) -> Decimal | None:
    """Read an amount of dollars exactly; raise `typer.BadParameter` for anything else."""
    if text is None:
        return None
    try:
        usd = Decimal(text)
    except InvalidOperation:
        usd = Decimal("NaN")
    if not usd.is_finite() or usd <= 0:
        raise typer.BadParameter(f"{text} is no amount of dollars, such as 2.50", param_hint="--budget")
    return usd
