"""Reads what stands behind a date: a time of day and where on earth it is."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

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
