"""Reads single values as shops write them. Every reader raises `ValueError` with the reason."""

import re
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from encore.ingest.domain.text import clean

# Digits in groups of three, or of two before the last three (lakh and crore). A looser pattern would
# take the decimal comma of `12,50` for a group separator and turn 12.50 into 1,250.
_AMOUNT = r"[0-9]{1,15}(?:\.[0-9]{1,4})?|[0-9]{1,3}(?:,[0-9]{2,3}){0,5},[0-9]{3}(?:\.[0-9]{1,4})?"
_NUMBER = re.compile(_AMOUNT)
_PRICE = re.compile(rf"(?P<before>[^0-9]*?)\s*(?P<amount>{_AMOUNT})\s*(?P<after>[^0-9]*)")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%?")
_RATING = re.compile(r"[0-9](?:\.[0-9]{1,4})?")
_EMAIL = re.compile(
    r"[^\s@,;:<>()\[\]\"\\]{1,64}@(?=.{4,255}$)[^\s@,;:<>()\[\]\"\\.]+(?:\.[^\s@,;:<>()\[\]\"\\.]+)+"
)
_SYMBOLS = {"₹": "INR", "RS": "INR", "RS.": "INR", "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}
_STOCK_STATES = {
    **dict.fromkeys(("yes", "true", "1", "instock"), True),
    **dict.fromkeys(("no", "false", "0", "outofstock"), False),
}
_CODE = re.compile(r"[A-Z]{3}")
MAX_ID_BYTES = 256
MAX_URL_CHARS = 2048
MAX_COUNT = 10**12
MAX_AGE = 150
MILLISECONDS_FROM = 10**11
"""A number this large is in milliseconds: in seconds it would be 3,000 years ahead."""
MAX_TIMESTAMP = 4_102_444_800
"""Unix seconds at the start of 2100."""


class Price(NamedTuple):
    """An amount of money; `currency` is an ISO 4217 code."""

    amount: Decimal
    currency: str


def read_price(text: str, *, default_currency: str) -> Price:
    """Read `₹1,39,900.50`, `$12`, `12.50 EUR`, or a bare number in the default currency."""
    found = _PRICE.fullmatch(text)
    if found is None:
        raise ValueError(f"{_shown(text)} is not a valid price")
    mark = (found["before"] + found["after"]).strip().upper()
    currency = _SYMBOLS.get(mark, mark) or default_currency
    if not _CODE.fullmatch(currency) or (found["before"].strip() and found["after"].strip()):
        raise ValueError(f"{_shown(text)} is not a valid price")
    return Price(_decimal(found["amount"]), currency)


def read_percent(text: str) -> int:
    """Read `64%` or `64`; a fraction is rounded down, so that a discount is never overstated."""
    found = _PERCENT.fullmatch(text)
    percent = int(Decimal(found[1]).to_integral_value(ROUND_DOWN)) if found else -1
    if not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        raise ValueError(f"{_shown(text)} is not a percentage from 0 to 100")
    return percent


def read_count(text: str) -> int:
    """Read a whole number, with or without group separators, such as `4,26,973`."""
    if not _NUMBER.fullmatch(text) or (count := _decimal(text)) % 1 or count > MAX_COUNT:
        raise ValueError(f"{_shown(text)} is not a whole number from 0 to {MAX_COUNT}")
    return int(count)


def read_stock_state(text: str) -> bool:
    """Read `yes`, `true`, `1` or `in stock`, or their opposites; case and dashes do not matter."""
    state = _STOCK_STATES.get(re.sub(r"[\s_-]", "", text.casefold()))
    if state is None:
        raise ValueError(f"{_shown(text)} is neither yes nor no")
    return state


def read_rating(text: str) -> Decimal:
    """Read a rating of 0 to 5 stars."""
    if not _RATING.fullmatch(text) or (rating := Decimal(text)) > 5:  # noqa: PLR2004 - stars
        raise ValueError(f"{_shown(text)} is not a rating from 0 to 5")
    return rating


def read_timestamp(text: str) -> int:
    """Read Unix seconds, milliseconds, or ISO 8601 (UTC unless it has an offset) as Unix seconds."""
    if re.fullmatch(r"[0-9]{1,14}", text):
        number = int(text)
        seconds = number // 1000 if number >= MILLISECONDS_FROM else number
    else:
        seconds = _iso_seconds(text)
    if not 0 <= seconds < MAX_TIMESTAMP:
        raise ValueError(f"{_shown(text)} is not a time from 1970 to 2099")
    return seconds


def read_age(text: str) -> int:
    """Read an age in whole years."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > MAX_AGE:
        raise ValueError(f"{_shown(text)} is not an age from 0 to {MAX_AGE}")
    return int(text)


def read_email(text: str) -> str:
    """Read one bare address; names, lists and anything that could inject a header are rejected."""
    if not _EMAIL.fullmatch(text):
        raise ValueError("not a valid email address")
    return text


def read_url(text: str) -> str:
    """Read an http or https URL; an email may link to nothing else."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(f"{_shown(text)} is not a valid URL") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[\s<>\"]", text):
        raise ValueError(f"{_shown(text)} is not an http or https URL")
    if len(text) > MAX_URL_CHARS:
        raise ValueError(f"longer than {MAX_URL_CHARS} characters")
    return text


def read_id(text: str) -> str:
    """Read an identifier: not empty, and short enough to be a key in every store."""
    if not text:
        raise ValueError("must not be empty")
    if len(text.encode()) > MAX_ID_BYTES:
        raise ValueError(f"longer than {MAX_ID_BYTES} bytes")
    return text


def read_path(text: str) -> tuple[str, ...]:
    """Read entries joined by `|`: a category path or bullet points."""
    return tuple(part for part in map(clean, text.split("|")) if part)


def bounded(text: str, *, max_chars: int) -> str:
    """Return the text; reject one that is too long to store."""
    if len(text) > max_chars:
        raise ValueError(f"longer than {max_chars} characters")
    return text


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _iso_seconds(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{_shown(text)} is not a valid time") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")  # noqa: PLR2004 - a glimpse
