"""Reads prices."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.amounts import Amount, split_amount
from fondly.ingest.domain.values.conventions import Decided
from fondly.ingest.domain.values.currencies import MINOR_UNITS, currencies_called, max_price, meant

_A_PRICE = "a price: one amount, and at most its currency beside it (a symbol or ISO 4217 code)"
_FLOAT_ERROR = Decimal("1e-6")
"""How far a spreadsheet's binary fraction may be from the price that it stands for."""
_BY_MYRIADS = frozenset({"CNY", "JPY", "KRW", "TWD"})
_MYRIAD_DIGITS = 4
_KEPT_PRICES = 8192


class Price(NamedTuple):
    """An amount of money above 0; `currency` is an ISO 4217 code. One `is_rounded` had further decimals."""

    amount: Decimal
    currency: str
    is_rounded: bool = False


def read_price(text: str, decided: Decided, currency: str | None = None) -> Price:
    """Read a price such as `1.299,00 €`; a bare number is in `currency`, or else the column's."""
    return _read(text, decided.decimal, decided.only_for, decided.refusal, currency or decided.currency)


@lru_cache(maxsize=_KEPT_PRICES)
def _read(text: str, decimal: str | None, only_for: frozenset[str] | None, refusal: str, shop: str) -> Price:
    amount = split_amount(text)
    if amount is None:
        raise UnreadableError(_A_PRICE, text)
    currency = _currency(amount, shop, text)
    if (
        currency in _BY_MYRIADS
        and amount.numeral.mark == ","
        and len(amount.numeral.fraction) == _MYRIAD_DIGITS
    ):
        raise UnreadableError("a price without groups of four digits", text)
    if amount.numeral.ambiguous and (decimal is None or (only_for is not None and currency not in only_for)):
        raise UnreadableError(f"a price {refusal}", text)
    value = amount.numeral.value(decimal or "")
    payable = _payable(value, currency, text)
    return Price(payable, currency, is_rounded=abs(payable - value) > _FLOAT_ERROR)


def _currency(amount: Amount, shop: str, text: str) -> str:
    if "-" in amount.mark or amount.before.startswith("("):
        raise UnreadableError("a price above 0", text)
    if not amount.mark:
        return shop
    currency = meant(amount.mark, shop)
    if currency is None:
        codes = currencies_called(amount.mark, shop)
        unclear = f"this may be {' or '.join(codes)}; set `currency` for it in mapping.yaml"
        raise UnreadableError(f"a price in a clear currency: {unclear}" if codes else _A_PRICE, text)
    return currency


def _payable(value: Decimal, currency: str, text: str) -> Decimal:
    """Return the amount in whole minor units, of which ISO 4217 says how small they are.

    Half a unit is rounded up, as customers know it from tills. Source: Council Regulation (EC) No 1103/97,
    article 5, on amounts to be paid.
    """
    decimals = MINOR_UNITS[currency]
    has_more = len(str(value).partition(".")[2]) > decimals
    amount = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) if has_more else value
    if amount <= 0:
        raise UnreadableError("a price above 0", text)
    if amount > max_price(currency):
        raise UnreadableError(f"a plausible price: at most {max_price(currency):,} {currency}", text)
    return amount
