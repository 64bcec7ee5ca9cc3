"""Following a run to its end, and its delivery to where it ends or waits for somebody."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import BaseModel

from fondly.contracts.counts import Counted
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import MAKING, Run, StageName
from fondly.runtime.runs.totals import total

SETTLED = (
    *(Counted.EMAILS_SENT, Counted.EMAILS_NOT_SENT, Counted.EMAILS_HELD_OUT),
    *(Counted.EMAILS_REFUSED, Counted.EMAILS_IN_DOUBT),
)
"""The counts of the sender's reports that are final."""


@dataclass(frozen=True, slots=True)
class StageSnapshot:
    """How far a stage has got; `total` is None while unknown, `detail` says what it is doing now."""

    stage: str
    done: int
    total: int | None
    detail: str = ""

    @property
    def started(self) -> bool:
        """Whether the stage has done or reported anything."""
        return bool(self.done or self.detail)

    @property
    def finished(self) -> bool:
        """Whether the total is known and done."""
        return bool(self.total) and self.done == self.total


def snapshots(run: Run) -> list[StageSnapshot]:
    """A run's stages as the ledger has them, in the order of the flow."""
    return [snapshot(run, stage) for stage in MAKING]


def snapshot(run: Run, stage: StageName) -> StageSnapshot:
    """One of a run's stages."""
    return StageSnapshot(
        stage=stage,
        done=len(run.stage(stage).done),
        total=run.parts,
        detail=RecommenderState.of(run).training if stage is StageName.RECOMMENDER else "",
    )


async def follow(ledger: Ledger, run: Run, interval_s: float) -> AsyncIterator[Run]:
    """Yield a run as it is now, and at each look at the ledger until it has ended."""
    yield run
    while run.is_open:
        await asyncio.sleep(interval_s)
        run = await ledger.run(run.run_id)
        yield run


class DeliveryProgress(BaseModel):
    """How far a delivery is: how many emails are settled by the reports."""

    run_id: str
    status: DeliveryStatus
    settled: int
    emails: int


async def follow_delivery(
    deliveries: Deliveries, ledger: Ledger, run: Run, interval_s: float
) -> AsyncIterator[DeliveryProgress]:
    """Yield how far a delivery is, until it is done or waits for somebody; nothing if there is none.

    The reports of parts tell it: counting every email each time would take longer than the interval.
    """
    while delivery := await deliveries.find(run.run_id):
        counts = total(await ledger.summed(run.run_id)).counts
        yield DeliveryProgress(
            run_id=run.run_id,
            status=delivery.status,
            settled=sum(counts.get(each, 0) for each in SETTLED),
            emails=counts.get(Counted.EMAILS, 0) + counts.get(Counted.CUSTOMERS_HELD_OUT, 0),
        )
        if delivery.status is not DeliveryStatus.APPROVED:
            return
        await asyncio.sleep(interval_s)
