"""Reads figures by their separators alone, and says what they prove about decimal marks."""

# ruff: noqa: RUF001 - the Arabic decimal mark looks like a comma
import re
from decimal import Decimal
from typing import NamedTuple

_GROUP_DIGITS = 3
_MAX_DIGITS = 15
_MAX_FRACTION = 18
# Spaces, apostrophes and the Arabic thousands separator only ever group; they do so three by three.
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<group>[ '٬])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?P<mark>[.,٫])(?P<fraction>[0-9]+))?"
)
# Two kinds of mark, or one kind repeated: the last kind, if it stands once, begins the decimals. Commas may
# also group as in India: two by two before the last three.
_DOTTED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:\.[0-9]{3})+(?=,))(?:,(?P<fraction>[0-9]+))?"
)
_COMMAED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){2,}|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|[0-9]{1,3}(?:,[0-9]{3})+(?=\.))"
    r"(?:\.(?P<fraction>[0-9]+))?"
)
_ONE_MARK = re.compile(r"(?P<whole>[0-9]*)(?P<mark>[.,٫])(?P<fraction>[0-9]+)")
_SEPARATORS = str.maketrans("", "", ".,' ٬")


class Numeral(NamedTuple):
    """Digits before and after the decimal mark.

    `mark` is the decimal mark that the numeral proves its column to have, "" if it proves none. If the
    numeral is `ambiguous`, such as `1.299`, `mark` is its only separator: it may begin decimals or a group.
    """

    whole: str
    fraction: str = ""
    mark: str = ""
    ambiguous: bool = False

    def value(self, decimal: str) -> Decimal:
        """Return the number; `decimal` is the decimal mark of the column, which an ambiguous one needs."""
        if self.ambiguous and decimal != self.mark:
            return Decimal(self.whole + self.fraction)
        return Decimal(f"{self.whole or 0}.{self.fraction}" if self.fraction else self.whole)


def parse_numeral(text: str) -> Numeral | None:
    """Return what the figures say, or None if no country writes them so; `text` is in plain characters."""
    numeral = Numeral(text) if text.isascii() and text.isdigit() else _separated(text)
    if numeral is None or len(numeral.whole) > _MAX_DIGITS or len(numeral.fraction) > _MAX_FRACTION:
        return None
    return numeral


def _separated(text: str) -> Numeral | None:
    if found := _ONE_MARK.fullmatch(text):
        return _with_one_mark(*found.group("whole", "mark", "fraction"))
    for pattern, mark in ((_GROUPED, None), (_DOTTED, ","), (_COMMAED, ".")):
        if found := pattern.fullmatch(text):
            whole, fraction = found["whole"].translate(_SEPARATORS), found["fraction"] or ""
            proved = (found["mark"] if mark is None else mark) or ""
            return None if whole[0] == "0" else Numeral(whole, fraction, _proof(proved))
    return None


def _with_one_mark(whole: str, mark: str, fraction: str) -> Numeral | None:
    """A group has three digits behind it and one to three before it, of which the first is not 0."""
    if not whole and len(fraction) >= _GROUP_DIGITS:
        return None
    may_group = len(fraction) == _GROUP_DIGITS and len(whole) <= _GROUP_DIGITS and whole[0] != "0"
    return Numeral(whole, fraction, _proof(mark), ambiguous=may_group and mark != "٫")


def _proof(mark: str) -> str:
    return "" if mark == "٫" else mark  # the Arabic decimal mark says nothing about the two Latin ones
