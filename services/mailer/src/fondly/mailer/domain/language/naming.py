"""How a language reads and writes names of products: `languages/<code>/naming.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Self

from fondly.mailer.domain.locales import FOLDERS

MIN_STEM_CHARS = 3
CACHED = 8_192
VOWELS = frozenset("aeio")
NO_PLURAL = ("ss", "us")


@dataclass(frozen=True, eq=False)
class Naming:
    """What is known of names in a language; there is one for each, so it is its own identity."""

    endings: tuple[tuple[str, str], ...]
    undouble: bool
    plurals: tuple[tuple[str, str], ...]
    adjective_endings: tuple[str, ...]
    keeps_capitals: bool
    articles: tuple[str, ...]
    """What stands before one thing: the usual form, and that before a vowel; none where it has a gender."""
    dative_plural: str
    """The ending of things after "to" or "with", unless they have it; none where nothing changes."""
    longest_acronym: int
    common: frozenset[str]
    spellings: Mapping[str, str]
    no_brands: frozenset[str]
    openers: frozenset[str]
    same: Mapping[str, frozenset[str]]

    @classmethod
    @cache
    def load(cls, code: str) -> Self:
        """Read those of a language once."""
        read = tomllib.loads(FOLDERS.joinpath(code, "naming.toml").read_text("utf-8"))
        groups = [frozenset(group.split()) for group in read["same"]]
        words = frozenset(chain.from_iterable(groups))
        return cls(
            endings=tuple(sorted(_pairs(read["endings"]), key=lambda pair: -len(pair[0]))),
            undouble=read["undouble"],
            plurals=_pairs(read["plurals"]),
            adjective_endings=tuple(read["adjective_endings"].split()),
            keeps_capitals=read["keeps_capitals"],
            articles=tuple(read["articles"].split()),
            dative_plural=read["dative_plural"],
            longest_acronym=read["longest_acronym"],
            **{name: frozenset(read[name].split()) for name in ("common", "no_brands", "openers")},
            spellings={each.lower(): each for each in read["spellings"].split()},
            same={word: frozenset().union(*(each for each in groups if word in each)) for word in words},
        )

    def stem(self, word: str) -> str:
        """Return the part that all regular forms of a word share."""
        return _stem(word, self)

    def singular(self, word: str) -> str | None:
        """Return one of what a word names; None if it is no plural."""
        lower = word.casefold()
        ending = next((pair for pair in self.plurals if lower.endswith(pair[0])), None)
        return word[: -len(ending[0])] + ending[1] if ending and not lower.endswith(NO_PLURAL) else None

    def together_with(self, kind: str, kinds: str) -> str:
        """Return how a thing stands after "bought with": `a desk lamp`, `headphones`, `Kleidern`."""
        if not self.articles:
            return kinds if kinds.endswith((self.dative_plural, "s")) else kinds + self.dative_plural
        is_plural = self.singular(kind.rsplit(maxsplit=1)[-1]) is not None
        return kind if is_plural else f"{self.articles[kind[0].lower() in VOWELS]} {kind}"

    def in_sentence(self, phrase: str) -> str:
        """Write a phrase as within a sentence: names, abbreviations and German nouns keep their capitals."""
        first, *others = (self._in_sentence(word) for word in phrase.split(" "))
        if others and others[0][:1].isupper() and first.endswith(self.adjective_endings):
            first = first[:1].lower() + first[1:]
        return " ".join((first, *others))

    def _in_sentence(self, word: str) -> str:
        lower = word.lower()
        if spelling := self.spellings.get(lower):
            return spelling
        if "-" in word:
            return "-".join(part if len(part) == 1 else self._in_sentence(part) for part in word.split("-"))
        if word.isupper() and len(word) <= self.longest_acronym and lower not in self.common:
            return word
        inner_capital = any(char.isupper() for char in word[1:]) and not word.isupper()
        return word if inner_capital or self.keeps_capitals else lower


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    parts = (each.partition(":") for each in text.split())
    return tuple((ending, left) for ending, _, left in parts)


@lru_cache(maxsize=CACHED)
def _stem(word: str, naming: Naming) -> str:
    for ending, left in naming.endings:
        start = word[: len(word) - len(ending)]
        if word.endswith(ending) and len(start) >= MIN_STEM_CHARS:
            longer = naming.undouble and len(start) > MIN_STEM_CHARS
            doubled = longer and start[-1] == start[-2] and start[-1] not in "aeiousl"
            return (start[:-1] if doubled else start) + left
    return word
