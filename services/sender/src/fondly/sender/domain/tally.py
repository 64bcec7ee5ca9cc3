"""What a part's report says of its emails, and the events that do."""

from collections import Counter
from collections.abc import Iterable

from fondly.contracts.counts import Counted
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.events import EmailSent, EmailSuppressed, EventData

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
