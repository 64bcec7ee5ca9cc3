"""Reads the day that a text begins with, in the forms that shops export."""

import re
from typing import Literal, NamedTuple

from fondly.ingest.domain.data import read_table

_TABLE = read_table(__package__, "dates.toml")
MONTHS = {name: int(month) for month, names in _TABLE["months"].items() for name in names.split()}
"""The month, 1 to 12, by name in small letters."""
WEEKDAYS = {name: int(weekday) for weekday, names in _TABLE["weekdays"].items() for name in names.split()}
"""The weekday, 0 (Monday) to 6, by name in small letters."""
DateOrder = Literal["day-month-year", "month-day-year", "year-month-day"]
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])")
_WEEKDAY = r"(?:(?P<weekday>[^\W\d_]{2,10})(?:-feira)?\.?,? )?"
_MONTH = r"(?P<month>[^\W\d_]{3,10})"
_DAY_NAMED = re.compile(
    rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?: de | |-){_MONTH}\.?"
    r"(?: de | del |,? |-)(?P<year>[0-9]{4})(?![0-9])"
)
_MONTH_NAMED = re.compile(
    rf"{_WEEKDAY}{_MONTH}\.?[ -](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? |-)(?P<year>[0-9]{{4}})(?![0-9])"
)
_LAST_MONTH = 12


class WrittenDate(NamedTuple):
    """A day, which need not exist, the text behind it, and its weekday if it is named (0 is Monday)."""

    year: int
    month: int
    day: int
    rest: str
    weekday: int | None = None
    is_compact: bool = False


class AmbiguousOrderError(ValueError):
    """Day and month can be either, and nothing says which comes first."""


def leading_date(text: str, order: DateOrder | None) -> WrittenDate | None:
    """Return the date that a text begins with, if any; `AmbiguousOrderError` if only `order` could tell."""
    if found := _YEAR_FIRST.match(text):
        return WrittenDate(int(found[1]), int(found[3]), int(found[4]), text[found.end() :])
    if found := _YEAR_LAST.match(text):
        month, day = _month_and_day(int(found[1]), int(found[3]), order)
        return WrittenDate(int(found[4]), month, day, text[found.end() :])
    if found := _COMPACT.match(text):
        year, month, day = map(int, found.groups())
        return WrittenDate(year, month, day, text[found.end() :], is_compact=True)
    found = _DAY_NAMED.match(text) or _MONTH_NAMED.match(text)
    return _named(found, text[found.end() :]) if found else None


def _month_and_day(first: int, second: int, order: DateOrder | None) -> tuple[int, int]:
    """A number beyond 12 is a day, and two equal numbers read the same either way."""
    if first > _LAST_MONTH or first == second:
        return second, first
    if second > _LAST_MONTH or order == "month-day-year":
        return first, second
    if order == "day-month-year":
        return second, first
    raise AmbiguousOrderError


def _named(found: re.Match[str], rest: str) -> WrittenDate | None:
    month, weekday = MONTHS.get(found["month"].casefold()), None
    if found["weekday"] is not None:
        weekday = WEEKDAYS.get(found["weekday"].casefold())
        if weekday is None:
            return None
    if month is None:
        return None
    return WrittenDate(int(found["year"]), month, int(found["day"]), rest, weekday)
