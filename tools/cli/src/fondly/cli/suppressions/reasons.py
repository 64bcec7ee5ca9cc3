"""The reasons of other systems' lists, by the letters of their names."""

from collections.abc import Mapping

from fondly.contracts.consent import REASONS
from fondly.contracts.delivery import NotSent
from fondly.ingest.domain.formats.vocabulary import loosened

_OTHERS: Mapping[NotSent, tuple[str, ...]] = {
    NotSent.UNSUBSCRIBED: ("unsubscribe", "unsubscribes", "opt out", "opted out", "list unsubscribe"),
    NotSent.HARD_BOUNCE: ("bounce", "bounced", "bounces", "permanent", "invalid", "cleaned", "blocked"),
    NotSent.COMPLAINT: ("complained", "spam", "spam complaint", "spam report", "abuse", "reported spam"),
    NotSent.MANUAL: ("manual suppression", "manually added", "admin"),
}
_CONSENT = frozenset(
    map(loosened, ("subscribed", "active", "opted in", "opt in", "confirmed", "deliverable", "valid"))
)
_BY_NAME: Mapping[str, NotSent] = {loosened(reason): reason for reason in sorted(REASONS)} | {
    loosened(name): reason for reason, names in _OTHERS.items() for name in names
}


def known_reason(text: str) -> NotSent | None:
    """Return the reason that a text names, ours or another system's: `HardBounce`, `COMPLAINT`; else None."""
    return _BY_NAME.get(loosened(text))


def is_consent(text: str) -> bool:
    """Return whether a text says that somebody may be written to, as lists of all of a shop's contacts do."""
    return loosened(text) in _CONSENT
