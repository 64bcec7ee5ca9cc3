"""`encore-ops runs` and `encore-ops run`: how runs stand, and helping one that is stuck."""

import asyncio
from typing import Annotated

import typer

from encore.cli.command import FOUND_WRONG, AsJson, at_a_stage
from encore.cli.commands.run_tables import show_details, show_messages, show_runs
from encore.cli.domain.runs import LATEST, RunDetails, details, find, view
from encore.cli.place import Place
from encore.cli.retry import Retry
from encore.cli.show import as_json, out, say
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run, RunStatus
from encore.stack.progress import RunProgress, snapshots

app = typer.Typer(no_args_is_help=True, help="One run: what it came to, how it goes on.")

RunId = Annotated[str, typer.Argument(metavar="ID", help=f"A run's id, the beginning of one, or `{LATEST}`.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")]
Status = Annotated[RunStatus | None, typer.Option(help="Only those that stand so.")]
Interval = Annotated[float, typer.Option(min=0.1, help="How often to look.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")]


@at_a_stage
async def runs(place: Place, *, limit: Limit = 20, status: Status = None, json: AsJson = False) -> None:
    """Show runs, the newest first."""
    ledger = await place.ledger()
    found = [run for run in reversed(await ledger.runs()) if status in {None, run.status}]
    views = [view(run) for run in found[:limit]]
    if json:
        as_json(views)
    else:
        show_runs(views, out())


@app.command()
@at_a_stage
async def show(place: Place, run_id: RunId, *, json: AsJson = False) -> None:
    """Show one run: stages, counts, rejects, cost, and the reason if it failed."""
    ledger = await place.ledger()
    told = await _details(place, ledger, await _find(ledger, run_id))
    if json:
        as_json(told)
    else:
        show_details(told, out())


@app.command()
@at_a_stage
async def watch(place: Place, run_id: RunId, *, interval_s: Interval = 1.0, json: AsJson = False) -> None:
    """Follow a run to its end; end with 1 if it failed. `--json` prints a line whenever something changed."""
    ledger = await place.ledger()
    run = await _find(ledger, run_id)
    run = await (_follow_lines if json else _follow)(ledger, run, interval_s)
    if not json:
        show_details(await _details(place, ledger, run), out())
    if run.status is RunStatus.FAILED:
        say(f"{run.run_id} failed: {run.reason}")
        raise typer.Exit(FOUND_WRONG)


@app.command()
@at_a_stage
async def retry(place: Place, run_id: RunId, *, dry_run: DryRun = False, json: AsJson = False) -> None:
    """Send again what an open run waits for; harmless while its messages are still there."""
    ledger = await place.ledger()
    retry = Retry(place, await _find(ledger, run_id), ledger, await place.objects())
    messages = await retry.messages()
    if not dry_run:
        await retry.send(messages)
    if json:
        as_json(messages)
    else:
        show_messages(messages, out())
        say(f"{len(messages)} messages {'would be sent' if dry_run else 'sent'}")


async def _find(ledger: Ledger, wanted: str) -> Run:
    return find(await ledger.runs(), wanted)


async def _details(place: Place, ledger: Ledger, run: Run) -> RunDetails:
    return details(run, await ledger.reports(run.run_id), bucket=place.named("data"))


async def _follow(ledger: Ledger, run: Run, interval_s: float) -> Run:
    with RunProgress(out()) as progress:
        progress.update(snapshots(run))
        while run.is_open:
            await asyncio.sleep(interval_s)
            run = await ledger.run(run.run_id)
            progress.update(snapshots(run))
    return run


async def _follow_lines(ledger: Ledger, run: Run, interval_s: float) -> Run:
    as_json(view(run), lines=True)
    while run.is_open:
        await asyncio.sleep(interval_s)
        before, run = run, await ledger.run(run.run_id)
        if view(run) != view(before):
            as_json(view(run), lines=True)
    return run
