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


@dataclass(frozen=True, eq=False)
class Naming:
    """What is known of names in a language; there is one for each, so it is its own identity."""

    endings: tuple[tuple[str, str], ...]
    undouble: bool
    plurals: tuple[tuple[str, str], ...]
    adjective_endings: tuple[str, ...]
    keeps_capitals: bool
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
            longest_acronym=read["longest_acronym"],
            **{name: frozenset(read[name].split()) for name in ("common", "no_brands", "openers")},
            spellings={each.lower(): each for each in read["spellings"].split()},
            same={word: frozenset().union(*(each for each in groups if word in each)) for word in words},
        )

    def stem(self, word: str) -> str:
        """Return the part that all regular forms of a word share."""
        return _stem(word, self)

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
