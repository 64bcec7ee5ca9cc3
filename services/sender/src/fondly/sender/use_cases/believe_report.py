"""Believes only what the token of a report by mail proves."""

from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.consent import address_entry
from fondly.sender.domain.mail_reports import MailReport
from fondly.sender.domain.notifications import Notification, NotificationKind
from fondly.sender.feedback.ports import Addresses


@dataclass(frozen=True)
class BelieveReport:
    """Turns reports into notifications: whoever has an email has its token, and may have made up the rest."""

    addresses: Addresses

    async def run(self, report: MailReport, customer_id: str, at: datetime) -> Notification:
        """Return the notification about an email to this customer, whom the report's token has proved.

        The only address that it may be about is the one that the customer has now: another one would let any
        customer silence whom they like, and one that they had before is not written to any more.
        """
        own = await self.addresses.of(customer_id)
        named = {address_entry(each) for each in report.addresses}
        return Notification(
            kind=NotificationKind(report.kind),
            feedback_id=report.report_id,
            at=at,
            provider_id="",
            addresses=(own,) if own and address_entry(own) in named else (),
            run_id=report.run_id,
            customer_id=customer_id,
            counts=report.counts,
            is_proved=True,
        )
