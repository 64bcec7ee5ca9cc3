"""Amounts, counts and ratings of the catalogue, written as the shop's locale does."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

CACHED = 8_192
_FRACTION = re.compile(r"\.0+")


@lru_cache(maxsize=CACHED)
def money(amount: Decimal, currency: str, locale: str) -> str:
    """Format an amount: `₹1,39,900.50` in en_IN; a whole amount has no `.00`."""
    if amount != amount.to_integral_value():
        return format_currency(amount, currency, locale=locale)
    pattern = _FRACTION.sub("", _currency_pattern(locale))
    return format_currency(amount, currency, pattern, locale=locale, currency_digits=False)


@lru_cache(maxsize=CACHED)
def count(number: int, locale: str) -> str:
    """Format a count with the locale's grouping: `4,26,973` in en_IN."""
    return format_decimal(number, locale=locale)


@lru_cache(maxsize=CACHED)
def rating(value: Decimal, locale: str) -> str:
    """Format stars out of five with at least one decimal: `4.0`."""
    return format_decimal(value, "0.0#", locale=locale)


@lru_cache(maxsize=CACHED)
def percent(number: int, locale: str) -> str:
    """Format whole percent: `64%` in en_IN, `64 %` with a hard space in de_DE."""
    return format_percent(Decimal(number) / 100, locale=locale)


@lru_cache(maxsize=CACHED)
def month(timestamp: int, locale: str) -> str:
    """Format the month of a Unix time: `May 2024`."""
    return format_skeleton("yMMMM", datetime.fromtimestamp(timestamp, UTC), locale=locale)


@lru_cache(maxsize=16)
def _currency_pattern(locale: str) -> str:
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    return pattern
