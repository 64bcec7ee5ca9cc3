"""How shops of many countries write prices: each is read right or refused with its reason."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.plain_values import excel_number
from fondly.ingest.domain.values.conventions import Defaults, Reads
from fondly.ingest.domain.values.money import read_price
from services.ingest.tests.unit.values.columns import AMERICAN, GERMAN, INDIAN, decided

# ruff: noqa: RUF001 - prices are written in all scripts

AUSTRIAN = Defaults("EUR", "de_AT", "Europe/Vienna")
SWISS = Defaults("CHF", "de_CH", "Europe/Zurich")
FRENCH = Defaults("EUR", "fr_FR", "Europe/Paris")
BRITISH = Defaults("GBP", "en_GB", "Europe/London")
IRISH = Defaults("EUR", "en_IE", "Europe/Dublin")
POLISH = Defaults("PLN", "pl_PL", "Europe/Warsaw")
SWEDISH = Defaults("SEK", "sv_SE", "Europe/Stockholm")
DANISH = Defaults("DKK", "da_DK", "Europe/Copenhagen")
BRAZILIAN = Defaults("BRL", "pt_BR", "America/Sao_Paulo")
JAPANESE = Defaults("JPY", "ja_JP", "Asia/Tokyo")
CHINESE = Defaults("CNY", "zh_CN", "Asia/Shanghai")
CANADIAN = Defaults("CAD", "en_CA", "America/Toronto")
KUWAITI = Defaults("KWD", "ar_KW", "Asia/Kuwait")
VIETNAMESE = Defaults("VND", "vi_VN", "Asia/Ho_Chi_Minh")
CLEAR = "with a clear decimal mark"
ONE_AMOUNT = "a price: one amount, and at most its currency beside it"
POSITIVE = "a price above 0"


class Case(NamedTuple):
    """A cell, the shop that has it, the other cells of its column, and what it is read as.

    `amount` is None for a price that is refused because of `currency_or_reason`.
    """

    text: str
    shop: Defaults
    amount: str | None
    currency_or_reason: str
    others: tuple[str, ...] = ()


COMMA, POINT = ("49,95",), ("49.95",)
CASES = [
    # Germany and Austria
    Case("49,95 €", GERMAN, "49.95", "EUR"),
    Case("€ 49,95", AUSTRIAN, "49.95", "EUR"),
    Case("1.299,00 €", GERMAN, "1299", "EUR"),
    Case("1.299 €", GERMAN, "1299", "EUR"),
    Case("1.299 €", GERMAN, "1299", "EUR", COMMA),
    Case("1.299 €", AUSTRIAN, "1299", "EUR"),
    Case("1.299.000 €", GERMAN, "1299000", "EUR"),
    Case("1.299,- €", GERMAN, "1299", "EUR"),
    Case("299,-", GERMAN, "299", "EUR"),
    Case("299,– €", GERMAN, "299", "EUR"),
    Case("12,50EUR", GERMAN, "12.50", "EUR"),
    Case("EUR 12,50", GERMAN, "12.50", "EUR"),
    Case("12,50 Euro", GERMAN, "12.50", "EUR"),
    Case("12.50", GERMAN, "12.50", "EUR"),
    Case("1.299", GERMAN, "1.30", "EUR", POINT),
    Case("12,345", GERMAN, "12.35", "EUR", COMMA),
    Case("12,3449", GERMAN, "12.34", "EUR"),
    Case("12.990", GERMAN, "12.99", "EUR", POINT),
    Case("1,299 €", GERMAN, None, CLEAR),
    Case("1.299 €", GERMAN, None, CLEAR, (*COMMA, *POINT)),
    # Ireland and the United States, where a point begins the decimals
    Case("€1,299", IRISH, "1299", "EUR"),
    Case("1.299 €", IRISH, None, CLEAR),
    Case("$1,299", AMERICAN, "1299", "USD"),
    Case("$1,299.00", AMERICAN, "1299", "USD"),
    Case("$ 12", AMERICAN, "12", "USD"),
    Case("$.99", AMERICAN, "0.99", "USD"),
    Case("US$ 12", GERMAN, "12", "USD"),
    Case("$12.00 USD", AMERICAN, "12", "USD"),
    Case("$1.299", AMERICAN, None, CLEAR),
    Case("$1,299", GERMAN, None, CLEAR),
    Case("$1,299", GERMAN, "1299", "USD", ("$4.95",)),
    Case("12.990000", AMERICAN, "12.99", "USD"),
    Case("19.989999999", AMERICAN, "19.99", "USD"),
    Case("0.1 ", AMERICAN, "0.1", "USD"),
    Case("0.299", AMERICAN, "0.30", "USD"),
    Case("0.0049", AMERICAN, None, POSITIVE),
    # Canada: its dollar is written as any other
    Case("$49.95", CANADIAN, "49.95", "CAD"),
    Case("US$49.95", CANADIAN, "49.95", "USD"),
    Case("$49.95 USD", CANADIAN, "49.95", "USD"),
    # The United Kingdom
    Case("£12.50", BRITISH, "12.50", "GBP"),
    Case("£1,299", BRITISH, "1299", "GBP"),
    Case("12.50 GBP", BRITISH, "12.50", "GBP"),
    # India
    Case("₹1,39,900.50", INDIAN, "139900.50", "INR"),
    Case("₹1,099", INDIAN, "1099", "INR"),
    Case("₹ 399", INDIAN, "399", "INR"),
    Case("Rs. 399/-", INDIAN, "399", "INR"),
    Case("Rs.50", INDIAN, "50", "INR"),
    Case("Rs 1,099", INDIAN, "1099", "INR"),
    Case("१,२९९.५०", INDIAN, "1299.50", "INR"),
    Case("Rs. 399", GERMAN, None, "in a clear currency: this may be INR or PKR"),
    Case("MRP 1299", INDIAN, None, ONE_AMOUNT),
    Case("100 pcs", INDIAN, None, ONE_AMOUNT),
    # Japan and China
    Case("¥500", JAPANESE, "500", "JPY"),
    Case("¥1,500", JAPANESE, "1500", "JPY"),
    Case("￥１，５００", JAPANESE, "1500", "JPY"),
    Case("1,500円", JAPANESE, "1500", "JPY"),
    Case("1500.00", JAPANESE, "1500", "JPY"),
    Case("1500.50", JAPANESE, "1501", "JPY"),
    Case("¥1,0000", JAPANESE, None, "without groups of four digits"),
    Case("¥99.90", CHINESE, "99.90", "CNY"),
    Case("¥500", GERMAN, None, "in a clear currency: this may be JPY or CNY"),
    # Switzerland
    Case("CHF 1'299.–", SWISS, "1299", "CHF"),
    Case("CHF 1’299.—", SWISS, "1299", "CHF"),
    Case("1ʼ299.50", SWISS, "1299.50", "CHF"),
    Case("Fr. 12.90", SWISS, "12.90", "CHF"),
    Case("CHF 1.299", SWISS, None, CLEAR),
    # France
    Case("1\u202f299,00 €", FRENCH, "1299", "EUR"),
    Case("1\u00a0299 €", FRENCH, "1299", "EUR"),
    Case("1.299 €", FRENCH, None, CLEAR),
    # Poland and Scandinavia
    Case("1 299,00 zł", POLISH, "1299", "PLN"),
    Case("49,99 ZŁ", POLISH, "49.99", "PLN"),
    Case("kr 1 299,-", SWEDISH, "1299", "SEK"),
    Case("1 299:-", SWEDISH, "1299", "SEK"),
    Case("1.299,- kr", DANISH, "1299", "DKK"),
    Case("1.299 kr.", DANISH, "1299", "DKK"),
    Case("1 299 kr", GERMAN, None, "in a clear currency: this may be SEK or NOK or DKK or ISK"),
    # Brazil and Vietnam
    Case("R$ 1.299,90", BRAZILIAN, "1299.90", "BRL"),
    Case("R$ 1.299", BRAZILIAN, "1299", "BRL"),
    Case("$ 49,90", BRAZILIAN, "49.90", "BRL"),
    Case("129.000 ₫", VIETNAMESE, "129000", "VND"),
    # Kuwait: three decimals, so a point may always begin them
    Case("١٬٢٩٩٫٥٠٠ د.ك.", KUWAITI, "1299.5", "KWD"),
    Case("1.299 KWD", KUWAITI, None, CLEAR),
    Case("KWD 1,299", KUWAITI, None, CLEAR),
    Case("1.299 KWD", KUWAITI, "1.299", "KWD", ("12.5",)),
    Case("1,299 KWD", KUWAITI, "1299", "KWD", ("12.5",)),
    Case("KWD 1,299", AMERICAN, None, CLEAR),
    # What is no price, anywhere
    Case("", AMERICAN, None, ONE_AMOUNT),
    Case("free", AMERICAN, None, ONE_AMOUNT),
    Case("from 12.00", AMERICAN, None, ONE_AMOUNT),
    Case("ab 12,00 €", GERMAN, None, ONE_AMOUNT),
    Case("10-20", AMERICAN, None, ONE_AMOUNT),
    Case("10 – 20 €", GERMAN, None, ONE_AMOUNT),
    Case("12%", AMERICAN, None, ONE_AMOUNT),
    Case("12²", AMERICAN, None, ONE_AMOUNT),
    Case("½", AMERICAN, None, ONE_AMOUNT),
    Case("1e3", AMERICAN, None, ONE_AMOUNT),
    Case("1.2.3", AMERICAN, None, ONE_AMOUNT),
    Case("1,23,4", AMERICAN, None, ONE_AMOUNT),
    Case("12 50", AMERICAN, None, ONE_AMOUNT),
    Case("$5€", AMERICAN, None, ONE_AMOUNT),
    Case("$5$", AMERICAN, None, ONE_AMOUNT),
    Case("ALL 100", AMERICAN, None, ONE_AMOUNT),
    Case("12 top", AMERICAN, None, ONE_AMOUNT),
    Case("DEM 12", GERMAN, None, ONE_AMOUNT),
    Case("XAU 12", AMERICAN, None, ONE_AMOUNT),
    Case("1" * 16, AMERICAN, None, ONE_AMOUNT),
    Case("9" * 65, AMERICAN, None, ONE_AMOUNT),
    Case("-5", AMERICAN, None, POSITIVE),
    Case("−5 €", GERMAN, None, POSITIVE),
    Case("$-5", AMERICAN, None, POSITIVE),
    Case("(5.00)", AMERICAN, None, POSITIVE),
    Case("1299.00-", AMERICAN, None, POSITIVE),
    Case("0", AMERICAN, None, POSITIVE),
    Case("0,00 €", GERMAN, None, POSITIVE),
    Case("10000000.01", AMERICAN, None, "a plausible price: at most 10,000,000 USD"),
    Case("129000000 ₫", VIETNAMESE, "129000000", "VND"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text[:20]}-{case.shop.locale}")
def test_a_price_is_read_right_or_refused(case: Case) -> None:
    """By the shop's currency and locale, and by what the other cells of the column prove."""
    column = decided(Reads.MONEY, [case.text, *case.others], case.shop)
    if case.amount is not None:
        assert read_price(case.text, column)[:2] == (Decimal(case.amount), case.currency_or_reason)
        return
    with pytest.raises(UnreadableError) as refused:
        read_price(case.text, column)
    assert case.currency_or_reason in refused.value.expected
    assert len(case.text) < 4 or case.text not in refused.value.expected


def test_the_table_is_as_wide_as_it_claims_to_be() -> None:
    """At least 60 spellings and 12 locales."""
    assert len({case.text for case in CASES}) >= 60
    assert len({case.shop.locale for case in CASES}) >= 12


def test_a_bare_number_is_in_the_currency_of_its_row() -> None:
    """A file may have a column of currencies; a mark beside the amount still counts more."""
    column = decided(Reads.MONEY, ["12.50", "$3"], GERMAN)
    assert read_price("12.50", column, "CHF")[:2] == (Decimal("12.50"), "CHF")
    assert read_price("$3", column, "CHF")[:2] == (Decimal(3), "USD")


def test_a_custom_is_no_custom_of_another_currency() -> None:
    """What a column of euros decided by locale says nothing about the dinars of one row."""
    column = decided(Reads.MONEY, ["1.299"], GERMAN)
    assert read_price("1.299", column)[:2] == (Decimal(1299), "EUR")
    with pytest.raises(UnreadableError, match="with a clear decimal mark"):
        read_price("1.299", column, "KWD")


def test_the_currency_of_a_column_may_be_set() -> None:
    """What a person set for the column counts more than the shop's currency."""
    column = decided(Reads.MONEY, ["kr 12"], GERMAN, chosen=Units(currency="NOK"))
    assert read_price("kr 12", column)[:2] == (Decimal(12), "NOK")
    assert read_price("12", column)[:2] == (Decimal(12), "NOK")


FORMATS = (
    '"{}" #,##0.00',
    "[${}-416] #,##0.00",
    '_-"{}"* #,##0.00_-;-"{}"* #,##0.00_-',
    '#,##0.00\\ "{}"',
    "0.00",
)
MARKS = {
    "BRL": ("R$", "$"),
    "USD": ("$", "US$"),
    "MXN": ("$", "MX$"),
    "AUD": ("$", "A$"),
    "GBP": ("£",),
    "SEK": ("kr",),
    "DKK": ("kr.", "kr"),
    "INR": ("₹", "Rs", "Rs."),
    "PKR": ("Rs",),
    "CNY": ("¥", "元"),
    "JPY": ("¥", "円"),
    "PLN": ("zł",),
    "EUR": ("€", "EUR"),
}


@pytest.mark.parametrize("code", MARKS)
def test_a_number_format_never_contradicts_the_currency_that_it_shows(code: str) -> None:
    """Whatever the symbol shares with other currencies, and wherever it stands in the format."""
    shop = Defaults(code, "en_GB", "UTC")
    cells = [excel_number(1299, each.replace("{}", mark)) for mark in MARKS[code] for each in FORMATS]
    column = decided(Reads.MONEY, cells, shop)
    assert {read_price(cell, column)[:2] for cell in cells} == {(Decimal(1299), code)}


@pytest.mark.parametrize(
    ("code", "mark"), [("BRL", "€"), ("EUR", "R$"), ("EUR", "$"), ("SEK", "£"), ("USD", "zł")]
)
def test_a_number_format_of_another_currency_is_read_as_that(code: str, mark: str) -> None:
    """So that a column of them can be asked about."""
    cell = excel_number(1299, f'"{mark}" #,##0.00')
    assert read_price(cell, decided(Reads.MONEY, [cell], Defaults(code, "en_GB", "UTC"))).currency != code
