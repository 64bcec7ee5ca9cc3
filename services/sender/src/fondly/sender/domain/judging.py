"""Whether one finished email goes out now, later, or never."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fondly.contracts.consent import Cap, Contact, Suppression
from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent, Outcome

LONGEST_WAIT_S = 4 * 3_600
Quiet = tuple[time, time]
"""From when until when nothing goes out; the second time may be on the next day."""


def quiet_until(now: datetime, quiet: Quiet | None, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours end that a moment is in, by the clock of `zone`; None if it is in none."""
    if quiet is None:
        return None
    begins, ends = quiet
    local = now.astimezone(zone)
    clock = local.time()
    overnight = begins > ends
    is_quiet = (clock >= begins or clock < ends) if overnight else begins <= clock < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if overnight and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=1_024)
def zone_of(name: str | None, default: ZoneInfo) -> ZoneInfo:
    """Return a customer's time zone, or the default if it has none that is known."""
    if not name:
        return default
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return default


def tried_again_at(dispatch: Dispatch, *, retry_s: int) -> datetime:
    """Return when an email that was not accepted is tried again: each time after twice as long."""
    wait_s = min(LONGEST_WAIT_S, retry_s * 2 ** max(0, dispatch.tries - 1))
    return dispatch.at + timedelta(seconds=wait_s)


@dataclass(frozen=True)
class Rules:
    """What the shop has set for everybody."""

    quiet: Quiet | None = None
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - immutable
    """The time zone of customers whose own is not known."""
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
    """The email goes out."""


@dataclass(frozen=True)
class Drop:
    """The email never goes out."""

    reason: NotSent


@dataclass(frozen=True)
class Wait:
    """The email may go out at that time."""

    until: datetime


@dataclass(frozen=True)
class Doubt:
    """A worker was handing the email over and has not recorded what came of it: it never goes out again."""

    dispatch: Dispatch


@dataclass(frozen=True)
class Settled:
    """Something final is known of the email."""

    dispatch: Dispatch


Verdict = Send | Drop | Wait | Doubt | Settled


def judge(email: FinishedEmail, known: Known, rules: Rules, *, now: datetime) -> Verdict:
    """Return what to do about an email; the strictest reason comes first."""
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
    contact = known.contact if known.dispatch is None else None  # one that is tried again has been counted
    if contact and not contact.may_have_another(int(now.timestamp()), rules.cap):
        return NotSent.FREQUENCY
    return None


def written_to(contact: Contact | None, customer_id: str, *, now: datetime, most: int) -> Contact:
    """Return a contact with another email at this time, the next version of it."""
    found = contact or Contact(customer_id=customer_id)
    times = (int(now.astimezone(UTC).timestamp()), *found.times)[:most]
    return found.model_copy(update={"times": times, "version": found.version + 1})
