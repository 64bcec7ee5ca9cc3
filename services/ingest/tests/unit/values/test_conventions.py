"""What decides how a column is read, in order of authority, and how that is reported."""

import time

import pytest

from fondly.contracts.ingest_report import Convention
from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.values.conventions import ColumnSurvey, Defaults, Reads
from fondly.ingest.domain.values.evidence import MAX_OPEN, MAX_SHAPES
from fondly.ingest.domain.values.moments import read_moment
from fondly.ingest.domain.values.money import read_price
from services.ingest.tests.unit.values.columns import AMERICAN, GERMAN, INDIAN, decided, surveyed


def test_nothing_is_reported_of_a_column_without_ambiguous_values() -> None:
    """Though its values prove a decimal mark."""
    column = decided(Reads.MONEY, ["49,95 €", "12", "1.299,00 €", "free"], GERMAN)
    assert (column.decimal, column.convention) == (",", None)


def test_the_values_of_a_column_decide_against_the_custom_of_its_shop() -> None:
    """A German shop's file in American figures; the report quotes the first proof."""
    column = decided(Reads.MONEY, ["1.299", "12.50", "3.75"], GERMAN)
    assert column.decimal == "."
    assert column.convention == Convention(column="price", reads="decimal point", because="line 3: '12.50'")


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("49,95", ","),
        ("4.5", "."),
        ("1.234.567", ","),
        ("1,39,900", "."),
        ("1,234.5", "."),
        ("1.234,567", ","),
        ("0,500", ","),
        ("1299.000", "."),
        ("12.990000", "."),
        ("1 299,500", ","),
        ("1'299.50", "."),
        ("299,-", ","),
        ("1.299,-", ","),
        (".99", "."),
    ],
)
def test_a_value_with_one_reading_proves_the_decimal_mark(cell: str, decimal: str) -> None:
    """By its groups, its decimals, both, or the dash that stands for them."""
    assert decided(Reads.MONEY, [cell]).decimal == decimal


@pytest.mark.parametrize(
    "cell", ["12", "1 299", "1'299", "1.299", "1,299", "₹399/-", "\u0663\u066b\u0665", "1.2.3", "soon"]
)
def test_other_values_prove_nothing(cell: str) -> None:
    """Among them those that cannot be read."""
    assert not surveyed(Reads.MONEY, [cell]).evidence.proved


def test_other_columns_of_money_decide_what_a_column_leaves_open() -> None:
    """The list price has cents where the price has none."""
    listed = surveyed(Reads.MONEY, ["1.399", "1.499,95"])
    column = decided(Reads.MONEY, ["1.299"], AMERICAN, kin=[listed, surveyed(Reads.MONEY, ["12"])])
    assert column.convention == Convention(
        column="price", reads="decimal comma", because="another column, line 3: '1.499,95'"
    )


def test_a_column_decides_before_its_kin() -> None:
    """And kin that disagree decide nothing, so that the custom of the shop is not asked either."""
    comma, point = surveyed(Reads.MONEY, ["1,5"]), surveyed(Reads.MONEY, ["1.5"])
    assert decided(Reads.MONEY, ["1.299", "3.5"], kin=[comma]).decimal == "."
    assert decided(Reads.MONEY, ["1.299"], GERMAN, kin=[comma, point]).decimal is None


def test_a_person_decides_before_all_others() -> None:
    """The report says where it was set; values with one reading are read by themselves."""
    column = decided(Reads.MONEY, ["1.299", "12.50"], AMERICAN, chosen=Units(decimal=","))
    assert column.convention == Convention(
        column="price", reads="decimal comma", because="set in mapping.yaml"
    )
    assert [str(read_price(cell, column).amount) for cell in ("1.299", "12.50")] == ["1299", "12.50"]


def test_a_column_with_proofs_of_both_marks_refuses_what_is_ambiguous() -> None:
    """The reason names the line of each proof, and is the same for all values that it refuses."""
    column = decided(Reads.MONEY, ["1.299", "12.50", "1,299", "12,50"], GERMAN)
    why = "decimal point in line 3: '12.50' but decimal comma in line 5: '12,50'"
    for cell in ("1.299", "1,299"):
        with pytest.raises(UnreadableError) as refused:
            read_price(cell, column)
        assert (
            refused.value.expected
            == f"a price with a clear decimal mark ({why}): set `decimal` for it in mapping.yaml"
        )
    assert column.convention == Convention(
        column="price", reads="undecided: ambiguous values are refused", because=why
    )


def test_the_custom_of_the_currency_or_the_locale_is_named() -> None:
    """Whichever decided it."""
    by_currency, by_locale = decided(Reads.MONEY, ["₹1,099"], INDIAN), decided(Reads.MONEY, ["1.299"], GERMAN)
    assert by_currency.convention is not None
    assert by_locale.convention is not None
    assert (by_currency.convention.because, by_locale.convention.because) == ("currency INR", "locale de_DE")


def test_a_symbol_that_is_taken_for_the_currency_of_the_shop_is_reported() -> None:
    """It could be another; the dollar of an American shop could not."""
    swedish = Defaults("SEK", "sv_SE", "Europe/Stockholm")
    column = decided(Reads.MONEY, ["kr 12", "$3"], swedish)
    assert column.convention == Convention(
        column="price",
        reads="kr is SEK; $ is USD, not SEK",
        because="currency SEK; line 3: '$3'",
    )
    assert decided(Reads.MONEY, ["$3"], AMERICAN).convention is None


def test_points_and_commas_that_are_both_ambiguous_decide_nothing() -> None:
    """One of them is a decimal mark, and the custom of the shop may be that of neither value."""
    assert decided(Reads.MONEY, ["$1,299", "$1.299"], AMERICAN).decimal is None


def test_numbers_are_decided_by_the_locale_alone() -> None:
    """There is no currency."""
    assert decided(Reads.NUMBER, ["24,269"], INDIAN).decimal == "."
    assert decided(Reads.NUMBER, ["24,269"], GERMAN).decimal is None


def test_the_order_of_day_and_month_is_reported() -> None:
    """With the first cell that proves it."""
    column = decided(Reads.MOMENT, ["05/06/2026", "24/06/2026 13:45"], AMERICAN)
    assert column.convention == Convention(
        column="price", reads="day before month", because="line 3: '24/06/2026 13:45'"
    )
    assert decided(Reads.MOMENT, ["24/06/2026", "2026-06-05"]).convention is None


def test_two_years_ahead_is_by_the_clock_unless_a_moment_is_given() -> None:
    """Defaults take the present moment."""
    latest = decided(Reads.MOMENT, [], Defaults("EUR", "de_DE", "UTC")).latest
    two_years = 2 * 366 * 86_400
    assert two_years <= latest - time.time() <= two_years + 86_400


def test_a_survey_remembers_a_bounded_number_of_shapes_and_misses_nothing() -> None:
    """Whatever a column holds; what is proved in its last line counts."""
    money, dates = ColumnSurvey(Reads.MONEY), ColumnSurvey(Reads.MOMENT)
    for line in range(2 * MAX_SHAPES):
        money.see(f"{chr(0x4E00 + line)} 1.299", line)
        dates.see(f"{line} days", line)
    assert len(money.evidence.open) == MAX_OPEN
    money.see("3,50", 99_999)
    dates.see("24/11/2026", 99_999)
    assert list(money.evidence.proved) == [","]
    assert list(dates.evidence.proved) == ["day-month-year"]


def test_more_kinds_of_ambiguous_values_than_are_remembered_decide_nothing() -> None:
    """One of those that are not remembered may contradict."""
    cells = [f"1.299 {chr(0x4E00 + number)}" for number in range(MAX_OPEN + 1)]
    assert decided(Reads.MONEY, ["1.299 €", *cells], GERMAN).decimal is None


def test_dates_are_decided_with_the_other_dates_of_the_file() -> None:
    """As money is with other money."""
    column = decided(Reads.MOMENT, ["05/06/2026"], GERMAN, kin=[surveyed(Reads.MOMENT, ["06/24/2026"])])
    assert read_moment("05/06/2026", column) == read_moment("2026-05-06", column)


@pytest.mark.parametrize(("currency", "time_zone"), [("MRP", "UTC"), ("EUR", "Berlin"), ("eur", "UTC")])
def test_settings_that_name_nothing_are_a_mistake(currency: str, time_zone: str) -> None:
    """It shows when they are given, not when the first value is read."""
    with pytest.raises(UnreadableError):
        Defaults(currency, "de_DE", time_zone)
    with pytest.raises(UnreadableError):
        decided(Reads.MONEY, ["12"], GERMAN, chosen=Units(currency="MRP"))
