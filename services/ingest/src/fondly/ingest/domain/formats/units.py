"""How the values of a field are written, where a mapping says so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from fondly.ingest.domain.errors import RowError, quoted
from fondly.ingest.domain.formats.fields import FIELDS, Kind

_NUMBER = re.compile(r"0*([0-9]{1,20})(?:\.0+)?", re.ASCII)
_MAX_DIGITS = 20
Decimal = Literal[".", ","]
Dates = Literal["day-month-year", "month-day-year", "year-month-day"]


@dataclass(frozen=True)
class Units:
    """What is set for a field, None where its values decide; `currency` is an ISO 4217 code."""

    decimal: Decimal | None = None
    dates: Dates | None = None
    currency: str | None = None

    def over(self, other: "Units") -> "Units":
        """Return these units, and those of `other` where these say nothing."""
        return Units(
            **{each.name: getattr(self, each.name) or getattr(other, each.name) for each in fields(self)}
        )


_SAID_OF = {"money": ("decimal", "currency"), "number": ("decimal",), "moment": ("dates",)}


def applied(kind: Kind, units: Mapping[str, Units], default: Units) -> dict[str, Units]:
    """Return what is set for each field of a kind of file that it can be said of."""
    found = {}
    for name, field in FIELDS[kind].items():
        said = units.get(name, Units()).over(default)
        parts = {part: getattr(said, part) for part in _SAID_OF.get(field.reads or "", ())}
        if any(parts.values()):
            found[name] = Units(**parts)
    return found


def with_digits(number: str, digits: int) -> str:
    """Return an id that is a number with its zeros and without a fraction: `123.0` is `00123` of 5 digits."""
    found = _NUMBER.fullmatch(number.strip())
    return found[1].zfill(digits) if found else number


def numbers_like(number: str) -> list[str]:
    """Return what else an id may be that is a number: with other zeros before it, or with a fraction."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        return []
    written = [found[1].zfill(digits) for digits in range(len(found[1]), _MAX_DIGITS + 1)]
    return [each for each in (*written, f"{found[1]}.0") if each != number]


def whole_amount(cents: str, *, column: str) -> str:
    """Return hundredths, such as `1299`, as `12.99`; `RowError` if it is not a whole number."""
    digits = cents.strip()
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()):
        raise RowError("a whole number of cents", column=column, found=quoted(cents))
    return f"{int(digits) // 100}.{int(digits) % 100:02d}"
