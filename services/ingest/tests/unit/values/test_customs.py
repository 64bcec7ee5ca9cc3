"""Our tables of customs say what CLDR says, all of which babel has where tests run."""

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.localedata import exists, locale_identifiers

from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.currencies import MINOR_UNITS, home_marks, meant
from fondly.ingest.domain.values.dates import MONTHS, WEEKDAYS
from fondly.ingest.domain.values.locales import Marks, marks_of

IN_SEVERAL_WAYS = {("USD", "EC"), ("USD", "HT"), ("USD", "TL"), ("USD", "BQ"), ("CHF", "CH"), ("PYG", "PY")}
"""Where CLDR has a language of the country write its money in another way than all others do."""


def cldr_marks(locale: str) -> Marks | None:
    """Return the marks that CLDR has for a locale's Latin figures."""
    symbols = Locale.parse(locale).number_symbols.get("latn")
    if symbols is None:
        return None
    group = symbols["group"]
    return Marks(symbols["decimal"], group if group in {".", ","} else "")


def test_decimal_and_group_marks_are_those_of_cldr() -> None:
    """Of every locale that the table knows."""
    known = [
        name for name in locale_identifiers() if marks_of(name) is not None and cldr_marks(name) is not None
    ]
    assert len(known) > 250
    assert {name: marks_of(name) for name in known} == {name: cldr_marks(name) for name in known}


def test_the_marks_of_a_currency_are_those_of_all_countries_that_use_it() -> None:
    """In their official languages."""
    for territory, currencies in get_global("territory_currencies").items():
        current = [code for code, _, end, is_tender in currencies if end is None and is_tender]
        locales = [f"{language}_{territory}" for language in get_official_languages(territory)]
        for code in (
            code for code in current if home_marks(code) and (code, territory) not in IN_SEVERAL_WAYS
        ):
            found = {cldr_marks(locale) for locale in locales if exists(locale)} - {None}
            assert found <= {home_marks(code)}, (code, territory)


def test_no_symbol_of_cldr_means_another_currency_than_there() -> None:
    """In a shop of that currency, in every language."""
    for name in locale_identifiers():
        symbols = Locale.parse(name).currency_symbols
        for code in MINOR_UNITS:
            assert meant(plain(symbols.get(code, code)), code) in {code, None}, (name, code)


def test_months_and_weekdays_are_those_of_cldr() -> None:
    """In ten languages, long and short, without their final points."""
    for language in ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb"):
        locale = Locale(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in locale.months[context][width].items():
                    assert MONTHS[name.rstrip(".").casefold()] == month
                for weekday, name in locale.days[context][width].items():
                    assert WEEKDAYS[name.rstrip(".").removesuffix("-feira").casefold()] == weekday


def test_no_country_that_puts_the_month_first_writes_points() -> None:
    """So a date with points has the day first."""
    for name in locale_identifiers():
        pattern = Locale.parse(name).date_formats["short"].pattern
        if pattern.lower().startswith("m"):
            assert "." not in pattern, name
