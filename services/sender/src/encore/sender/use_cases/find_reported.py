"""Finds the email that a report is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from encore.contracts.delivery import Dispatch, Outcome
from encore.contracts.errors import TransientError
from encore.sender.domain.reports import Report
from encore.sender.feedback.ports import Delivered

RECORDED_AFTER = timedelta(minutes=10)
"""So long after it was claimed, an email's sending has been recorded, or never will be."""


@dataclass(frozen=True)
class FindReported:
    """Finds dispatches by what reports name them by, and believes only what fits."""

    delivered: Delivered
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def run(self, report: Report) -> Dispatch | None:
        """Return the dispatch that a report is about; None if no email of ours to a customer is known by it.

        Test emails and samples to seeds are not. Raises `TransientError` while its sending is being recorded:
        the record would undo what is written into it now.
        """
        if report.run_id is None or report.customer_id is None:
            return None
        found = await self.delivered.find(report.run_id, report.customer_id)
        if found is None:
            return None
        if found.outcome is Outcome.SENDING and found.at + RECORDED_AFTER > self.now():
            raise TransientError("the email's sending is still being recorded")
        # Whoever died before recording an email's name has sent it all the same, as the report proves.
        is_unnamed = found.outcome in {Outcome.SENDING, Outcome.IN_DOUBT}
        return found if is_unnamed or found.provider_id == report.provider_id else None
