"""Splits lists whose entries were joined by commas without escaping.

A list of n entries has n - 1 separators, and entries are trimmed, so a separator has no space on either
side. There are two certain cases: if the cell has n - 1 commas, all are separators; if it has n - 1 commas
without a space beside them, those are. Any other split could give one reviewer another's words. Where it
does not matter whose they are, such a cell can still be divided at its likeliest separators.
"""

import re
from itertools import pairwise

from fondly.contracts.records import SENTENCE_ENDS
from fondly.ingest.domain.text import has_words

_TIGHT_COMMA = re.compile(r"(?<!\s),(?!\s)")
_TIGHT_COMMA_OUTSIDE_FIGURES = re.compile(_TIGHT_COMMA.pattern + r"(?!(?<=\d,)\d{2,3}(?!\d))")
"""Does not match in `1,499` or `1,39,900`."""


def split_joined(cell: str, count: int) -> list[str] | None:
    """Return the `count` entries of a joined cell, None if the split is ambiguous.

    A single entry is the whole cell, commas included.
    """
    if count == 1:
        return [cell]
    if cell.count(",") == count - 1:
        return cell.split(",")
    entries = _TIGHT_COMMA.split(cell)
    return entries if len(entries) == count else None


def divide_joined(cell: str, count: int) -> list[str]:
    """Return at most `count` entries, which joined by commas are the cell; some may be cut or joined wrongly.

    If there are more commas without a space than separators, the likeliest are taken as separators.
    """
    pieces = _TIGHT_COMMA_OUTSIDE_FIGURES.split(cell)
    commas = sorted(range(1, len(pieces)), key=lambda at: _separation(pieces[at - 1], pieces[at]))
    separators = sorted(commas[max(0, len(pieces) - count) :])
    return [",".join(pieces[start:end]) for start, end in pairwise([0, *separators, len(pieces)])]


def _separation(before: str, after: str) -> tuple[bool, bool, bool, bool, int]:
    """Rank a comma by the pieces beside it: the greater, the likelier it separates two entries.

    A piece without words is an entry of its own, an image or nothing, but a row of them is `,,,` in a text.
    A sentence goes on in lower case or with a figure. Short pieces are whole reviews; long ones have commas.
    """
    worded, follows_worded = has_words(after), has_words(before)
    goes_on = after[:1].islower() or after[:1].isdigit() or after[:1] == ","
    return (
        worded != follows_worded,
        worded,
        not goes_on,
        before[-1:] in SENTENCE_ENDS,
        -len(before) - len(after),
    )
