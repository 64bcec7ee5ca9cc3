"""Finds the email that a notification is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from encore.contracts.delivery import Dispatch, Outcome
from encore.contracts.errors import TransientError
from encore.sender.domain.notifications import Notification
from encore.sender.feedback.ports import Delivered

RECORDED_AFTER = timedelta(minutes=10)
"""So long after it was claimed, an email's sending has been recorded, or never will be."""


@dataclass(frozen=True)
class FindDispatch:
    """Finds dispatches by what notifications name them by, and believes only what fits."""

    delivered: Delivered
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def run(self, notification: Notification) -> Dispatch | None:
        """Return the dispatch that a notification is about; None if no customer's email is known by it.

        Test emails and samples to seeds are not. Raises `TransientError` while its sending is being recorded:
        the record would undo what is written into it now.
        """
        if notification.run_id is None or notification.customer_id is None:
            return None
        found = await self.delivered.find(notification.run_id, notification.customer_id)
        if found is None:
            return None
        if found.outcome is Outcome.SENDING and found.at + RECORDED_AFTER > self.now():
            raise TransientError("the email's sending is still being recorded")
        # Whoever died before recording an email's name has sent it all the same, as the notification proves.
        is_unnamed = found.outcome in {Outcome.SENDING, Outcome.IN_DOUBT}
        return found if is_unnamed or found.provider_id == notification.provider_id else None
