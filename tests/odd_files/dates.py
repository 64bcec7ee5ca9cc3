"""Dates and times of reviews, in UTC where they name no zone."""

from tests.odd_files.case import Case, case
from tests.odd_files.cells import cell
from tests.odd_files.shop import published, row, table

SECOND_OF_JANUARY = 1_704_153_600
"""The start of 2 January 2024."""
FIRST_OF_FEBRUARY = 1_706_745_600
THIRTEENTH_OF_JANUARY = 1_705_104_000


def _at(name: str, text: str, *seconds: int, surely: bool = False) -> Case:
    return cell(name, "timestamp", text, "R.timestamp", *seconds, surely=surely)


def _column(name: str, first: tuple[str, int], second: tuple[str, int]) -> Case:
    content = table([row(1, timestamp=first[0]), row(2, timestamp=second[0])])
    changes = {"R1": {"timestamp": first[1]}, "R2": {"timestamp": second[1]}}
    return case(name, content, published(1, 2, changes=changes))


CASES = (
    _at("seconds", "1704153600", SECOND_OF_JANUARY, surely=True),
    _at("milliseconds", "1704153600000", SECOND_OF_JANUARY, surely=True),
    _at("seconds-with-a-decimal", "1704153600.0", SECOND_OF_JANUARY),
    _at("iso-day", "2024-01-02", SECOND_OF_JANUARY, surely=True),
    _at("iso-time", "2024-01-02T03:04:05Z", SECOND_OF_JANUARY + 11_045, surely=True),
    _at("iso-time-with-offset", "2024-01-02T02:00:00+02:00", SECOND_OF_JANUARY, surely=True),
    _at("iso-time-with-a-space", "2024-01-02 03:04:05", SECOND_OF_JANUARY + 11_045, surely=True),
    _at("iso-day-without-dashes", "20240102", SECOND_OF_JANUARY),
    _at("points", "02.01.2024", SECOND_OF_JANUARY),
    _at("day-first-for-certain", "13/01/2024", THIRTEENTH_OF_JANUARY),
    _at("month-first-for-certain", "01/13/2024", THIRTEENTH_OF_JANUARY),
    _at("day-and-month-unclear", "02/01/2024", SECOND_OF_JANUARY, FIRST_OF_FEBRUARY),
    _at("month-in-words", "2 January 2024", SECOND_OF_JANUARY),
    _at("month-in-words-first", "Jan 2, 2024", SECOND_OF_JANUARY),
    _at("time-with-pm", "01/13/2024 3:04:05 PM", THIRTEENTH_OF_JANUARY + 54_245),
    _column(
        "day-first-by-the-column", ("01/02/2024", FIRST_OF_FEBRUARY), ("13/01/2024", THIRTEENTH_OF_JANUARY)
    ),
    _column(
        "month-first-by-the-column", ("01/02/2024", SECOND_OF_JANUARY), ("01/13/2024", THIRTEENTH_OF_JANUARY)
    ),
    *(
        _at(name, text)
        for name, text in {
            "serial-of-excel": "45293",
            "serial-of-excel-with-time": "45293.5",
            "a-year": "2024",
            "nothing": "0",
            "before-1970": "1899-12-30",
            "far-future": "9999-12-31",
            "no-such-day": "2024-02-30",
            "no-such-day-with-slashes": "31/02/2024",
            "no-such-time": "2024-01-02T25:00:00",
            "in-words": "yesterday",
            "below-zero": "-1704153600",
            "microseconds-too-many": "17041536000000000000",
        }.items()
    ),
)
