"""How a language reads and writes names of products: `languages/<code>/naming.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any, Self

from fondly.mailer.domain.language.kinds import Kind, read_kinds
from fondly.mailer.domain.locales import FOLDERS, languages

MIN_STEM_CHARS = 3
CACHED = 8_192
MAX_WORDS_BEFORE = 2
"""Before a kind's own name: of more, none is said."""
NO_PLURAL = ("ss", "us")
_TUPLES = ("adjective_endings", "indefinite", "apart", "foreign_endings")
_SETS = ("common", "no_brands", "openers", "foreign", "articles", "beginnings", "audiences")


@dataclass(frozen=True, eq=False)
class Naming:
    """What is known of names in a language; there is one for each, so it is its own identity."""

    endings: tuple[tuple[str, str], ...]
    undouble: bool
    plurals: tuple[tuple[str, str], ...]
    adjective_endings: tuple[str, ...]
    keeps_capitals: bool
    kinds: Mapping[str, Kind]
    """What products are called, by each name that shops have for it, in lower case."""
    indefinite: tuple[str, ...]
    """What stands before one thing of which no table says its article; empty where that has a gender."""
    apart: tuple[str, ...]
    """How categories end whose products only belong to what the category names: "Camera Accessories"."""
    has_compounds: bool
    """Whether nouns are written together, and adjectives before them inflected."""
    audiences: frozenset[str]
    beginnings: frozenset[str]
    articles: frozenset[str]
    foreign: frozenset[str]
    """Small words of other languages, which give those away."""
    foreign_endings: tuple[str, ...]
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
        lists: dict[str, Any] = {name: tuple(read[name].split()) for name in _TUPLES}
        lists |= {name: frozenset(read[name].split()) for name in _SETS}
        return cls(
            endings=tuple(sorted(_pairs(read["endings"]), key=lambda pair: -len(pair[0]))),
            undouble=read["undouble"],
            plurals=_pairs(read["plurals"]),
            keeps_capitals=read["keeps_capitals"],
            kinds=read_kinds(code),
            has_compounds=read["has_compounds"],
            dative_plural=read["dative_plural"],
            longest_acronym=read["longest_acronym"],
            **lists,
            spellings={each.lower(): each for each in read["spellings"].split()},
            same={word: frozenset().union(*(each for each in groups if word in each)) for word in words},
        )

    @cached_property
    def signs(self) -> frozenset[str]:
        """Stems of words that show a name to be of the language."""
        return frozenset(map(self.stem, self.no_brands | self.beginnings))

    def stem(self, word: str) -> str:
        """Return the part that all regular forms of a word share."""
        return _stem(word, self)

    def singular(self, word: str) -> str | None:
        """Return one of what a word names; None if it is no plural."""
        lower = word.casefold()
        ending = next((pair for pair in self.plurals if lower.endswith(pair[0])), None)
        return word[: -len(ending[0])] + ending[1] if ending and not lower.endswith(NO_PLURAL) else None

    def kind(self, phrase: str) -> Kind | None:
        """Return the kind that a phrase ends with the name of, as the phrase has it: `USB cable`."""
        before, known = self._last(phrase.split())
        telling = [word for word in before if word.isupper() or self._is_telling(word)]
        is_short = 0 < len(telling) <= MAX_WORDS_BEFORE
        return known.behind(f"{self.in_sentence(' '.join(telling))} ") if known and is_short else known

    def _is_telling(self, word: str) -> bool:
        is_name = word.replace("-", "").isalpha() and word.casefold() not in self.audiences
        return is_name and not self.has_compounds

    def known(self, phrase: str) -> Kind | None:
        """Return the kind that a phrase ends with the name of, by its own name."""
        return self._last(phrase.split())[1]

    def _last(self, words: Sequence[str]) -> tuple[Sequence[str], Kind | None]:
        ends = ((words[:at], self._kind(" ".join(words[at:]))) for at in range(len(words)))
        return next((end for end in ends if end[1]), ((), None))

    def _kind(self, name: str) -> Kind | None:
        lower = name.casefold()
        forms = (lower, self.singular(lower) or lower, f"{lower}s")
        if known := next((self.kinds[form] for form in forms if form in self.kinds), None):
            return known
        last = len(lower) - MIN_STEM_CHARS if self.has_compounds and " " not in name else 0
        ends = ((name[:at], self.kinds.get(lower[at:])) for at in range(MIN_STEM_CHARS, last))
        return next((kind.behind(start) for start, kind in ends if kind), None)

    def is_foreign(self, text: str) -> bool:
        """Return whether a text has small words of another language."""
        return not self.foreign.isdisjoint(text.split())

    def together_with(self, kind: Kind) -> str:
        """Return how a thing stands after "bought with": `a desk lamp`, `headphones`, `Kleidern`."""
        if not self.dative_plural or kind.is_mass:
            return kind.with_article
        ends = (self.dative_plural, "s")
        return kind.plural if kind.plural.endswith(ends) else kind.plural + self.dative_plural

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


@lru_cache(maxsize=CACHED)
def names_a_thing(text: str) -> bool:
    """Return whether any word of a text is a noun for products, in any language."""
    return any(Naming.load(code).known(word) for code in languages() for word in text.split())


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
