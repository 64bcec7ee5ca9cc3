"""Reads a row of a list: whom it is about, why and since when."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fondly.contracts.consent import REASONS, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.formats.vocabulary import loosened

MAX_SUBJECT_CHARS = 256
MAX_SOURCE_CHARS = 200
MILLISECONDS_FROM = 100_000_000_000
"""As seconds it would be the year 5138."""
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_ENTRY = re.compile(r"(?:address|customer)#[0-9a-f]{64}")
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
"""The reasons of other systems' lists, by the letters of their names."""


@dataclass(frozen=True)
class Defaults:
    """What holds where a list does not say it."""

    reason: NotSent
    source: str
    at: datetime


def suppressions_of(
    row: Mapping[str, str], defaults: Defaults, *, exact: bool = False
) -> Iterator[Suppression]:
    """Yield the suppressions of a row: of the address and of the customer that it names.

    Every row of a list that is read `exact` says why and since when, as our own exports do; of another's,
    an unknown reason or time is replaced by the default: a person on a list must not be written to, whatever
    the list calls it. Raises `UnreadableError` for a row that names nobody, or somebody who is subscribed.
    """
    reason = _reason(row.get("reason", ""), defaults, exact=exact)
    at = _time(row.get("at", ""), defaults, exact=exact)
    source = (row.get("source") or defaults.source)[:MAX_SOURCE_CHARS]
    for entry, subject in _whom(row):
        yield Suppression(entry=entry, reason=reason, source=source, at=at, subject=subject)


def entry_of(subject: str, *, is_customer: bool = False) -> str:
    """Return the key of what a person names: an address if it has an `@`, unless they say otherwise."""
    return customer_entry(subject) if is_customer or "@" not in subject else address_entry(_address(subject))


def known_reason(text: str) -> NotSent | None:
    """Return the reason that a text names, ours or another system's: `HardBounce`, `COMPLAINT`; else None."""
    return _BY_NAME.get(loosened(text))


def _whom(row: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    address, customer_id, entry = (row.get(name, "") for name in ("address", "customer_id", "entry"))
    if not (address or customer_id or entry):
        raise UnreadableError("an address or a customer id", "")
    named: list[tuple[str, str | None]] = []
    if address:
        named.append((address_entry(_address(address)), address))
    if customer_id:
        named.append((customer_entry(_short(customer_id)), customer_id))
    if entry and not _ENTRY.fullmatch(entry):
        raise UnreadableError("an entry such as `address#` and 64 hexadecimal digits", entry)
    if entry and named and entry not in dict(named):
        raise UnreadableError("the entry of the address or customer in the same row", entry)
    yield from named or [(entry, None)]


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(_short(text)):
        raise UnreadableError("an email address", text)
    return text


def _short(text: str) -> str:
    if len(text) > MAX_SUBJECT_CHARS:
        raise UnreadableError(f"at most {MAX_SUBJECT_CHARS} characters", text)
    return text


def _reason(text: str, defaults: Defaults, *, exact: bool) -> NotSent:
    if exact and text not in REASONS:
        raise UnreadableError(f"one of the reasons {', '.join(sorted(REASONS))}", text)
    if loosened(text) in _CONSENT:  # as lists of all of a shop's contacts say
        raise UnreadableError("a reason not to write to somebody", text)
    return known_reason(text) or defaults.reason


def _time(text: str, defaults: Defaults, *, exact: bool) -> datetime:
    """Read an ISO 8601 time, or Unix seconds or milliseconds; a time without a zone is UTC's."""
    try:
        if text.isdecimal():
            number = int(text)
            return datetime.fromtimestamp(number / 1_000 if number > MILLISECONDS_FROM else number, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        if exact:
            raise UnreadableError("a time such as 2026-11-26T12:00:00+00:00", text) from None
        return defaults.at
    return found if found.tzinfo else found.replace(tzinfo=UTC)
