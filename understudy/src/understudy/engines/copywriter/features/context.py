"""What an English text speaks of at each word: the product, or something else that it goes with or lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from understudy.engines.copywriter.features.lexicon import LISTS

if TYPE_CHECKING:
    from understudy.engines.copywriter.features.lexicon import Word


@dataclass(frozen=True)
class Phrase:
    """The words of a possible feature, and how much speaks for it."""

    text: str
    head: str
    """What the phrase is about: its noun in the singular."""
    words: frozenset[str]
    score: float
    described: bool = True
    """Whether an adjective describes it: "soft padding", not "USB ports"."""

    def at(self, discount: float) -> Phrase:
        """Return the same phrase with less speaking for it, as from a later bullet."""
        return replace(self, score=self.score - discount)


SENTENCE_ENDS = frozenset(".;:!?|()[]{}•\u2013\u2014\n【】")
_CLAUSE_ENDS = SENTENCE_ENDS | {","}
_WITHOUT = frozenset({"compatible", "works", "work", "pairs", "use", "used", "connect", "connects"})
"""Words after which "with" names another product."""
_ARTICLES = frozenset({"the", "a", "an", "its", "and", "plus"})


class About(Enum):
    """What the text speaks of: the product, perhaps it, or something else for a clause or a sentence."""

    PRODUCT = auto()
    PERHAPS = auto()
    ASIDE = auto()
    OTHER = auto()


def denied_words(words: list[Word]) -> set[int]:
    """Return the positions of the words of clauses that deny something."""
    denied: set[int] = set()
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or _CLAUSE_ENDS & set(words[at].gap) or " - " in words[at].gap:
            if any(word.lower in LISTS["negations"] for word in words[start:at]):
                denied.update(range(start, at))
            start = at
    return denied


def about_at(words: list[Word], at: int, about: About, *, is_name: bool) -> About:
    """Return what the text speaks of at this word."""
    word = words[at]
    ends = bool(SENTENCE_ENDS & set(word.gap)) or " - " in word.gap or (is_name and "," in word.gap)
    if at and (ends or ("," in word.gap and about is About.ASIDE)):
        about = About.PRODUCT
    if word.lower in LISTS["closers"] or (word.lower == "with" and at and words[at - 1].lower in _WITHOUT):
        return About.OTHER
    if about is About.OTHER:
        reopens = word.lower in LISTS["reopeners"] or (is_name and word.lower == "with")
        return About.PRODUCT if reopens else about
    return _said_by(word.lower, about)


def _said_by(word: str, about: About) -> About:
    if word == "with":
        return About.PRODUCT
    if word in LISTS["asides"]:
        return About.ASIDE
    if word in LISTS["doubtful"] and about is About.PRODUCT:
        return About.PERHAPS
    return About.PRODUCT if word in LISTS["openers"] and word not in _ARTICLES else about
