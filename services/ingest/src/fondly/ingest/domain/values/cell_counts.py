"""Counts the values of a column, in bounded memory, and tells which of them may be shown."""

import re
from collections import Counter

from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.dates import AmbiguousOrderError, leading_date
from fondly.ingest.domain.values.texts import says_nothing

MAX_KEPT = 200
MAX_KEPT_CHARS = 60
MAX_SHOWN = 8
_MAX_SHOWN_CHARS = 30
_ZERO_DATE = re.compile(r"[0:. T/-]*0000[0:. T/-]*")
_UNIX_TIME = re.compile(r"1[0-9]{9}(?:[0-9]{3})?(?:\.[0-9]+)?")
_PERSONAL = re.compile(r"@|[0-9]{5}|[A-Z]\w+ [A-Z]\w+")
"""An address, a telephone number, a name."""


class CellCounts:
    """How often each of a column's first `MAX_KEPT` values stands in it; `more` cells have further ones."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.more = 0

    def see(self, text: str) -> None:
        """Count a cell."""
        text = text[:MAX_KEPT_CHARS]
        if text in self._counts or len(self._counts) < MAX_KEPT:
            self._counts[text] += 1
        else:
            self.more += 1

    def filled(self) -> Counter[str]:
        """Return the values that say something, each as it is written first, by whatever case."""
        found: Counter[str] = Counter()
        spelt: dict[str, str] = {}
        for text, count in self._counts.items():
            if not is_nothing(value := clean(text)):
                found[spelt.setdefault(value.casefold(), value)] += count
        return found

    def empty(self) -> int:
        """Return how many cells say nothing."""
        return self._counts.total() - self.filled().total()

    def shown(self) -> dict[str, int]:
        """Return the commonest values, most frequent first; none of a column that may hold personal data."""
        found = self.filled()
        is_private = any(len(text) > _MAX_SHOWN_CHARS or _PERSONAL.search(text) for text in found)
        return (
            {}
            if self.more or is_private or len(found) > 2 * MAX_SHOWN
            else dict(found.most_common(MAX_SHOWN))
        )


def is_nothing(text: str) -> bool:
    """Return whether a cell says nothing, like a dash, or is the date that a database has for none."""
    return says_nothing(text) or _ZERO_DATE.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Return whether a text begins with a day, or is Unix time; in which order day and month are is open."""
    try:
        return leading_date(text, None) is not None or _UNIX_TIME.fullmatch(text) is not None
    except AmbiguousOrderError:
        return True
