"""Divides a written amount into its figures and what stands beside them."""

import re
from typing import NamedTuple

from fondly.ingest.domain.values.characters import plain
from fondly.ingest.domain.values.numerals import Numeral, parse_numeral

MAX_CHARS = 64
_WRITTEN = re.compile(r"([^0-9]*)([0-9](?:[0-9.,'٬٫ ]*[0-9])?)([^0-9]*)")  # noqa: RUF001 - the Arabic decimal mark
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
