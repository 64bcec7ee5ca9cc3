"""Whatever a shop writes by the rules of a country is read back exactly or refused, never read wrong."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.conventions import Defaults, Reads
from fondly.ingest.domain.values.currencies import MINOR_UNITS
from fondly.ingest.domain.values.moments import read_moment
from fondly.ingest.domain.values.money import Price, read_price
from fondly.ingest.domain.values.numbers import read_count
from services.ingest.tests.unit.values.columns import NOW, decided

_LOCALES = (
    "ar_AE ar_EG bn_BD bg_BG cs_CZ da_DK de_AT de_CH de_DE el_GR en_AU en_CA en_GB en_IN en_US en_ZA es_AR "
    "es_ES es_MX fa_IR fi_FI fr_CA fr_CH fr_FR he_IL hi_IN hu_HU id_ID it_IT ja_JP ko_KR lt_LT mr_IN nb_NO "
    "ne_NP nl_NL pl_PL pt_BR pt_PT ro_RO ru_RU sv_SE th_TH tr_TR uk_UA vi_VN zh_CN"
)
_CURRENCIES = "EUR USD GBP INR JPY CHF KWD TND SEK DKK NOK PLN BRL CAD AUD CNY IDR VND KRW CLP ISK MXN ZAR"
TIME_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
locales = st.sampled_from(_LOCALES.split())
currencies = st.sampled_from(_CURRENCIES.split())
shops = st.builds(
    Defaults,
    currency=currencies,
    locale=locales,
    time_zone=st.sampled_from(TIME_ZONES),
    now=st.just(NOW),
)


def with_currency(amount: Decimal, currency: str, locale: str) -> str:
    """Return an amount with its currency and as many decimals as that has."""
    return format_currency(amount, currency, locale=locale)


def with_code(amount: Decimal, currency: str, locale: str) -> str:
    """Return an amount with the code of its currency behind it."""
    return format_currency(amount, currency, _figures(amount) + " ¤¤", locale=locale, currency_digits=False)


def bare(amount: Decimal, _currency: str, locale: str) -> str:
    """Return an amount alone, in groups."""
    return format_decimal(amount, _figures(amount), locale=locale)


def ungrouped(amount: Decimal, _currency: str, locale: str) -> str:
    """Return an amount alone, with its decimal mark only."""
    return format_decimal(amount, _figures(amount), locale=locale, group_separator=False)


def _figures(amount: Decimal) -> str:
    """Return a pattern with as many decimals as the amount is given with."""
    decimals = len(str(amount).partition(".")[2])
    return "#,##0" + ("." + "0" * decimals if decimals else "")


WAYS = (with_currency, with_code, bare, ungrouped)


Cells = list[tuple[str, Decimal]]


@st.composite
def columns(draw: st.DrawFn, currency: str, ways: Sequence[Callable[[Decimal, str, str], str]]) -> Cells:
    """Return the cells of a column that is written in one locale, with their amounts."""
    locale, decimals = draw(locales), draw(st.sampled_from((0, MINOR_UNITS[currency])))
    chosen = st.sampled_from(draw(st.lists(st.sampled_from(ways), min_size=1, max_size=2)))
    units = st.integers(1, 10 ** draw(st.integers(2, 6)) * 10**decimals)
    amounts = draw(st.lists(units.map(lambda unit: Decimal(unit).scaleb(-decimals)), min_size=1, max_size=5))
    return [(draw(chosen)(amount, currency, locale), amount) for amount in amounts]


def readings(cells: Cells, shop: Defaults) -> Iterator[tuple[Price, Decimal]]:
    """Yield the prices of a column that are not refused, each with the amount that was written."""
    column = decided(Reads.MONEY, [text for text, _ in cells], shop)
    for text, amount in cells:
        with suppress(UnreadableError):
            yield read_price(text, column), amount


@settings(max_examples=1000, deadline=None)
@given(st.data(), shops)
def test_no_price_of_any_locale_is_read_wrong(data: st.DataObject, shop: Defaults) -> None:
    """47 locales of files, each in shops of all of them, with and without currencies, groups and decimals."""
    for price, amount in readings(data.draw(columns(shop.currency, WAYS)), shop):
        assert price[:2] == (amount, shop.currency)


@settings(max_examples=500, deadline=None)
@given(st.data(), shops, currencies)
def test_no_amount_of_another_currency_is_read_wrong(data: st.DataObject, shop: Defaults, other: str) -> None:
    """The shop's own marks say nothing about it; a code behind the amount says which currency it is."""
    for price, amount in readings(data.draw(columns(other, (with_currency,))), shop):
        assert price.amount == amount
    for price, amount in readings(data.draw(columns(other, (with_code,))), shop):
        assert price[:2] == (amount, other)


@given(locales, st.lists(st.integers(0, 10**7), min_size=1, max_size=5), shops)
def test_no_count_of_any_locale_is_read_wrong(locale: str, counts: Sequence[int], shop: Defaults) -> None:
    """Whole numbers in groups are read back, or refused."""
    cells = [format_decimal(count, locale=locale) for count in counts]
    column = decided(Reads.NUMBER, cells, shop)
    for count, cell in zip(counts, cells, strict=True):
        try:
            assert read_count(cell, column) == count
        except UnreadableError:
            assert "with a clear decimal mark" in column.refusal


MONEY_CELLS = ("49,95", "1.299", "1,299", "49.95", "€ 1.299", "$1,299", "KWD 1.299", "kr 5", "12", "1.2.3")
DATE_CELLS = ("24/11/2026", "05/06/2026", "05.06.2026", "11/24/2026", "2026-11-24", "06-06-2026", "soon")


@given(st.data(), shops, st.sampled_from(((Reads.MONEY, MONEY_CELLS), (Reads.MOMENT, DATE_CELLS))))
def test_the_order_of_rows_decides_nothing(
    data: st.DataObject, shop: Defaults, kind: tuple[Reads, tuple[str, ...]]
) -> None:
    """A column is read alike however its rows are sorted."""
    reads, choice = kind
    cells = data.draw(st.lists(st.sampled_from(choice), max_size=6))
    one = decided(reads, cells, shop)
    other = decided(reads, data.draw(st.permutations(cells)), shop)
    assert (one.decimal, one.date_order, one.only_for) == (other.decimal, other.date_order, other.only_for)
    assert (one.convention is None) == (other.convention is None)


ISO_PATTERNS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z", "%Y%m%dT%H%M%S%z")
DAY_FIRST = ("%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %I:%M:%S %p")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m-%d-%Y %H:%M:%S")
OTHERS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%B %d, %Y %I:%M:%S %p")
moments = st.datetimes(datetime(1996, 1, 1), datetime(2028, 11, 1)).map(  # noqa: DTZ001 - naive in files
    lambda moment: moment.replace(microsecond=0)
)


@settings(max_examples=500, deadline=None)
@given(st.lists(moments, min_size=1, max_size=4), st.sampled_from((*DAY_FIRST, *MONTH_FIRST, *OTHERS)), shops)
def test_no_local_time_is_read_wrong(times: Sequence[datetime], pattern: str, shop: Defaults) -> None:
    """In any shop, whatever order of day and month the file has."""
    cells = [time.strftime(pattern) for time in times]
    column = decided(Reads.MOMENT, cells, shop)
    for time, cell in zip(times, cells, strict=True):
        try:
            assert read_moment(cell, column) == time.replace(tzinfo=ZoneInfo(shop.time_zone)).timestamp()
        except UnreadableError:
            assert pattern not in OTHERS


@given(moments, st.sampled_from(ISO_PATTERNS), st.integers(-14 * 4, 14 * 4), shops)
def test_times_with_an_offset_are_read_back(
    time: datetime, pattern: str, quarters: int, shop: Defaults
) -> None:
    """Whatever the shop, since nothing is left open."""
    zone = timezone(timedelta(minutes=15 * quarters))
    moment = time.replace(tzinfo=zone)
    assert read_moment(moment.strftime(pattern), decided(Reads.MOMENT, [], shop)) == moment.timestamp()


@given(moments, st.sampled_from(("en_US", "en_GB", "de", "fr", "es", "it", "nl", "pt", "sv", "nb")), shops)
def test_months_and_weekdays_are_known_by_their_names(time: datetime, locale: str, shop: Defaults) -> None:
    """As CLDR writes long dates, whatever the shop."""
    day = time.replace(hour=0, minute=0, second=0, tzinfo=ZoneInfo(shop.time_zone))
    column = decided(Reads.MOMENT, [], shop)
    for length in ("long", "full"):
        assert read_moment(format_date(time, length, locale=locale), column) == day.timestamp()
