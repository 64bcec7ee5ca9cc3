"""Writes the typed values of workbooks and Parquet files as texts that can be read in only one way."""

import re
import struct
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite, isnan

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.symbols import is_symbol

MAX_EXACT = 10**15
"""Excel keeps 15 digits: in a longer number the others are zeros, whatever the shop's id was."""

_CODE = re.compile(r"[A-Z]{3}")
_FORMAT = re.compile(r'\[\$([^\]-]*)[^\]]*\]|"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].|[0#?.,/+()-]|(.)')
"""A part of a number format: a currency, a text, a sign, what is not shown, or what stands for figures.

Source: ECMA-376, part 1, 18.8.31 "numFmts"; `[$€-407]` is a currency and the language that it is written in.
"""
_FIGURES_OF_ID = re.compile("0{2,}")


def number_text(number: float | Decimal) -> str:
    """Return a number with a point before its fraction, which never has exactly three digits.

    `1.299` could be 1,299 in much of Europe, so it becomes `1.2990`. There is no exponent. What is no number,
    as pandas writes a missing one, is empty.
    """
    if isnan(number):
        return ""
    text = format(Decimal(str(number)), "f")
    whole, point, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if not fraction:
        return whole
    return f"{whole}{point}{fraction}{'0' if len(fraction) == 3 else ''}"  # noqa: PLR2004 - a group of thousands


def excel_number(number: float, number_format: str) -> str:
    """Return a number as a person sees it; `UnreadableError` if Excel has not kept all of its digits."""
    if abs(number) >= MAX_EXACT:
        raise UnreadableError(
            "a number of at most 15 digits, for Excel keeps no more: format the column as text",
            found=f"the number {number:.15g}",
        )
    exact = Decimal(format(number, ".15g"))
    if "%" in number_format:
        return number_text(exact * 100) + "%"
    if not exact % 1 and _FIGURES_OF_ID.fullmatch(number_format):
        return number_text(exact).zfill(len(number_format))
    currency = _currency_in(number_format)
    return f"{number_text(exact)} {currency}" if currency else number_text(exact)


def single_text(number: float) -> str:
    """Return a number of 32 bits with as few digits as tell it from all others: 0.1, not 0.10000000149."""
    if not isfinite(number):
        return number_text(number)
    shortest = next(
        text for digits in range(1, 18) if _as_single(text := format(number, f".{digits}g")) == number
    )
    return number_text(Decimal(shortest))


def moment_text(moment: date | time | timedelta) -> str:
    """Return a date or time in ISO 8601: a whole day as a date, a time with a zone in UTC."""
    if isinstance(moment, timedelta):
        return number_text(Decimal(str(moment.total_seconds())))
    if isinstance(moment, datetime):
        if moment.tzinfo:
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat()
    return moment.isoformat()


def _as_single(text: str) -> float:
    return float(struct.unpack("f", struct.pack("f", float(text)))[0])


@lru_cache(maxsize=256)
def _currency_in(number_format: str) -> str:
    """Return the whole currency that a number format shows, such as `R$` in `"R$" #,##0.00`; else nothing."""
    parts = [found.groups(default="") for found in _FORMAT.finditer(number_format.partition(";")[0])]
    told = [named.strip() for named, *_ in parts if named.strip()]
    words = "".join("".join(texts) or " " for texts in parts).split()
    return next((word for word in (*told, *words) if _is_currency(word) or word in told), "")


def _is_currency(word: str) -> bool:
    return is_symbol(word) or _CODE.fullmatch(word) is not None
