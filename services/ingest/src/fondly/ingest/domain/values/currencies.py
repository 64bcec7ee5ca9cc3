"""Currencies: the codes of ISO 4217, what else they are called, and what prices in them can be.

The codes and their minor units are ISO's own table, as the package `iso4217` has it. Symbols are no standard:
one that several currencies share means the shop's own currency, or else the first of its family if anybody
would read it so, or else nothing. `currencies.toml` has the symbols.
"""

from collections.abc import Iterable
from functools import lru_cache

from iso4217 import Currency

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.locales import Marks, marks_by_name
from fondly.ingest.domain.values.symbols import SYMBOLS, TABLE, symbol_key

_CODES = {name: frozenset(codes.split()) for name, codes in TABLE["codes"].items()}
MINOR_UNITS: dict[str, int] = {
    str(currency.code): currency.exponent
    for currency in Currency
    if currency.exponent is not None and currency.code not in _CODES["no_money"]
}
MAX_PRICE, MAX_PRICE_IN_LOW_UNITS = 10**7, 10**9
_MARKS_OF = marks_by_name(TABLE["marks"])
_MAX_PARTS = 2


def is_active(code: str) -> bool:
    """Whether a code of three capitals is that of a currency in use today."""
    return code in MINOR_UNITS


def checked_currency(code: str) -> str:
    """Return a code of ISO 4217; `UnreadableError` if no currency in use has it."""
    if not is_active(code):
        raise UnreadableError("a currency in use by its ISO 4217 code, such as EUR", code)
    return code


def read_currency(text: str) -> str:
    """Read a code of ISO 4217 in any case, such as `eur`."""
    return checked_currency(plain(text).upper())


def with_code(amount: str, code: str) -> str:
    """Return an amount with the currency that another column gives it, if both say something."""
    found = plain(code).upper()
    return f"{amount} {found}" if amount.strip() and is_active(found) else amount


def home_marks(code: str) -> Marks | None:
    """Return how prices in a currency are written wherever it is used; None if countries differ."""
    return _MARKS_OF.get(code)


def max_price(code: str) -> int:
    """Return the highest plausible price: what is above is taken for a mistake."""
    return MAX_PRICE_IN_LOW_UNITS if code in _CODES["low_units"] else MAX_PRICE


@lru_cache(maxsize=1024)
def currencies_called(mark: str, shop: str) -> tuple[str, ...]:
    """Return what a plain mark can mean, the shop's currency alone if that is one; empty if nothing."""
    found: list[str] = []
    parts = mark.split()
    if len(parts) > _MAX_PARTS or len(set(parts)) < len(parts):
        return ()
    for part in parts:
        candidates = _candidates(part, shop)
        found = [code for code in candidates if code in found] if found else list(candidates)
        if not found:
            return ()
    return tuple(found)


def meant(mark: str, shop: str) -> str | None:
    """Return the one currency that a mark means in this shop, None if it means several or none."""
    codes = currencies_called(mark, shop)
    if shop in codes:
        return shop
    return codes[0] if len(codes) == 1 or (codes and _is_led(mark)) else None


def is_taken_as_own(mark: str, shop: str) -> bool:
    """Whether a mark is read as the shop's own currency though it may well mean another."""
    codes = SYMBOLS.get(symbol_key(mark), ())
    return shop in codes and len(codes) > 1 and not (_is_led(mark) and shop == codes[0])


def _is_led(mark: str) -> bool:
    return any(symbol_key(part) in TABLE["led"] for part in mark.split())


def _candidates(part: str, shop: str) -> Iterable[str]:
    key = symbol_key(part)
    return SYMBOLS.get(key) or ((key,) if _is_code(part, key, shop) else ())


def _is_code(written: str, code: str, shop: str) -> bool:
    if not is_active(code) or code == shop:
        return is_active(code)
    return code not in _CODES["words_in_capitals" if written == code else "words"]
