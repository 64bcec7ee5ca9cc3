"""Reads the day that a text begins with, in the forms that shops export."""

import re
from typing import Literal, NamedTuple

# From CLDR, with what people write beside it; no name means two months in these languages. Tests compare the
# names with `babel`, which has them all, though our images keep only English and German.
_MONTHS = {
    1: "january januar januari janvier jan janv jän jänner enero ene gennaio gen janeiro",
    2: "february februar februari février feb fév févr febrero febbraio fevereiro fev",
    3: "march mar mars marts märz mär mrz marzo maart mrt março",
    4: "april apr avril avr abril abr aprile",
    5: "may mai maj mayo maggio mag mei maio",
    6: "june jun juni juin junio giugno giu junho",
    7: "july jul juli juillet juil julio luglio lug julho",
    8: "august aug augusti augustus août aoû agosto ago",
    9: "september sep sept septembre septiembre settembre set setembro",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des",
}
_WEEKDAYS = {
    0: "monday mon montag mo lundi lun lunes lunedì maandag ma segunda seg måndag mån mandag man",
    1: "tuesday tue tues dienstag di mardi mar martes martedì dinsdag terça ter tisdag tis tirsdag tirs tir",
    2: "wednesday wed mittwoch mi mercredi mer miércoles mié mercoledì woensdag wo quarta qua onsdag ons",
    3: (
        "thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì gio donderdag quinta qui torsdag "
        "tors tor"
    ),
    4: "friday fri freitag fr vendredi ven viernes vie venerdì vrijdag vr sexta sex fredag fre",
    5: "saturday sat samstag sonnabend sa samedi sam sábado sáb sabato sab zaterdag za lördag lör lørdag lør",
    6: "sunday sun sonntag so dimanche dim domingo dom domenica zondag zo söndag sön søndag søn",
}
MONTHS = {name: month for month, names in _MONTHS.items() for name in names.split()}
"""The month, 1 to 12, by name in small letters."""
WEEKDAYS = {name: weekday for weekday, names in _WEEKDAYS.items() for name in names.split()}
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
