"""Takes note of a complaint: its reader is left alone, and too many of them stop the run's delivery."""

import math
from dataclasses import dataclass

from fondly.contracts.delivery import Dispatch, NotSent
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.ports import Announcer
from fondly.runtime.runs.deliveries import DecisionError
from fondly.runtime.runs.delivery import Act, Delivery
from fondly.sender.domain.notifications import Notification
from fondly.sender.feedback.ports import Delivered, RunDeliveries, Suppressions
from fondly.sender.use_cases.find_dispatch import FindDispatch
from fondly.sender.use_cases.take_bounce import SOURCE, bounced, suppress_addresses
from fondly.sender.use_cases.unsubscribe import Unsubscribe


@dataclass(frozen=True)
class ComplaintLimit:
    """The share `rate` of sent emails that complaints may not exceed, from `at_least` complaints on."""

    rate: float
    at_least: int

    def emails_for(self, complaints: int) -> int:
        """Return how many sent emails it takes for so many complaints to be within the limit."""
        return math.ceil(complaints / self.rate)

    def is_exceeded(self, complaints: int, *, excused: int, sent: int) -> bool:
        """Whether to stop after so many complaints, of which some are excused, about so many emails."""
        return complaints - excused >= self.at_least and complaints > sent * self.rate


BY = "complaint rate"
"""Who pauses a delivery that too many readers complain of."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class TakeComplaint:
    """Suppresses the address and the customer, and watches the share of complaints."""

    suppressions: Suppressions
    unsubscribe: Unsubscribe
    find_dispatch: FindDispatch
    delivered: Delivered
    deliveries: RunDeliveries
    announcer: Announcer
    limit: ComplaintLimit

    async def run(self, notification: Notification) -> None:
        """Suppress, mark, count and announce it, and pause its run if need be; each email counts once."""
        await suppress_addresses(
            self.suppressions, notification.addresses, notification.at, reason=NotSent.COMPLAINT
        )
        dispatch = await self.find_dispatch.run(notification)
        if dispatch is None:
            log.info("notification_of_no_known_email", kind=notification.kind)
            return
        await self.unsubscribe.run(dispatch.customer_id, reason=NotSent.COMPLAINT, source=SOURCE)
        await self._mark(notification, dispatch)
        await self.announcer.announce(dispatch.run_id, bounced(notification, dispatch))
        emit({Metric.COMPLAINTS: int(notification.counts)})
        if notification.counts:
            await self._watch(dispatch.run_id)

    async def _mark(self, notification: Notification, dispatch: Dispatch) -> None:
        run_id, customer_id = dispatch.run_id, dispatch.customer_id
        if notification.counts:
            await self.delivered.complain(run_id, customer_id, notification.at)
        else:
            await self.delivered.mark(run_id, customer_id, notification.kind, notification.at)

    async def _watch(self, run_id: str) -> None:
        """Pause a delivery that goes out if the share of complaints is too large."""
        delivery = await self.deliveries.find(run_id)
        if delivery is None or not delivery.complaints:
            return
        complaints = delivery.complaints
        sent = await self.delivered.sent(run_id, most=self.limit.emails_for(complaints))
        emit({Metric.COMPLAINT_RATE: complaints / max(sent, complaints)})
        if delivery.status.goes_out and self.limit.is_exceeded(
            complaints, excused=delivery.excused, sent=sent
        ):
            await self._pause(delivery, sent)

    async def _pause(self, delivery: Delivery, sent: int) -> None:
        note = f"{delivery.complaints} complaints about {sent} emails, more than {self.limit.rate:.2%}"
        try:
            await self.deliveries.decide(
                delivery.run_id, Act.PAUSE, by=BY, note=note, changes={"excused": delivery.complaints}
            )
        except DecisionError:  # somebody else has ended or paused it meanwhile
            return
        log.error("delivery_paused", reason=note)
        emit({Metric.DELIVERIES_PAUSED: 1})
