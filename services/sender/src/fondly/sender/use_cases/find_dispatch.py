"""Finds the email that a notification is about, which proves that the email was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.errors import TransientError
from fondly.contracts.events import EmailSent
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer
from fondly.sender.domain.notifications import About
from fondly.sender.feedback.ports import Delivered

RECORDED_AFTER = timedelta(seconds=10)
"""How long after its reservation an email's sending is nearly always recorded, if its worker lives."""
UNNAMED = frozenset({Outcome.SENDING, Outcome.IN_DOUBT})
"""Whoever died before recording an email's name may have sent it all the same."""
log = get_logger()


@dataclass(frozen=True)
class FindDispatch:
    """Finds dispatches by what notifications name them by, and believes only what fits."""

    delivered: Delivered
    announcer: Announcer
    now: Callable[[], datetime] = utc_now

    async def run(self, notification: About) -> Dispatch | None:
        """Return the dispatch that a notification is about; None if no customer's email is known by it.

        Test emails and samples to seeds are not. An email that was in doubt counts as sent from now on, which
        is announced. Raises `TransientError` while its sending is probably being recorded: a record that
        comes later than the proof has the part looked through once more.
        """
        found = await self._found(notification)
        if found is not None and found.outcome in UNNAMED:
            return await self._proved(found, notification)
        return found

    async def _found(self, notification: About) -> Dispatch | None:
        if notification.run_id is None or notification.customer_id is None:
            return None
        found = await self.delivered.find(notification.run_id, notification.customer_id)
        if found is None:
            return None
        if found.outcome in UNNAMED:
            if found.outcome is Outcome.SENDING and found.at + RECORDED_AFTER > self.now():
                raise TransientError("the email's sending may still be recorded")
            return found
        is_named = notification.is_proved or found.provider_id == notification.provider_id
        return found if is_named and found.outcome is Outcome.SENT else None

    async def _proved(self, found: Dispatch, notification: About) -> Dispatch:
        """Announce it first: whoever dies in between finds it in doubt again, and makes the same event."""
        event = EmailSent(
            customer_id=found.customer_id,
            transport=found.transport,
            provider_id=notification.provider_id,
            variant=found.variant,
        )
        await self.announcer.announce(found.run_id, event)
        await self.delivered.prove_sent(found.run_id, found.customer_id, notification.provider_id)
        log.info("doubt_resolved", customer_id=found.customer_id)
        sent = {"outcome": Outcome.SENT, "reason": "", "provider_id": notification.provider_id}
        return found.model_copy(update=sent)
