"""Splits lists whose entries were joined by commas without escaping, where the split is unambiguous.

A list of n entries has n - 1 separators, and entries are trimmed, so a separator has no space on either
side. There are two certain cases: if the cell has n - 1 commas, all are separators; if it has n - 1 commas
without a space beside them, those are. Any other split could give one reviewer another's words.
"""

import re

_TIGHT_COMMA = re.compile(r"(?<!\s),(?!\s)")


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
