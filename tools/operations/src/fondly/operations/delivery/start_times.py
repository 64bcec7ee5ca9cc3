"""When a delivery is to begin, as a person writes it."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fondly.operations.errors import OperationError

LATEST = timedelta(days=90)
EXPECTED = "expected 09:00, `2026-11-30 09:00`, or either with a zone: `09:00 Europe/Berlin`, `…T09:00+01:00`"
_PARTS = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d)[T ])?(?P<clock>\d\d?:\d\d(?::\d\d)?)"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?(?: (?P<zone>[A-Za-z][\w+/-]*))?"
)


def start_time(text: str, *, now: datetime, local: tzinfo | None = None) -> datetime:
    """Return the time in UTC; raise `OperationError` for what is no time, or is past or far ahead.

    A time of day without a date is the next one. Without a zone it is by the clock of this machine (`local`).
    """
    found = _PARTS.fullmatch(" ".join(text.split()))
    if found is None or (found["offset"] and found["zone"]):
        raise OperationError(f"--at {text}: {EXPECTED}")
    try:
        zone = _zone(found["offset"], found["zone"]) or local
        clock = time.fromisoformat(found["clock"].zfill(5))
        starts = _on(found["day"], clock, zone, now)
    except ZoneInfoNotFoundError as error:
        raise OperationError(f"--at {text}: there is no time zone {found['zone']}, {EXPECTED}") from error
    except ValueError as error:
        raise OperationError(f"--at {text}: {EXPECTED}") from error
    if starts <= now:
        raise OperationError(f"--at {text} is past: it is {now:%Y-%m-%d %H:%M} UTC")
    if starts > now + LATEST:
        raise OperationError(f"--at {text} is more than {LATEST.days} days ahead")
    return starts


def _zone(offset: str | None, name: str | None) -> tzinfo | None:
    if offset:
        return datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo
    return (UTC if name == "UTC" else ZoneInfo(name)) if name else None


def _on(day: str | None, clock: time, zone: tzinfo | None, now: datetime) -> datetime:
    if day:
        return _at(date.fromisoformat(day), clock, zone)
    today = now.astimezone(zone).date()
    starts = _at(today, clock, zone)
    return starts if starts > now else _at(today + timedelta(days=1), clock, zone)


def _at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """The moment at which the clock of a zone, or this machine's, shows this."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
