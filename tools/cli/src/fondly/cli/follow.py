"""Following a run to its end, and its delivery to where it ends or waits for somebody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext

from pydantic import BaseModel

from fondly.cli.output import console, print_json
from fondly.mailer.use_cases.mail_part import HELD_OUT
from fondly.operations.delivery.views import EMAILS
from fondly.operations.runs.views import view
from fondly.runtime.runs.delivery import Deliveries, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.totals import total
from fondly.stack.progress import RunProgress, StageSnapshot, snapshots

SETTLED = ("emails_sent", "emails_not_sent", "emails_held_out", "emails_refused", "emails_in_doubt")
"""The counts of the sender's reports that are final."""
DELIVERY = "delivery"


async def follow_run(ledger: Ledger, run: Run, interval_s: float, *, json: bool) -> Run:
    """Show a run's progress until it ends, or print a line of JSON whenever it changes; return it."""
    before = None
    with nullcontext() if json else RunProgress(console()) as progress:
        while True:
            if progress:
                progress.update(snapshots(run))
            elif (now := view(run)) != before:
                print_json(now, lines=True)
                before = now
            if not run.is_open:
                return run
            await asyncio.sleep(interval_s)
            run = await ledger.run(run.run_id)


class DeliveryProgress(BaseModel):
    """How far a delivery is: of how many emails something final has been reported."""

    run_id: str
    status: DeliveryStatus
    settled: int
    emails: int


async def follow_delivery(
    deliveries: Deliveries, ledger: Ledger, run: Run, interval_s: float, *, json: bool
) -> None:
    """Show how emails go out, as long as they do, or print a line of JSON whenever more are settled."""
    before = None
    with nullcontext() if json else RunProgress(console()) as progress:
        async for each in _progress(deliveries, ledger, run, interval_s):
            if progress:
                detail = "" if each.status is DeliveryStatus.DONE else str(each.status)
                progress.update([StageSnapshot(DELIVERY, each.settled, each.emails, detail)])
            elif each != before:
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
