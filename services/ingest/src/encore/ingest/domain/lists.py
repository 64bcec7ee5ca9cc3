"""Splitting lists whose entries were joined by commas without escaping, or proving that it cannot be done.

A list of n entries holds n - 1 separators, and entries are trimmed, so a separator has no space on either
side. Two cases are proof: every comma is a separator when there are n - 1 of them, and every comma without
a space beside it is one when there are n - 1 of those. Anything else could give a reviewer another's words.
"""

import re

_TIGHT_COMMA = re.compile(r"(?<!\s),(?!\s)")


def align(cell: str, count: int) -> list[str] | None:
    """Return the `count` entries of a joined cell, or None when their borders cannot be proven.

    A single entry is the whole cell, whatever commas it holds.
    """
    if count == 1:
        return [cell]
    if cell.count(",") == count - 1:
        return cell.split(",")
    entries = _TIGHT_COMMA.split(cell)
    return entries if len(entries) == count else None
