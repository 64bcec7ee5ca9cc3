"""How shops write times: each is read right or refused with its reason."""

from datetime import datetime
from typing import NamedTuple

import pytest

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.values.conventions import Defaults, Reads
from fondly.ingest.domain.values.moments import read_moment
from services.ingest.tests.unit.values.columns import AMERICAN, GERMAN, INDIAN, NOW, decided

BRITISH = Defaults("GBP", "en_GB", "Europe/London", NOW)
CANADIAN = Defaults("CAD", "en_CA", "America/Toronto", NOW)
ORDER = "with a clear order of day and month"
A_DATE = "a date such as 2026-11-24"
FAR = "a time from 1995 to two years from now"
ROUNDED = "looks like a number that a spreadsheet has rounded"


class Case(NamedTuple):
    """A cell, the moment that it means or why it is refused, its shop and its column's other cells."""

    text: str
    moment: str | None = None
    reason: str = ""
    shop: Defaults = GERMAN
    others: tuple[str, ...] = ()


MIDNIGHT, QUARTER_TO_TWO = "2026-11-24T00:00+01:00", "2026-11-24T13:45+01:00"
CASES = [
    # ISO 8601
    Case("2026-11-24", MIDNIGHT),
    Case("2026-11-24", "2026-11-24T00:00+05:30", shop=INDIAN),
    Case("2026-11-24T13:45", QUARTER_TO_TWO),
    Case("2026-11-24 13:45:00", QUARTER_TO_TWO),
    Case("2026-11-24T12:45:00Z", QUARTER_TO_TWO),
    Case("2026-11-24t12:45:00z", QUARTER_TO_TWO),
    Case("2026-11-24T12:45:00.123Z", QUARTER_TO_TWO),
    Case("2026-11-24T13:45:00,1234567+01:00", QUARTER_TO_TWO),
    Case("2026-11-24T18:15:00+05:30", QUARTER_TO_TWO),
    Case("2026-11-24 13:45:00 +0100", QUARTER_TO_TWO),
    Case("2026-11-24 12:45:00 UTC", QUARTER_TO_TWO),
    Case("2026-11-24T07:45:00-05", QUARTER_TO_TWO),
    Case("20261124", MIDNIGHT),
    Case("20261124T134500", QUARTER_TO_TWO),
    Case("2026/11/24", MIDNIGHT),
    Case("2026.11.24", MIDNIGHT),
    Case("２０２６-11-24", MIDNIGHT),  # noqa: RUF001 - full-width digits
    # Figures with the year last
    Case("24.11.2026", MIDNIGHT),
    Case("24.11.2026, 13:45", QUARTER_TO_TWO),
    Case("24/11/2026 13:45", QUARTER_TO_TWO),
    Case("24-11-2026", MIDNIGHT),
    Case("11/24/2026 1:45 PM", QUARTER_TO_TWO),
    Case("11/24/2026, 1:45:00\u202fpm", QUARTER_TO_TWO),
    Case("05.06.2026", "2026-06-05T00:00+02:00"),
    Case("05.06.2026", "2026-06-05T00:00-04:00", shop=AMERICAN),
    Case("05.06.2026", "2026-05-06T00:00-04:00", shop=AMERICAN, others=("12.31.2025",)),
    Case("05/06/2026", reason=ORDER, shop=BRITISH),
    Case("05/06/2026", reason=ORDER, shop=AMERICAN),
    Case("05/06/2026", "2026-05-06T00:00-04:00", shop=CANADIAN, others=("12/31/2025",)),
    Case("05/06/2026", "2026-06-05T00:00-04:00", shop=AMERICAN, others=("31/12/2025",)),
    Case("05/06/2026", reason=ORDER, shop=GERMAN, others=("12/31/2025", "31/12/2025")),
    Case("06/06/2026", "2026-06-06T00:00-04:00", shop=CANADIAN),
    # Months by name
    Case("24-Nov-2026", MIDNIGHT),
    Case("24 Nov 2026", MIDNIGHT),
    Case("Nov 24, 2026", MIDNIGHT),
    Case("November 24, 2026 1:45 p.m.", QUARTER_TO_TWO),
    Case("24th November 2026", MIDNIGHT),
    Case("24. November 2026", MIDNIGHT),
    Case("24. Dez. 2025", "2025-12-24T00:00+01:00"),
    Case("24 novembre 2026", MIDNIGHT),
    Case("1er févr. 2026", "2026-02-01T00:00+01:00"),
    Case("24 de noviembre de 2026", MIDNIGHT),
    Case("Tue, 24 Nov 2026 13:45:00 +0100", QUARTER_TO_TWO),
    Case("Dienstag, 24. November 2026", MIDNIGHT),
    Case("Nov 24, 2026 4:45:00 AM PST", QUARTER_TO_TWO),
    Case("Tue Nov 24 2026 13:45:00 GMT+0100 (Central European Standard Time)", QUARTER_TO_TWO),
    # Unix time
    Case("1795524300", QUARTER_TO_TWO),
    Case("1795524300.25", QUARTER_TO_TWO),
    Case("1795524300123", QUARTER_TO_TWO),
    # Where clocks change, the first of two moments is meant
    Case("2026-10-25 02:30", "2026-10-25T02:30+02:00"),
    # What is refused
    Case("2024", reason="this looks like a year alone"),
    Case("45293", reason="this looks like a spreadsheet's day number"),
    Case("45293.5729", reason="this looks like a spreadsheet's day number"),
    Case("1.79552E+09", reason=ROUNDED),
    Case("1672909124000000", reason="micro- or nanoseconds"),
    Case("1672909", reason=A_DATE),
    Case("202401021345", reason=A_DATE),
    Case("20241301", reason="a date that the calendar has"),
    Case("31.02.2026", reason="a date that the calendar has"),
    Case("29.02.2025", reason="a date that the calendar has"),
    Case("13/13/2026", reason="a date that the calendar has"),
    Case("24.11.26", reason="a year of four digits"),
    Case("11/24/26 1:45 PM", reason="a year of four digits"),
    Case("24-Nov-26", reason="a year of four digits"),
    Case("Nov 2026", reason=A_DATE),
    Case("Wed, 24 Nov 2026", reason="a date with its own weekday"),
    Case("ca. 24 Nov 2026", reason=A_DATE),
    Case("since 24 Nov 2026", reason=A_DATE),
    Case("24 Nov 2026 or later", reason="a date with a time of day"),
    Case("2026-11-24T25:00", reason="a date with a time of day"),
    Case("2026-11-24 13:45 PM", reason="a date with a time of day"),
    Case("2026-11-24 13:60", reason="a date with a time of day"),
    Case("2026-11-24 13:45 +15:00", reason="a date with a time of day"),
    Case("2026-11-24 13:45 CST", reason="a date with a time of day"),
    Case("1969-12-31", reason=FAR),
    Case("1994-12-30", reason=FAR),
    Case("2028-12-01", reason=FAR),
    Case("9999999999", reason=FAR),
    Case("9999999999999", reason=FAR),
    Case("2569-11-24", reason=FAR),
    Case("yesterday", reason=A_DATE),
    Case("", reason=A_DATE),
    Case("9" * 101, reason=A_DATE),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text[:30]}-{case.shop.locale}")
def test_a_time_is_read_right_or_refused(case: Case) -> None:
    """By the shop's time zone and locale, and by what the other cells of the column prove."""
    column = decided(Reads.MOMENT, [case.text, *case.others], case.shop)
    if case.moment is not None:
        assert read_moment(case.text, column) == datetime.fromisoformat(case.moment).timestamp()
        return
    with pytest.raises(UnreadableError) as refused:
        read_moment(case.text, column)
    assert case.reason in refused.value.expected


def test_the_table_is_as_long_as_it_claims_to_be() -> None:
    """At least 40 spellings."""
    assert len({case.text for case in CASES}) >= 40


def test_a_person_may_say_that_only_the_year_comes_first() -> None:
    """Then a date that can be read in two ways is refused, and all others are read by themselves."""
    column = decided(Reads.MOMENT, ["05/06/2026"], GERMAN, chosen=Units(dates="year-month-day"))
    assert read_moment("2026/06/05", column) == read_moment("2026-06-05", column)
    with pytest.raises(UnreadableError, match=r"with the year first \(set in mapping.yaml\)"):
        read_moment("05/06/2026", column)
