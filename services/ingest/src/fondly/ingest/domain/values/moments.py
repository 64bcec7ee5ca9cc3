"""Reads points in time as Unix seconds."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.conventions import Decided
from fondly.ingest.domain.values.dates import AmbiguousOrderError, WrittenDate, leading_date

_ZONE_HOURS = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT"), 0),
    # The names that RFC 5322 defines, but CST and CDT, which are China's and Cuba's as well.
    "EST": -5,
    "EDT": -4,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
}
_ZONES = "|".join(sorted(_ZONE_HOURS, key=len, reverse=True))
_CLOCK = (
    r"(?:T|,? )(?P<hour>[0-9]{{1,2}}){0}(?P<minute>[0-9]{{2}})"
    r"(?:{0}(?P<second>[0-9]{{2}})(?:[.,][0-9]{{1,9}})?)?(?: ?(?P<half>[AP])\.?M\.?)?"
    r"(?: ?(?P<zone>{1}))?(?: ?(?P<sign>[+-])(?P<hours>[0-9]{{2}})(?::?(?P<minutes>[0-9]{{2}}))?)?"
    r"(?: \([^()]{{1,50}}\))?"
)
_TIME = re.compile(_CLOCK.format(":", _ZONES), re.IGNORECASE)
_COMPACT_TIME = re.compile(_CLOCK.format("", _ZONES), re.IGNORECASE)
_LAST_HOUR, _LAST_MINUTE, _NOON, _MAX_OFFSET_HOURS = 23, 59, 12, 14


class TimeOfDay(NamedTuple):
    """Hour, minute and second; `zone` is None if the text names none."""

    hour: int
    minute: int
    second: int
    zone: tzinfo | None


_MIDNIGHT = TimeOfDay(0, 0, 0, None)


@lru_cache(maxsize=4096)
def time_of_day(text: str, *, is_compact: bool = False) -> TimeOfDay | None:
    """Return the time of day behind a date, midnight for no text at all; None if it cannot be read."""
    if not text:
        return _MIDNIGHT
    found = (_COMPACT_TIME if is_compact else _TIME).fullmatch(text)
    if found is None:
        return None
    hour = _hour(int(found["hour"]), found["half"])
    minute, second = int(found["minute"]), int(found["second"] or 0)
    if hour is None or max(minute, second) > _LAST_MINUTE:
        return None
    has_zone = found["zone"] or found["sign"]
    zone = _zone(found) if has_zone else None
    return None if has_zone and zone is None else TimeOfDay(hour, minute, second, zone)


def _hour(hour: int, half: str | None) -> int | None:
    if half is None:
        return hour if hour <= _LAST_HOUR else None
    if not 1 <= hour <= _NOON:
        return None
    return hour % _NOON + (_NOON if half in "pP" else 0)


def _zone(found: re.Match[str]) -> tzinfo | None:
    """Return the zone of a name, of an offset, or of both, as in `GMT+0100`; None if there is no such one."""
    named = _ZONE_HOURS[found["zone"].upper()] if found["zone"] else 0
    if not found["sign"]:
        return timezone(timedelta(hours=named)) if named else UTC
    hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
    if named or hours > _MAX_OFFSET_HOURS or minutes > _LAST_MINUTE:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found["sign"] == "-" else offset)


EARLIEST = 788_832_000
"""A day before 1995 began in UTC: no web shop is older."""
MAX_CHARS = 100
_A_DATE = "a date such as 2026-11-24, with a time of day or without"
_UNIX_SECONDS = re.compile(r"[0-9]{10}(?:\.[0-9]{1,9})?")
_UNIX_MILLISECONDS = re.compile(r"[0-9]{13}(?:\.0{1,9})?")
_MILLISECONDS = 1000
_LOOKS_LIKE = (
    (re.compile(r"[0-9]{4}"), "a whole date: this looks like a year alone"),
    (
        re.compile(r"[0-9]{5}(?:[.,][0-9]+)?"),
        "a date: this looks like a spreadsheet's day number; format the column as a date",
    ),
    (
        re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE),
        "a date: this looks like a number that a spreadsheet has rounded; format the column as text",
    ),
    (
        re.compile(r"[0-9]{16}|[0-9]{19}"),
        "Unix seconds or milliseconds: this looks like micro- or nanoseconds",
    ),
    (
        re.compile(r"[0-9]{1,2}([-/. ])(?:[0-9]{1,2}|[^\W\d_]{3,10})\1[0-9]{2}(?:[T, ].*)?"),
        "a date with a year of four digits",
    ),
)


def read_moment(text: str, decided: Decided) -> int:
    """Read a date with or without a time of day, or Unix seconds or milliseconds, as Unix seconds.

    Day and month are in the order that was decided for the column, and a time without an offset is in the
    column's time zone; where clocks are turned back, the first of two moments is meant.
    """
    written = plain(text)
    if len(text) > MAX_CHARS:
        raise UnreadableError(_A_DATE, text)
    if _UNIX_SECONDS.fullmatch(written):
        seconds = int(written[:10])
    elif _UNIX_MILLISECONDS.fullmatch(written):
        seconds = int(written[:13]) // _MILLISECONDS
    else:
        seconds = _of_date(written, decided, text)
    if not EARLIEST <= seconds <= decided.latest:
        raise UnreadableError("a time from 1995 to two years from now", text)
    return seconds


def _of_date(written: str, decided: Decided, text: str) -> int:
    try:
        date = leading_date(written, decided.date_order)
    except AmbiguousOrderError:
        raise UnreadableError(f"a date {decided.refusal}", text) from None
    if date is None:
        like = (expected for pattern, expected in _LOOKS_LIKE if pattern.fullmatch(written))
        raise UnreadableError(next(like, _A_DATE), text)
    time = time_of_day(date.rest, is_compact=date.is_compact)
    if time is None:
        raise UnreadableError("a date with a time of day such as 13:45, 1:45 PM or 13:45:00 +01:00", text)
    day = _existing(date, text)
    zone = time.zone or decided.time_zone
    return int(day.replace(hour=time.hour, minute=time.minute, second=time.second, tzinfo=zone).timestamp())


def _existing(date: WrittenDate, text: str) -> datetime:
    try:
        day = datetime(date.year, date.month, date.day)  # noqa: DTZ001 - its zone is that of the time of day
    except ValueError:
        raise UnreadableError("a date that the calendar has", text) from None
    if date.weekday is not None and date.weekday != day.weekday():
        raise UnreadableError("a date with its own weekday", text)
    return day
