"""Opens the delivery of a run that has finished: held until a person approves it, or going out at once."""

from dataclasses import dataclass

from fondly.contracts.counts import Counted
from fondly.contracts.events import Event, RunFinished
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.sender.ports import SenderPolls

BY_SETTING = "the setting FONDLY_SENDER_APPROVAL"
log = get_logger()


@dataclass(frozen=True)
class OpenDelivery:
    """Opens deliveries; `is_held` says whether a person has to approve each, `per_hour` is their throttle.

    Where two `approvers` are needed, that is so whoever has opened the delivery by holding the run.
    """

    deliveries: Deliveries
    polls: SenderPolls
    is_held: bool
    per_hour: int | None = None
    approvers: int = 1

    async def run(self, event: Event[RunFinished]) -> None:
        """Open the delivery of a run unless the run has failed, or has nobody to write to or to hold out."""
        counts = event.data.counts
        is_anybody = counts.get(Counted.EMAILS, 0) or counts.get(Counted.CUSTOMERS_HELD_OUT, 0)
        if event.data.status != "finished" or not is_anybody:
            log.info("nothing_to_deliver", status=event.data.status)
            return
        status = DeliveryStatus.HELD if self.is_held else DeliveryStatus.APPROVED
        delivery = await self.deliveries.open(
            event.run_id, status=status, by=BY_SETTING, per_hour=self.per_hour, approvers=self.approvers
        )
        if delivery.approvers != self.approvers:
            delivery = await self.deliveries.change(event.run_id, self._approved_by_as_many)
        log.info("delivery_opened", status=delivery.status)
        if delivery.status.goes_out:
            await self.polls.send(event.run_id, delivery.attempt, delay_s=0)
        elif delivery.status is DeliveryStatus.HELD:
            emit({Metric.DELIVERIES_HELD: 1})

    def _approved_by_as_many(self, found: Delivery) -> Delivery:
        return found.model_copy(update={"approvers": self.approvers})
