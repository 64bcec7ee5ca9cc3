"""Takes note of a bounce: a dead address is never written to again, a full mailbox is tried a few times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fondly.contracts.consent import Contact, Suppression, address_entry
from fondly.contracts.delivery import Dispatch, NotSent
from fondly.contracts.events import EmailBounced
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.ports import Announcer
from fondly.sender.domain.notifications import Notification, NotificationKind
from fondly.sender.feedback.ports import Delivered, Suppressions
from fondly.sender.use_cases.find_dispatch import FindDispatch

SOURCE = "provider"
log = get_logger()


@dataclass(frozen=True)
class TakeBounce:
    """Suppresses addresses, never customers: who has another address may be written to there."""

    suppressions: Suppressions
    find_dispatch: FindDispatch
    delivered: Delivered
    announcer: Announcer
    most_soft: int
    """How many soft bounces in a row make an address count as dead."""

    async def run(self, notification: Notification) -> None:
        """Suppress what is dead, mark the email, and announce it. Doing it again changes nothing."""
        if notification.kind is NotificationKind.HARD:
            await self._suppress(notification, NotSent.HARD_BOUNCE)
        dispatch = await self.find_dispatch.run(notification)
        if dispatch is None:
            log.info("notification_of_no_known_email", kind=notification.kind)
            return
        if notification.kind is NotificationKind.SOFT and notification.counts:
            await self._count(notification, dispatch)
        await self.delivered.mark(dispatch.run_id, dispatch.customer_id, notification.kind, notification.at)
        await self.announcer.announce(dispatch.run_id, bounced(notification, dispatch))
        is_hard = notification.kind is NotificationKind.HARD
        emit({Metric.BOUNCES_HARD: int(is_hard), Metric.BOUNCES_SOFT: int(not is_hard)})

    async def _count(self, notification: Notification, dispatch: Dispatch) -> None:
        sent_at = int(dispatch.at.timestamp())
        contact = await self.suppressions.change_contact(
            dispatch.customer_id, lambda contact: after_soft_bounce(contact, sent_at)
        )
        if contact.soft_bounces >= self.most_soft:
            await self._suppress(notification, NotSent.SOFT_BOUNCES)

    async def _suppress(self, notification: Notification, reason: NotSent) -> None:
        await suppress_addresses(self.suppressions, notification.addresses, notification.at, reason=reason)


async def suppress_addresses(
    suppressions: Suppressions, addresses: Iterable[str], at: datetime, *, reason: NotSent
) -> None:
    """Suppress addresses, never their customers. Doing it again changes nothing."""
    await suppressions.suppress(
        [
            Suppression(entry=address_entry(address), reason=reason, source=SOURCE, at=at, subject=address)
            for address in addresses
        ]
    )


def after_soft_bounce(contact: Contact, sent_at: int) -> Contact:
    """Count the soft bounce of an email that was handed over at a time in Unix seconds.

    Emails since the last one that bounced have arrived, unless their bounces are still on the way; the
    contact has this email's own time too, which is that of its reservation.
    """
    if sent_at <= contact.soft_bounced_at:
        return contact  # counted before
    between = sum(contact.soft_bounced_at < time <= sent_at for time in contact.times)
    in_a_row = contact.soft_bounces if between <= 1 else 0
    return contact.model_copy(update={"soft_bounces": in_a_row + 1, "soft_bounced_at": sent_at})


def bounced(notification: Notification, dispatch: Dispatch) -> EmailBounced:
    """The event about a notification."""
    kind: Literal["hard", "soft", "complaint"] = notification.kind.value
    return EmailBounced(
        customer_id=dispatch.customer_id,
        kind=kind,
        feedback_id=notification.feedback_id,
        variant=dispatch.variant,
    )
