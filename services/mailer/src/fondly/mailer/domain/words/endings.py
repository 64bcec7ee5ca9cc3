"""Regular endings: which words are forms of one another.

Only endings that leave the meaning alone count, such as a plural's. A stemmer goes further: Porter's makes
"celebrities" vouch for "celebrate".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

MIN_STEM_CHARS = 3
CACHED_STEMS = 32_768


@dataclass(frozen=True)
class Endings:
    """The endings of a language, longest first, each with what it stands for in a stem."""

    endings: tuple[tuple[str, str], ...]
    undouble: bool
    """Whether a consonant is doubled before an ending: "stopped"."""

    @classmethod
    def of(cls, table: Mapping[str, object]) -> Self:
        """Read `list`, pairs such as `ies:y` or endings alone, and `undouble`."""
        pairs = (each.partition(":") for each in str(table["list"]).split())
        endings = sorted(((ending, left) for ending, _, left in pairs), key=lambda pair: -len(pair[0]))
        return cls(tuple(endings), undouble=bool(table["undouble"]))

    def stem(self, word: str) -> str:
        """Return the part that all regular forms of a word share."""
        return _stem(word, self.endings, self.undouble)


@lru_cache(maxsize=CACHED_STEMS)
def _stem(word: str, endings: tuple[tuple[str, str], ...], undouble: bool) -> str:  # noqa: FBT001 - a cache's key
    for ending, left in endings:
        start = word[: len(word) - len(ending)]
        if word.endswith(ending) and len(start) >= MIN_STEM_CHARS:
            if (
                undouble
                and len(start) > MIN_STEM_CHARS
                and start[-1] == start[-2]
                and start[-1] not in "aeiousl"
            ):
                start = start[:-1]
            return start + left
    return word
