"""Divides a written amount into its figures and what stands beside them."""

# ruff: noqa: RUF001 - the Arabic decimal mark looks like a comma
import re
from decimal import Decimal
from typing import NamedTuple

from fondly.ingest.domain.values.characters import plain

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
            return None if whole[0] == "0" else Numeral(whole, fraction, _latin(proved))
    return None


def _with_one_mark(whole: str, mark: str, fraction: str) -> Numeral | None:
    """A group has three digits behind it and one to three before it, of which the first is not 0."""
    if not whole and len(fraction) >= _GROUP_DIGITS:
        return None
    may_group = len(fraction) == _GROUP_DIGITS and len(whole) <= _GROUP_DIGITS and whole[0] != "0"
    return Numeral(whole, fraction, _latin(mark), ambiguous=may_group and mark != "٫")


def _latin(mark: str) -> str:
    return "" if mark == "٫" else mark  # the Arabic decimal mark says nothing about the two Latin ones


MAX_CHARS = 64
_WRITTEN = re.compile(r"([^0-9]*)([0-9](?:[0-9.,'٬٫ ]*[0-9])?)([^0-9]*)")
# `1.299,-` and `399/-`: a dash for the decimals, which a minus sign behind the figures is not.
_DASH = re.compile(r" ?(?:([.,]) ?-{1,2}|[:/]-|/=)")
_SIGNS_BEFORE_A_POINT = frozenset(("", "$", "€", "£"))


class Amount(NamedTuple):
    """The figures of an amount, and what stands before and behind them, trimmed."""

    before: str
    numeral: Numeral
    after: str

    @property
    def mark(self) -> str:
        """All that is not the figures."""
        return f"{self.before} {self.after}".strip()


def split_amount(text: str) -> Amount | None:
    """Return the parts of the whole text, or None if it does not have figures of one number."""
    written = _WRITTEN.fullmatch(plain(text)) if len(text) <= MAX_CHARS else None
    if written is None:
        return None
    before, figures, after = written.groups()
    if before[-1:] in {".", ","} and before[:-1].strip() in _SIGNS_BEFORE_A_POINT:
        before, figures = before[:-1], before[-1] + figures
    numeral = parse_numeral(figures)
    if numeral is not None and (dash := _DASH.match(after)):
        numeral, after = _without_decimals(numeral, dash[1]), after[dash.end() :]
    return None if numeral is None else Amount(before.strip(), numeral, after.strip())


def _without_decimals(numeral: Numeral, mark: str | None) -> Numeral | None:
    """The mark before a dash is the decimal mark, so any other in the figures is one of groups."""
    if mark is None:
        return numeral
    if numeral.ambiguous and numeral.mark != mark:
        return Numeral(numeral.whole + numeral.fraction, mark=mark)
    has_decimals = numeral.fraction or numeral.mark not in {"", mark}
    return None if has_decimals else numeral._replace(mark=mark)
