"""What has become of a run's emails, counted; and the events that say so."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.events import EmailSent, EmailSuppressed, EventData
from fondly.contracts.records import Count


class Tally(BaseModel):
    """How many of a run's emails have each outcome, and why."""

    model_config = ConfigDict(frozen=True)
    outcomes: dict[Outcome, Count] = {}
    suppressed: dict[str, Count] = {}
    """The suppressed emails by reason, one of `NotSent`."""
    bounced: dict[str, Count] = {}
    """The provider's reports about sent emails: `hard`, `soft`, `complaint`."""
    clicked: Count = 0
    """Sent emails whose links somebody has followed, where clicks are counted."""
    transports: dict[str, Count] = Field(default_factory=dict)
    """The sent emails by transport."""

    @property
    def settled(self) -> int:
        """How many emails are settled: something final is known of them."""
        return sum(number for outcome, number in self.outcomes.items() if outcome.is_final)

    def of(self, outcome: Outcome) -> int:
        """How many emails have an outcome."""
        return self.outcomes.get(outcome, 0)


class TallyCounter:
    """Counts dispatches as they come."""

    def __init__(self) -> None:
        self._outcomes: Counter[Outcome] = Counter()
        self._suppressed: Counter[str] = Counter()
        self._bounced: Counter[str] = Counter()
        self._transports: Counter[str] = Counter()
        self._clicked = 0

    def add(self, dispatch: Dispatch) -> None:
        """Count a dispatch."""
        self._outcomes[dispatch.outcome] += 1
        if dispatch.outcome is Outcome.SUPPRESSED:
            self._suppressed[dispatch.reason] += 1
        if dispatch.outcome is Outcome.SENT:
            self._transports[dispatch.transport] += 1
        if dispatch.bounced:
            self._bounced[dispatch.bounced] += 1
        self._clicked += dispatch.clicked_at is not None

    @property
    def tally(self) -> Tally:
        """What has been counted so far, most frequent first."""
        return Tally(
            outcomes=dict(self._outcomes.most_common()),
            suppressed=dict(self._suppressed.most_common()),
            bounced=dict(self._bounced.most_common()),
            clicked=self._clicked,
            transports=dict(self._transports.most_common()),
        )


NAMES = {
    Outcome.SENT: Counted.EMAILS_SENT,
    Outcome.SUPPRESSED: Counted.EMAILS_NOT_SENT,
    Outcome.REFUSED: Counted.EMAILS_REFUSED,
    Outcome.IN_DOUBT: Counted.EMAILS_IN_DOUBT,
    Outcome.WAITING: Counted.EMAILS_WAITING,
    Outcome.SENDING: Counted.EMAILS_WAITING,
}


def counts(dispatches: Iterable[Dispatch]) -> dict[str, int]:
    """Return how many emails came to what, as a run's totals count them."""
    held_out = Counted.EMAILS_HELD_OUT
    return Counter(held_out if each.reason == NotSent.HOLDOUT else NAMES[each.outcome] for each in dispatches)


def event_of(dispatch: Dispatch) -> EventData | None:
    """Return the event that says what became of an email, or None while nothing final is known."""
    if dispatch.outcome is Outcome.SENT:
        return EmailSent(
            customer_id=dispatch.customer_id,
            transport=dispatch.transport,
            provider_id=dispatch.provider_id,
            variant=dispatch.variant,
        )
    if not dispatch.outcome.is_final:
        return None
    reason = dispatch.reason if dispatch.outcome is Outcome.SUPPRESSED else dispatch.outcome
    return EmailSuppressed(customer_id=dispatch.customer_id, reason=reason, variant=dispatch.variant)
