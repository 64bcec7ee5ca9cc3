"""Following a run to its end, and its delivery to where it ends or waits for somebody."""

import asyncio
from collections.abc import AsyncIterator

from pydantic import BaseModel

from fondly.cli.delivery.views import EMAILS
from fondly.cli.output import console, print_json
from fondly.cli.runs.views import view
from fondly.mailer.use_cases.mail_part import HELD_OUT
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.totals import total
from fondly.stack.progress import RunProgress, StageSnapshot, snapshots

SETTLED = ("emails_sent", "emails_not_sent", "emails_held_out", "emails_refused", "emails_in_doubt")
"""The counts of the sender's reports that are final."""
DELIVERY = "delivery"


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


class DeliveryProgress(BaseModel):
    """How far a delivery is: of how many emails something final has been reported."""

    run_id: str
    status: DeliveryStatus
    settled: int
    emails: int


async def follow_delivery_on_screen(
    deliveries: Deliveries, ledger: Ledger, run: Run, interval_s: float
) -> None:
    """Show how emails go out, as long as they do."""
    with RunProgress(console()) as progress:
        async for each in _progress(deliveries, ledger, run, interval_s):
            detail = "" if each.status is DeliveryStatus.DONE else str(each.status)
            progress.update([StageSnapshot(DELIVERY, each.settled, each.emails, detail)])


async def follow_delivery_as_json(
    deliveries: Deliveries, ledger: Ledger, run: Run, interval_s: float
) -> None:
    """Print a line of JSON whenever more emails are settled, as long as they go out."""
    before = None
    async for each in _progress(deliveries, ledger, run, interval_s):
        if each != before:
            print_json(each, lines=True)
        before = each


async def _progress(
    deliveries: Deliveries, ledger: Ledger, run: Run, interval_s: float
) -> AsyncIterator[DeliveryProgress]:
    """Yield how far a delivery is, until it is done or waits for somebody; nothing if there is none.

    The reports of parts tell it: counting every email each time would take longer than the interval.
    """
    while delivery := await deliveries.find(run.run_id):
        counts = total(await ledger.reports(run.run_id)).counts
        yield DeliveryProgress(
            run_id=run.run_id,
            status=delivery.status,
            settled=sum(counts.get(each, 0) for each in SETTLED),
            emails=counts.get(EMAILS, 0) + counts.get(HELD_OUT, 0),
        )
        if delivery.status is not DeliveryStatus.APPROVED:
            return
        await asyncio.sleep(interval_s)
