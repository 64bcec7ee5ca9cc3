"""Opinion words in a sentence, with what negation, degree and mood make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from fondly.aspects.function_words import CLAUSE_ENDS, CONDITIONS, MODALS, NEGATIONS, SLIGHT, STRONG, UNREAL
from fondly.aspects.phrases import Phrase, Phrases

NEGATION_REACH_WORDS = 4
DEGREE_REACH_WORDS = 2
MOOD_REACH_WORDS = 6

NEGATED_PRAISE = -0.8
NEGATED_BLAME = -0.5
STRONGER, WEAKER = 1.4, 0.6
TOO_MUCH = -1.0
WISHED_PRAISE = -0.6
CONDITIONAL = 0.5

_BE = frozenset(("be", "been", "have"))


class Opinion(NamedTuple):
    """An opinion at the words `begin` to `end`, the latter excluded: above 0 praises, below 0 blames."""

    begin: int
    end: int
    value: float


@dataclass(frozen=True)
class OpinionLexicon:
    """Opinion words and phrases, each with its value, about -2 to 2."""

    phrases: Phrases[float]

    @classmethod
    def packaged(cls) -> "OpinionLexicon":
        """Return the lexicon of this package."""
        return cls(Phrases(packaged_values()))

    def opinions(self, words: Sequence[str]) -> list[Opinion]:
        """Return the opinions of a sentence, from left to right."""
        found, free_from = [], 0
        for hit in self.phrases.find(words):
            if hit.value:
                found.append(Opinion(hit.begin, hit.end, in_context(hit.value, words[free_from : hit.begin])))
            if hit.end - hit.begin > 1:
                free_from = hit.end
        return found


def in_context(value: float, before: Sequence[str]) -> float:
    """Return an opinion's value after the words before it in its sentence."""
    clause = _clause(before)
    value *= _degree(clause[-DEGREE_REACH_WORDS:], value)
    if _negated(clause[-NEGATION_REACH_WORDS:]):
        return value * (NEGATED_PRAISE if value > 0 else NEGATED_BLAME)
    if value > 0 and _unreal(clause[-MOOD_REACH_WORDS:]):
        return value * WISHED_PRAISE
    return value * CONDITIONAL if CONDITIONS.intersection(clause) else value


def negates(word: str) -> bool:
    """Whether a word turns what follows into its opposite."""
    return word in NEGATIONS or word.endswith("n't")


def _clause(before: Sequence[str]) -> Sequence[str]:
    for index in range(len(before) - 1, -1, -1):
        if before[index] in CLAUSE_ENDS:
            return before[index + 1 :]
    return before


def _degree(before: Sequence[str], value: float) -> float:
    if before and before[-1] == "too" and value > 0:
        return TOO_MUCH
    if not STRONG.isdisjoint(before):
        return STRONGER
    return WEAKER if not SLIGHT.isdisjoint(before) else 1.0


def _negated(before: Sequence[str]) -> bool:
    return any(
        negates(word) and before[index + 1 : index + 2] != ["only"] for index, word in enumerate(before)
    )


def _unreal(before: Sequence[str]) -> bool:
    if not UNREAL.isdisjoint(before):
        return True
    return not MODALS.isdisjoint(before) and not _BE.isdisjoint(before)


@lru_cache(maxsize=1)
def packaged_values() -> Mapping[Phrase, float]:
    """Return the packaged lexicon's phrases with their values; 0 is no opinion."""
    text = (files("fondly.aspects") / "data" / "opinions.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {tuple(phrase.split(" ")): float(value) for phrase, value in rows}
