"""What an email's outcome means to a run's totals, and to whoever subscribes to events."""

from collections import Counter
from collections.abc import Iterable

from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.events import EmailSent, EmailSuppressed, EventData

NAMES = {
    Outcome.SENT: "sent",
    Outcome.SUPPRESSED: "not_sent",
    Outcome.REFUSED: "refused",
    Outcome.IN_DOUBT: "in_doubt",
    Outcome.WAITING: "waiting",
    Outcome.SENDING: "waiting",
}


def counts(dispatches: Iterable[Dispatch]) -> dict[str, int]:
    """Return how many emails came to what, as a run's totals count them."""
    found: Counter[str] = Counter()
    for each in dispatches:
        name = "held_out" if each.reason == NotSent.HOLDOUT else NAMES[each.outcome]
        found[f"emails_{name}"] += 1
    return dict(found)


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
