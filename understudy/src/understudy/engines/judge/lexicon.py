"""What the judge knows of a language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.pools import Pools
from understudy.engines.copywriter.repertoire import LANGUAGES, spoken_words, words_in
from understudy.engines.judge.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MIN_STEM_CHARS, _MIN_VERB_CHARS = 3, 4
_CACHED_WORDS = 65_536


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of a language, by what they may be used for."""

    language: str
    table: Mapping[str, Any]

    @cached_property
    def words(self) -> Callable[[str], frozenset[str]]:
        """Returns the list of words of a name."""
        texts = ((name, text) for name, text in self.table.items() if isinstance(text, str))
        return {name: frozenset(text.split()) for name, text in texts}.__getitem__

    @cached_property
    def pairs(self) -> Callable[[str], frozenset[str]]:
        """Returns the list of pairs of words of a name."""
        return cache(lambda name: frozenset(self.table[name].split(", ")))

    @cached_property
    def neutral(self) -> frozenset[str]:
        """Words of daily life: those listed, and those of the repertoire that are no proof."""
        ruled = self.words("unsaid") | self.words("numbers") | self.words("currencies")
        spoken = spoken_words(self.language).union(*map(words_in, Pools.load(self.language).all_of("")))
        return (self.words("neutral") | (spoken - self.words("seller"))) - ruled

    @cached_property
    def neutral_stems(self) -> frozenset[str]:
        """The stems of words of daily life."""
        return frozenset(map(self.stem, self.words("neutral") & self.neutral)) - set(
            map(self.stem, self.words("unsaid"))
        )

    @cached_property
    def idioms(self) -> Phrases:
        """Harmless words that together claim something."""
        return Phrases.of(self.table["idioms"].items())

    @cached_property
    def proved(self) -> Phrases:
        """Phrases that a source must have."""
        return Phrases.of([("", self.table["proved"])])

    @cached_property
    def stated(self) -> Phrases:
        """Phrases whose words a source must have, but for those that are light."""
        return Phrases.of([("", self.table["stated"])])

    @cached_property
    def contents(self) -> Phrases:
        """Phrases before which something stands that a source must have."""
        return Phrases.of([("", self.table["contents"])])

    @cached_property
    def light(self) -> frozenset[str]:
        """Words that say nothing by themselves."""
        return self.words("light_verbs") | self.words("joining") | self.words("modals") | self.words("being")

    @cached_property
    def dull(self) -> frozenset[str]:
        """Light words and denials."""
        return self.light | self.words("negations")

    @cached_property
    def is_plain(self) -> Callable[[str], bool]:
        """Returns whether a word may be said whatever the sources are."""
        counted = self.words("numbers") | self.words("currencies")
        return lru_cache(_CACHED_WORDS)(lambda word: word not in counted and self.is_neutral(word))

    def is_neutral(self, word: str) -> bool:
        """Whether a word is one of daily life."""
        return word in self.neutral or self.stem(word) in self.neutral_stems

    @cached_property
    def assertions(self) -> Phrases:
        """Claims about the customer or others."""
        return Phrases.of((each["subject"], each["phrases"]) for each in self.table["assertions"])

    @cached_property
    def assertion_needs(self) -> Mapping[str, frozenset[str]]:
        """Of what something must be known for a claim, by what it is about."""
        return {each["subject"]: frozenset(each["needs"].split()) for each in self.table["assertions"]}

    @cached_property
    def same(self) -> Mapping[str, frozenset[str]]:
        """Words that prove a word, besides itself."""
        found: dict[str, frozenset[str]] = {}
        for words in map(frozenset, map(str.split, self.table["same"])):
            for word in words:
                found[word] = found.get(word, frozenset()) | words
        return found

    @cached_property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """Words that are true of a kind, by words of the kind."""
        found: dict[str, frozenset[str]] = {}
        for each in self.table["kinds"]:
            for head in each["heads"].split():
                found[self.stem(head)] = found.get(self.stem(head), frozenset()) | frozenset(
                    each["words"].split()
                )
        return found

    @cached_property
    def figures(self) -> Mapping[str, str]:
        """Numbers in words, by their figure and their forms: "two" is "2"."""
        return {word: figure for figure, words in self.table["figures"].items() for word in words.split()}

    @cached_property
    def _endings(self) -> list[tuple[str, str]]:
        pairs = (each.partition(":") for each in self.table["endings"].split())
        return sorted(((ending, left) for ending, _, left in pairs), key=lambda pair: -len(pair[0]))

    def names_nothing(self, written: str) -> bool:
        """Whether a word is neither a noun, which German shows, nor a property by its ending."""
        properties = self.table["properties"]
        return bool(properties) and written.islower() and not re.search(properties, written)

    @cached_property
    def stem(self) -> Callable[[str], str]:
        """Returns the part that all regular forms of a word share: "speeds" and "speed" have one."""
        return lru_cache(_CACHED_WORDS)(
            lambda word: self._without_prefix(self._without_ending(self._without_ending(word)))
        )

    def _without_prefix(self, word: str) -> str:
        """Return a verb without what is before its forms or changes it little: "gemahlen" is "mahlen"."""
        starts = (word.removeprefix(each) for each in self.table["prefixes"].split())
        return next((each for each in starts if _MIN_VERB_CHARS <= len(each) < len(word)), word)

    def _without_ending(self, word: str) -> str:
        for ending, left in self._endings:
            start = word.removesuffix(ending)
            if start != word and len(start) >= _MIN_STEM_CHARS:
                doubled = (
                    len(start) > _MIN_STEM_CHARS and start[-1] == start[-2] and start[-1] not in "aeiousl"
                )
                return (start[:-1] if doubled and self.table["undouble"] else start) + left
        return word


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return what is known of a language, that of English if nothing is."""
    known = language if language in LANGUAGES else "en"
    return Lexicon(
        known, tomllib.loads(files(__package__).joinpath("data", f"{known}.toml").read_text("utf-8"))
    )
