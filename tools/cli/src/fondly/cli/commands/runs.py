"""`fondly runs` and `fondly run`: how far runs are, and resuming one that is stuck, stopped or paused."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondly.cli.answer import Answer
from fondly.cli.commands import delivery
from fondly.cli.execution import FOUND_WRONG, Environment, in_environment
from fondly.cli.options import AsJson, By, DryRun, Limit, Next, RunId, Yes, decider, following, run_chosen
from fondly.cli.output import say
from fondly.operations.errors import OperationError

if TYPE_CHECKING:
    from decimal import Decimal

    from fondly.runtime.runs.run import Run

app = typer.Typer(no_args_is_help=True, help="One run: show it, follow it, approve it, resume it.")

Status = Annotated[
    Literal["running", "stopped", "finished", "failed"] | None, typer.Option(help="Only these.")
]
Source = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Only those whose source contains this: a file's name.")
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


@in_environment
async def runs(
    environment: Environment,
    *,
    limit: Limit = 20,
    status: Status = None,
    source: Source = None,
    before: Next = None,
) -> Answer:
    """Show runs, the latest first."""
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.cli.tables.runs import RUNS
    from fondly.operations.runs.lookup import list_runs

    found = await list_runs(environment, limit=limit, status=status, source=source, before=before)
    shown = Table(RUNS, found.runs) if found.runs else Remark("no runs")
    return Answer(found.runs, [shown], following(found.next))


@app.command()
@in_environment
async def show(environment: Environment, run_id: RunId, *, dispatches: ListDispatches = False) -> Answer:
    """Show one run: stages, delivery, counts, cost.

    Why it failed, and what became of its emails.
    """
    from fondly.operations.runs.lookup import find_run

    return await _details(
        environment, await find_run(await environment.ledger(), run_id), dispatches=dispatches
    )


@app.command()
@in_environment
async def results(
    environment: Environment, run_id: RunId, *, days: Days = 7, against: Against = None
) -> Answer:
    """Show what a run's emails have led to: by variant of the subject, and beside those held out.

    Orders count once they have been uploaded, or told as events.
    """
    from fondly.cli.tables.results import result_sections
    from fondly.operations.results.gathering import results_of
    from fondly.operations.runs.choosing import DELIVERED

    run_id = await run_chosen(environment, run_id, DELIVERED)
    found = await results_of(environment, run_id, days=days, against=against)
    return Answer(found, result_sections(found))


@app.command()
@in_environment
async def watch(
    environment: Environment,
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
    from fondly.cli.progress import show_delivery, show_run
    from fondly.operations.runs.follow import follow, follow_delivery
    from fondly.operations.runs.lookup import find_run

    ledger = await environment.ledger()
    run = await show_run(follow(ledger, await find_run(ledger, run_id), interval_s), json=json)
    if with_delivery and run.status == "finished":
        deliveries = await environment.deliveries()
        await show_delivery(follow_delivery(deliveries, ledger, run, interval_s), json=json)
    if not json:
        (await _details(environment, run)).give(json=False)
    if run.status in {"failed", "stopped"}:
        say(f"{run.run_id} {'is ' if run.status == 'stopped' else ''}{run.status}: {run.reason}")
        raise typer.Exit(FOUND_WRONG)


@app.command()
@in_environment
async def retry(environment: Environment, run_id: RunId, *, dry_run: DryRun = False, by: By = None) -> Answer:
    """Send again the messages that a stuck run waits for.

    Harmless if they are still in their queues.
    """
    from fondly.cli.tables.runs import message_sections
    from fondly.operations.runs.choosing import TO_RETRY
    from fondly.operations.runs.retry import Retry

    retry = await Retry.of(environment, await run_chosen(environment, run_id, TO_RETRY))
    messages = await retry.messages()
    if not dry_run:
        await retry.send(messages, by=await decider(environment, by))
    told = f"{len(messages)} messages {'would be sent' if dry_run else 'sent'}"
    return Answer(messages, message_sections(messages, told))


@app.command()
@in_environment
async def resume(
    environment: Environment,
    run_id: RunId,
    *,
    budget: BudgetUsd = None,
    grounds: delivery.Grounds,
    yes: Yes = False,
) -> Answer:
    """Go on with a stopped run, or a paused delivery.

    A run that its budget has stopped, or one whose emails somebody, or its readers' complaints, have stopped.
    Nothing that has been paid for is paid for again, and nobody gets an email twice.
    """
    from fondly.cli.tables.runs import message_sections
    from fondly.operations.runs.choosing import TO_RESUME
    from fondly.operations.runs.lookup import find_run
    from fondly.operations.runs.retry import resume_run
    from fondly.runtime.runs.run import RunStatus

    limit, ledger = _dollars(budget), await environment.ledger()
    run = await find_run(ledger, await run_chosen(environment, run_id, TO_RESUME))
    if run.status is not RunStatus.FINISHED:
        who = await decider(environment, grounds.by)
        messages = await resume_run(environment, run.run_id, budget=limit, by=who)
        told = f"{run.run_id} goes on: {len(messages)} messages sent"
        return Answer(messages, message_sections(messages, told))
    if limit is not None:
        raise OperationError(f"{run.run_id} has finished: its delivery has no budget")
    return await delivery.resume_delivery(environment, run.run_id, grounds, yes=yes)


app.command()(delivery.approve)
app.command()(delivery.reject)
app.command()(delivery.pause)
app.command()(delivery.hold)
app.command()(delivery.strike)
app.command()(delivery.revisions)
app.command()(delivery.reconcile)
app.command("list")(runs)


async def _details(environment: Environment, run: "Run", *, dispatches: bool = False) -> Answer:
    """Everything about a run; below it, where a terminal stops, whether its emails wait for somebody."""
    from fondly.cli.tables.declaration import Remark
    from fondly.cli.tables.runs import run_sections
    from fondly.operations.delivery.approving import later
    from fondly.operations.delivery.views import WORDS
    from fondly.operations.runs.lookup import run_details

    details = await run_details(environment, await environment.ledger(), run, with_dispatches=dispatches)
    delivered = details.delivery.delivery if details.delivery else None
    waits = [Remark(later(delivered))] if delivered and WORDS[delivered.status].next else []
    return Answer(details, [*run_sections(details), *waits])


def _dollars(text: str | None) -> "Decimal | None":
    """Read an amount of dollars; raise `typer.BadParameter` for anything else."""
    from fondly.operations.delivery.given import dollars_given

    try:
        return None if text is None else dollars_given(text)
    except OperationError as error:
        raise typer.BadParameter(str(error), param_hint="--budget") from error
