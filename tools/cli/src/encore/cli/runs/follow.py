"""Following a run to its end."""

import asyncio

from encore.cli.output import console, print_json
from encore.cli.runs.views import view
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run
from encore.stack.progress import RunProgress, snapshots


async def follow_on_screen(ledger: Ledger, run: Run, interval_s: float) -> Run:
    """Show a run's progress until it ends; return it."""
    with RunProgress(console()) as progress:
        progress.update(snapshots(run))
        while run.is_open:
            await asyncio.sleep(interval_s)
            run = await ledger.run(run.run_id)
            progress.update(snapshots(run))
    return run


async def follow_as_json(ledger: Ledger, run: Run, interval_s: float) -> Run:
    """Print a run as a line of JSON whenever it changes, until it ends; return it."""
    print_json(view(run), lines=True)
    while run.is_open:
        await asyncio.sleep(interval_s)
        before, run = run, await ledger.run(run.run_id)
        if view(run) != view(before):
            print_json(view(run), lines=True)
    return run
