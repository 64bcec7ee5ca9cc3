"""Themes of batch recommendations: a few words that the names of the recommended items share.

AWS has them written by a model. Source: Amazon Personalize developer guide, "Batch recommendations with
themes from Content Generator".
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from understudy.personalize.records import Records

MOST_LINES = 100
"""Items that a file of a job with themes may have."""
_MOST_WORDS = 3
_LEAST_SHARE = 0.3
"""In how many of the items' names a word has to be to stand for them."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_NO_THEME = "You might also like"
_SMALL = frozenset(
    {"and", "are", "for", "from", "has", "its", "our", "out", "set", "the", "with", "you", "your"}
)


class Theme(NamedTuple):
    """What stands for items, and how well for each, from 0 to 1."""

    theme: str
    relevance: Sequence[float]


@dataclass(frozen=True, slots=True)
class Themes:
    """The names of a catalogue; a word is worth more, the fewer names have it."""

    items: Records
    name_field: str
    _words: Mapping[str, Sequence[str]] = field(init=False, repr=False)
    _rarity: Mapping[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Count the words."""
        words = {item: _words(str(self.items.value(item, self.name_field) or "")) for item in self.items.rows}
        counts = Counter(word for own in words.values() for word in set(own))
        rarity = {word: log((1 + len(words)) / count) for word, count in counts.items()}
        object.__setattr__(self, "_words", words)
        object.__setattr__(self, "_rarity", rarity)

    def of(self, items: Sequence[str]) -> Theme:
        """Return a theme of recommended items; a general one where their names have nothing in common."""
        names = [self._words.get(item, ()) for item in items]
        chosen = self._shared(names)
        if not chosen:
            return Theme(_NO_THEME, [0.0 for _ in items])
        worth = sum(self._rarity[word] for word in chosen)
        relevance = [sum(self._rarity[word] for word in chosen if word in own) / worth for own in names]
        return Theme(_written(chosen, names), [round(each, 7) for each in relevance])

    def _shared(self, names: Sequence[Sequence[str]]) -> Sequence[str]:
        """Return the words that say most of what the names have in common."""
        counts = Counter(word for own in names for word in set(own))
        least = max(2.0, _LEAST_SHARE * len(names))
        shared = {word: count for word, count in counts.items() if count >= least and self._rarity[word] > 0}
        return sorted(shared, key=lambda word: (-shared[word] * self._rarity[word], word))[:_MOST_WORDS]


def _written(chosen: Sequence[str], names: Iterable[Sequence[str]]) -> str:
    """Return words in the order of the name that has most of them."""
    best = max(names, key=lambda own: sum(word in own for word in chosen))
    ordered = [*dict.fromkeys(word for word in best if word in chosen)]
    return " ".join([*ordered, *(word for word in chosen if word not in ordered)]).title()


def _words(name: str) -> Sequence[str]:
    return [word for word in _WORD.findall(name.lower()) if word not in _SMALL]
