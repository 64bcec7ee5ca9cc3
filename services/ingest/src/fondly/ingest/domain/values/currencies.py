"""Currencies: the codes of ISO 4217, what else they are called, and what prices in them can be.

The codes and their minor units are ISO's own table, as the package `iso4217` has it. Symbols are no standard:
one that several currencies share means the shop's own currency, or else the first of its family if anybody
would read it so, or else nothing.
"""

from collections.abc import Iterable
from functools import lru_cache

from iso4217 import Currency

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.locales import Marks

# In capitals and without final points. No standard has them: these are CLDR's, with what shops write.
LED = {
    "$": (
        "USD AUD CAD NZD SGD HKD TWD MXN ARS CLP COP UYU BBD BMD BND BSD BZD CUP DOP FJD GYD JMD KYD LRD NAD "
        "SBD SRD TTD XCD"
    ),
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "C$": "CAD NIO",
}
"""Symbols of many, of which the first is meant unless the shop's own currency is another."""
SHARED = {
    "¥": "JPY CNY",
    "元": "CNY TWD HKD",
    "KR": "SEK NOK DKK ISK",
    "RS": "INR PKR LKR NPR MUR SCR",
    "₨": "INR PKR LKR NPR MUR SCR",
    "﷼": "IRR SAR QAR OMR YER",
    "LEI": "RON MDL",
    "FCFA": "XAF XOF",
    "CFA": "XAF XOF",
    "BS": "BOB VES",
    "DH": "AED MAD",
    "DHS": "AED MAD",
    "FR": "CHF XAF XOF XPF",
    "ДИН": "RSD MKD",
    "L": "HNL RON MDL",
    "R": "ZAR BRL",
    "SR": "SAR SCR",
}
"""Symbols of several that mean nothing unless one of these is the shop's own currency."""
OWN = {
    "AUD": "A$ AU$",
    "AED": "د.إ",
    "AMD": "֏",
    "ARS": "AR$",
    "AZN": "₼",
    "BAM": "KM",
    "BDT": "৳",
    "BHD": "د.ب",
    "BRL": "R$",
    "CAD": "CA$",
    "CHF": "SFR",
    "CLP": "CL$",
    "CNY": "RMB CN¥",
    "COP": "CO$ COL$",
    "CRC": "₡",
    "CZK": "KČ KC",
    "DOP": "RD$",
    "EGP": "E£ ج.م",
    "EUR": "€ EURO EUROS",
    "GBP": "GB£ UK£",
    "GEL": "₾",
    "GHS": "₵ GH₵",
    "HKD": "HK$",
    "HUF": "FT",
    "IDR": "RP",
    "ILS": "₪",
    "INR": "₹",
    "JMD": "J$",
    "JOD": "د.أ",
    "JPY": "円 JP¥",
    "KES": "KSH",
    "KHR": "៛",
    "KRW": "₩ 원",
    "KWD": "د.ك",
    "KZT": "₸",
    "LAK": "₭",
    "LBP": "ل.ل",
    "MAD": "د.م",
    "MNT": "₮",
    "MXN": "MX$ MEX$",
    "MYR": "RM",
    "NAD": "N$",
    "NGN": "₦",
    "NZD": "NZ$",
    "OMR": "ر.ع",
    "PEN": "S/",
    "PHP": "₱",
    "PLN": "ZŁ ZL",
    "PYG": "₲",
    "QAR": "ر.ق",
    "RUB": "₽ РУБ Р",  # noqa: RUF001 - Cyrillic
    "SAR": "ر.س",
    "SGD": "S$ SG$",
    "THB": "฿ บาท",
    "TND": "د.ت",
    "TRY": "₺ TL",
    "TWD": "NT$",
    "TZS": "TSH",
    "UAH": "₴ ГРН",
    "UGX": "USH",
    "USD": "US$",
    "UYU": "$U",
    "VND": "₫ Đ",
    "YER": "ر.ي",
}


_NO_MONEY = frozenset(["BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XAD"])
"""Units of account, which nothing is priced in; precious metals and test codes have no minor units."""
MINOR_UNITS: dict[str, int] = {
    str(currency.code): currency.exponent
    for currency in Currency
    if currency.exponent is not None and currency.code not in _NO_MONEY
}
_SYMBOLS: dict[str, tuple[str, ...]] = {
    **{symbol: tuple(codes.split()) for table in (LED, SHARED) for symbol, codes in table.items()},
    **{symbol: (code,) for code, symbols in OWN.items() for symbol in symbols.split()},
}
_WORDS = frozenset(("ALL", "BAM", "BOB", "CUP", "GEL", "MAD", "MOP", "PEN", "RON", "SOS", "TOP", "TRY"))
"""Codes that are words as well: in small letters they are read as codes only of the shop's own currency."""
_WORDS_IN_CAPITALS = frozenset(("ALL", "CUP", "TOP"))
_IN_LOW_UNITS = (
    "AMD ARS BIF CDF CLP COP CRC DJF GNF HUF IDR IQD IRR ISK JPY KHR KMF KRW KZT LAK LBP LKR MGA MMK MNT MWK "
    "NGN PKR PYG RSD RWF SOS SSP SYP TZS UGX UZS VES VND XAF XOF XPF YER"
)
_LOW_UNITS = frozenset(_IN_LOW_UNITS.split())
MAX_PRICE, MAX_PRICE_IN_LOW_UNITS = 10**7, 10**9
_HOME_MARKS = (
    (
        Marks(".", ","),
        "AUD BDT CNY DOP GBP GTQ HKD HNL ILS INR JPY KES KRW LKR MXN MYR NGN NZD PHP PKR SGD THB TWD USD",
    ),
    (Marks(",", "."), "ARS BAM BRL CLP COP DKK IDR ISK MKD PYG RON RSD TRY UYU VND"),
    (Marks(","), "BYN CRC CZK HUF KZT NOK PLN RUB SEK UAH XOF"),
    (Marks("."), "CHF"),
)
_MARKS_OF = {code: marks for marks, codes in _HOME_MARKS for code in codes.split()}
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


def home_marks(code: str) -> Marks | None:
    """Return how prices in a currency are written wherever it is used; None if countries differ."""
    return _MARKS_OF.get(code)


def max_price(code: str) -> int:
    """Return the highest plausible price: what is above is taken for a mistake."""
    return MAX_PRICE_IN_LOW_UNITS if code in _LOW_UNITS else MAX_PRICE


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
    codes = _SYMBOLS.get(_key(mark), ())
    return shop in codes and len(codes) > 1 and not (_is_led(mark) and shop == codes[0])


def _is_led(mark: str) -> bool:
    return any(_key(part) in LED for part in mark.split())


def _candidates(part: str, shop: str) -> Iterable[str]:
    key = _key(part)
    return _SYMBOLS.get(key) or ((key,) if _is_code(part, key, shop) else ())


def _is_code(written: str, code: str, shop: str) -> bool:
    if not is_active(code) or code == shop:
        return is_active(code)
    return code not in (_WORDS_IN_CAPITALS if written == code else _WORDS)


def _key(mark: str) -> str:
    return mark.upper().rstrip(".")
