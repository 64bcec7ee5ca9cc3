"""Whether one finished email goes out now, later, or never."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fondly.contracts.consent import Cap, Contact, Suppression
from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent, Outcome
from fondly.sender.domain.due import Quiet, quiet_until, tried_again_at, zone_of


@dataclass(frozen=True)
class Rules:
    """What the shop has set for everybody."""

    quiet: Quiet | None = None
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - immutable
    """Of customers whose time zone is not known."""
    cap: Cap = Cap()  # noqa: RUF009 - immutable
    without_address: bool = False
    """Whether emails to nobody go out too, for a trial."""
    tries: int = 8
    retry_s: int = 900


@dataclass(frozen=True)
class Known:
    """What is known of a customer before their email goes out."""

    dispatch: Dispatch | None = None
    suppression: Suppression | None = None
    contact: Contact | None = None


@dataclass(frozen=True)
class Send:
    """It goes out."""


@dataclass(frozen=True)
class Drop:
    """It never goes out."""

    reason: NotSent


@dataclass(frozen=True)
class Wait:
    """It may go out at that time."""

    until: datetime


@dataclass(frozen=True)
class Doubt:
    """Somebody was handing it over and has not said what came of it: it never goes out again."""

    dispatch: Dispatch


@dataclass(frozen=True)
class Settled:
    """Something final is known of it."""

    dispatch: Dispatch


Verdict = Send | Drop | Wait | Doubt | Settled


def judge(email: FinishedEmail, known: Known, rules: Rules, *, now: datetime) -> Verdict:
    """Say what is to be done about an email; the strictest reason comes first."""
    dispatch = known.dispatch
    if dispatch is not None and dispatch.outcome is Outcome.SENDING:
        return Doubt(dispatch)
    if dispatch is not None and dispatch.outcome.is_final:
        return Settled(dispatch)
    if reason := _never(email, known, rules, now):
        return Drop(reason)
    if dispatch is not None and now < (again := tried_again_at(dispatch, retry_s=rules.retry_s)):
        return Wait(again)
    until = quiet_until(now, rules.quiet, zone_of(email.time_zone, rules.zone))
    return Wait(until) if until else Send()


def _never(email: FinishedEmail, known: Known, rules: Rules, now: datetime) -> NotSent | None:
    if known.suppression is not None:
        return known.suppression.reason
    if email.address is None and not (rules.without_address and email.placeholder):
        return NotSent.NO_ADDRESS
    if email.held_out:
        return NotSent.HOLDOUT
    if known.dispatch is None and not _may_have_another(known.contact, rules.cap, now):
        return NotSent.FREQUENCY
    return None


def _may_have_another(contact: Contact | None, cap: Cap, now: datetime) -> bool:
    """An email that waits for another try has been counted already."""
    return contact is None or contact.may_have_another(int(now.timestamp()), cap)


def written_to(contact: Contact | None, customer_id: str, *, now: datetime, most: int) -> Contact:
    """Return a contact with another email at this time, the next version of it."""
    found = contact or Contact(customer_id=customer_id)
    times = (int(now.astimezone(UTC).timestamp()), *found.times)[:most]
    return found.model_copy(update={"times": times, "version": found.version + 1})
