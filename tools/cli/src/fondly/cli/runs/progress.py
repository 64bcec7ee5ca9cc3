"""Shows how far a run and its delivery are, as they go on: bars for people, lines of JSON for programs."""

from collections.abc import AsyncIterator
from contextlib import nullcontext

from fondly.cli.output import console, print_json
from fondly.operations.runs.follow import DeliveryProgress, StageSnapshot, snapshots
from fondly.operations.runs.views import view
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.run import Run
from fondly.stack.progress import RunProgress

DELIVERY = "delivery"


async def show_run(runs: AsyncIterator[Run], *, json: bool) -> Run:
    """Show a run's progress to its end, as JSON a line whenever it changes; return the run as it is then."""
    before = None
    with nullcontext() if json else RunProgress(console()) as progress:
        async for run in runs:
            if progress:
                progress.update(snapshots(run))
            elif before is None or view(run) != view(before):
                print_json(view(run), lines=True)
            before = run
    assert before is not None  # noqa: S101 - a run is looked at once at least
    return before


async def show_delivery(deliveries: AsyncIterator[DeliveryProgress], *, json: bool) -> None:
    """Show how emails go out, as long as they do, as JSON a line whenever more are settled."""
    before = None
    with nullcontext() if json else RunProgress(console()) as progress:
        async for found in deliveries:
            if progress:
                detail = "" if found.status is DeliveryStatus.DONE else str(found.status)
                progress.update([StageSnapshot(DELIVERY, found.settled, found.emails, detail)])
            elif found != before:
                print_json(found, lines=True)
            before = found
