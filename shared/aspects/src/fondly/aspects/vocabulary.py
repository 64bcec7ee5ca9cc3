"""What may be praised or blamed: the words for each aspect."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Self

from fondly.aspects.catalogue import catalogue_aspects
from fondly.aspects.phrases import Found, Phrase, Phrases
from fondly.aspects.words import phrase_of, singular

NO_ASPECT = "-"
"""The display name of phrases that only look like an aspect, such as "in case"."""
OWN_LEVELS = 2
"""How many of a category's last levels name the product itself."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Vocabulary:
    """Aspects by the phrases that stand for them; phrases are in lower case and in the singular."""

    def __init__(self, aspects: Mapping[Phrase, str]) -> None:
        self._aspects = dict(aspects)
        self._phrases = Phrases(self._aspects)

    @classmethod
    def packaged(cls) -> Self:
        """Return the reviewed vocabulary of this package."""
        return cls(_packaged())

    @classmethod
    def of_catalogue(
        cls, names: Sequence[str], bullets: Sequence[Sequence[str]], categories: Sequence[Sequence[str]]
    ) -> Self:
        """Return the reviewed vocabulary with what a shop's products have, such as "soleplate".

        A phrase that ends with a reviewed aspect is not new: a "slim design" is a design.
        The three are parallel: a product has one name, some bullets, and one category path. What kinds of
        products there are counts too: a kettle may come with a toaster.
        """
        found = {phrase for category in categories for phrase in _kind(category[-1:])}
        kinds = {phrase: " ".join(phrase) for phrase in sorted(found) if len(phrase) > 1}
        named = catalogue_aspects(names, bullets, categories)
        new = {phrase: name for phrase, name in named.items() if phrase[-1:] not in _packaged()}
        return cls({**kinds, **new, **_packaged()})

    def without_kind(self, category: Iterable[str]) -> Self:
        """Return the vocabulary for a product of a category: its own kind is no aspect of it.

        In the review of a cable, "cable" is the product. Every phrase of an aspect that the category names
        is dropped.
        """
        kind = set(_kind(tuple(category)[-OWN_LEVELS:]))
        own = {aspect for phrase, aspect in self._aspects.items() if phrase in kind} - {NO_ASPECT}
        return type(self)({phrase: aspect for phrase, aspect in self._aspects.items() if aspect not in own})

    def find(self, words: Sequence[str]) -> list[Found[str]]:
        """Return the aspects among a sentence's words in lower case, from left to right."""
        found = self._phrases.find([singular(word) for word in words])
        return [each for each in found if each.value != NO_ASPECT]

    def __contains__(self, phrase: object) -> bool:
        return phrase in self._aspects


def _kind(levels: Iterable[str]) -> Iterator[Phrase]:
    for level in levels:
        for name in re.split(r"[&,/]| and ", level):
            phrase = phrase_of(_CAMEL.sub(" ", name))
            if phrase:
                yield phrase
                yield phrase[-1:]


@lru_cache(maxsize=1)
def _packaged() -> Mapping[Phrase, str]:
    text = (files("fondly.aspects") / "data" / "vocabulary.txt").read_text(encoding="utf-8")
    entries = (line.split(": ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {phrase_of(words): name for name, listed in entries for words in listed.split(", ")}
