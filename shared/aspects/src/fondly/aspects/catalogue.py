"""Parts and features that a shop's own catalogue names, as further aspects.

Three places name them almost always as nouns: headings of bullets ("Touch screen: ..."), what a product's
name lists after "with", and what follows a determiner ("the soleplate"). A phrase must stand for several
products of a large catalogue, most of them of one part of the shop: a word of every part, such as
"experience", is no aspect.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from fondly.aspects.function_words import DETERMINERS, FUNCTION_WORDS
from fondly.aspects.opinions import packaged_values
from fondly.aspects.phrases import Phrase
from fondly.aspects.words import phrase_of, singular, words_of

PRODUCTS_PER_LEAST_COUNT = 300
"""A phrase must stand for one product of each so many, and for one at least."""
LEAST_SHARE_OF_PART = 0.6
"""The share of a phrase's products that one part of the shop must have."""
LONGEST_NAME_WORDS = 3
PLACES = frozenset(("at", "behind", "beside", "for", "from", "into", "near", "off", "on", "over", "under"))
"""Before a determiner they lead to where or for what a product is used: "long enough for the sofa"."""
_PART_LEVELS = 2
_LONGEST_CHUNK = 4

_HEADING = re.compile(r"\W*([A-Za-z][A-Za-z -]{2,30}?)\s*(?:[:】\]]|\s[-–])\s")  # noqa: RUF001 - the dash in use
_LISTED = re.compile(r"\bwith\b(.*)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;|&()/+\[\]]|\b(?:and|with|for|in|of|to)\b", re.IGNORECASE)


def catalogue_aspects(
    names: Sequence[str], bullets: Sequence[Sequence[str]], categories: Sequence[Sequence[str]]
) -> Mapping[Phrase, str]:
    """Return the aspects that products name: each has one name, some bullets and one category path."""
    parts: dict[Phrase, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for name, texts, category in zip(names, bullets, categories, strict=True):
        for phrase in set(_product_phrases(name, texts)):
            parts[phrase][tuple(category[:_PART_LEVELS])] += 1
    least = max(1, len(names) // PRODUCTS_PER_LEAST_COUNT)
    return {
        phrase: " ".join(phrase)
        for phrase, counts in sorted(parts.items())
        if counts.total() >= least and max(counts.values()) >= LEAST_SHARE_OF_PART * counts.total()
    }


def _product_phrases(name: str, texts: Iterable[str]) -> Iterator[Phrase]:
    listed = _LISTED.search(name)
    found = [phrase_of(part) for part in _SEPARATORS.split(listed[1])] if listed else []
    for text in texts:
        heading = _HEADING.match(text)
        if heading:
            found.append(phrase_of(heading[1]))
        found += _after_determiners(text)
    for phrase in found:
        noun = _noun(phrase)
        if noun:
            yield noun


def _after_determiners(text: str) -> Iterator[Phrase]:
    words = words_of(text).words
    for index, word in enumerate(words):
        if word in DETERMINERS and words[max(0, index - 1)] not in PLACES:
            end = index + 1
            while end < len(words) and words[end].isalpha() and words[end] not in FUNCTION_WORDS:
                end += 1
            if index + 1 < end <= index + 1 + _LONGEST_CHUNK:
                yield tuple(singular(each) for each in words[index + 1 : end])


def _noun(phrase: Phrase) -> Phrase:
    """Return the phrase without the adjectives before it; nothing if what is left is no name of a part."""
    opinions, junk = packaged_values(), junk_words()
    while phrase and ((phrase[0],) in opinions or phrase[0] in junk or phrase[0] in FUNCTION_WORDS):
        phrase = phrase[1:]
    usable = 0 < len(phrase) <= LONGEST_NAME_WORDS and all(
        word.isalpha() and len(word) > 1 for word in phrase
    )
    return phrase if usable and (phrase[-1:] not in opinions) and junk.isdisjoint(phrase) else ()


@lru_cache(maxsize=1)
def junk_words() -> frozenset[str]:
    """Return words that are never an aspect, in the singular: the reviewed list of this package."""
    text = (files("fondly.aspects") / "data" / "junk.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(singular(word) for line in lines for word in line.split())
