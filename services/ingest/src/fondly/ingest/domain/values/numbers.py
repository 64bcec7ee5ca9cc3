"""Reads counts, quantities, percentages and ratings."""

import re
from decimal import ROUND_DOWN, Decimal

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.amounts import MAX_CHARS, parse_numeral
from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.conventions import Decided

MAX_COUNT = 10**12
MAX_QUANTITY = 10**6
MAX_RATING = 5
_A_COUNT = f"a whole number from 0 to {MAX_COUNT:,}"
_A_QUANTITY = f"a whole number from 1 to {MAX_QUANTITY:,}"
_PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,15})?) ?(%)?")
_RATING = re.compile(r"([0-5](?:[.,][0-9]{1,15})?)(?: ?/ ?5| (?:out of|von) 5(?: stars?| Sternen)?)?")
_HUNDRED = 100


def read_count(text: str, decided: Decided) -> int:
    """Read a whole number from 0 to 10^12, with or without group marks, such as `4,26,973` or `12.0`."""
    return _whole(text, decided, _A_COUNT, range(MAX_COUNT + 1))


def read_quantity(text: str, decided: Decided) -> int:
    """Read how many of a thing were bought: a whole number from 1 to a million; below 0, brought back."""
    figures = plain(text)
    if figures.startswith("-"):
        return -_whole(figures.removeprefix("-"), decided, _A_QUANTITY, range(1, MAX_QUANTITY + 1))
    return _whole(text, decided, _A_QUANTITY, range(1, MAX_QUANTITY + 1))


def read_taken_back(text: str, decided: Decided) -> int:
    """Read how many of a thing were cancelled or refunded; some shops count them below 0."""
    return read_count(plain(text).removeprefix("-"), decided)


def read_stock(text: str, decided: Decided) -> int:
    """Read how many of a thing there are. Shops count below 0 what they owe: then there are none."""
    figures = plain(text)
    owed = figures.startswith("-")
    count = read_count(figures.removeprefix("-") if owed else text, decided)
    return 0 if owed else count


def read_percent(text: str) -> int:
    """Read `64%` or `12,5 %`, rounded down; without the sign `0.64` may mean 64 %, so it is refused."""
    found = _PERCENT.fullmatch(plain(text))
    percent = Decimal(found[1].replace(",", ".")) if found else Decimal(-1)
    if not 0 <= percent <= _HUNDRED:
        raise UnreadableError("a percentage from 0 to 100", text)
    if 0 < percent < 1 and found is not None and found[2] is None:
        raise UnreadableError("a percentage from 1 to 100, or 0, or one with its sign", text)
    return int(percent.to_integral_value(ROUND_DOWN))


def read_rating(text: str) -> Decimal:
    """Read 0 to 5 stars, such as `4.5`, `4/5` or `4.0 out of 5 stars`; a mark can only begin decimals."""
    found = _RATING.fullmatch(plain(text))
    rating = Decimal(found[1].replace(",", ".")) if found else None
    if rating is None or rating > MAX_RATING:
        raise UnreadableError(f"a rating from 0 to {MAX_RATING}", text)
    return rating


def _whole(text: str, decided: Decided, expected: str, allowed: range) -> int:
    numeral = parse_numeral(plain(text)) if len(text) <= MAX_CHARS else None
    if numeral is None:
        raise UnreadableError(expected, text)
    if numeral.ambiguous and decided.decimal is None:
        raise UnreadableError(f"{expected}, {decided.refusal}", text)
    value = numeral.value(decided.decimal or "")
    if value % 1 or int(value) not in allowed:
        raise UnreadableError(expected, text)
    return int(value)
