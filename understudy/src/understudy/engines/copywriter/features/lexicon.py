"""The English words of features: what each can be in a phrase, and how nouns count."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_FIGURE = re.compile(r"[\d%$€£₹]")


@dataclass(frozen=True)
class Word:
    """One word of a text and the characters between it and the word before."""

    text: str
    gap: str
    joined: bool
    """Whether a figure or sign touches it, as in `8GB` or `100%`."""

    @property
    def lower(self) -> str:
        """The word in lower case, with a straight apostrophe."""
        return self.text.lower().replace("\u2019", "'")


def split(text: str, *, compounds: re.Pattern[str] = _WORD) -> Iterator[Word]:
    """Yield the words of a text in order; what `compounds` matches is one word."""
    end = 0
    for match in compounds.finditer(text):
        beside = text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        yield Word(match[0], text[end : match.start()], joined=bool(_FIGURE.search(beside)))
        end = match.end()


def word_pattern(compounds: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of a word that takes these, which have spaces, as one."""
    listed = "|".join(map(re.escape, sorted(compounds, key=len, reverse=True)))
    return re.compile(rf"\b(?:{listed})\b|{_WORD.pattern}", re.IGNORECASE)


@cache
def word_lists(name: str) -> Mapping[str, frozenset[str]]:
    """Return the lists of a data file of this package by name; `_` stands for a space in a word."""
    lists = tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return {
        each: frozenset(word.replace("_", " ") for word in words.split()) for each, words in lists.items()
    }


LISTS = word_lists("english.toml")
NAMES = {word.lower(): word for word in LISTS["modifiers"] if not word.islower()}
"""Abbreviations and names of techniques with their capitals."""
_HEADS = LISTS["countable"] | LISTS["mass"]
_MODIFIERS = frozenset(word.lower() for word in LISTS["modifiers"])
_ADJECTIVES = LISTS["adjectives"] | LISTS["participles"]
_VOWEL_LETTERS = frozenset("AEFHILMNORSX")
_READ_AS_WORDS = ("USB", "HEPA", "UHD", "EVA", "RAM", "ROM", "SIM")
_CACHED_WORDS = 4096


class Kind(Enum):
    """What a word can be in a feature."""

    ADJECTIVE = auto()
    MODIFIER = auto()
    HEAD = auto()
    PLURAL = auto()
    NONE = auto()


@lru_cache(maxsize=_CACHED_WORDS)
def kind_of(word: str) -> Kind:
    """Return what a word in lower case can be in a feature."""
    if word in LISTS["refused"]:
        return Kind.NONE
    if word in _ADJECTIVES and word not in _HEADS:
        return Kind.ADJECTIVE
    if word in _HEADS or word.replace(" ", "-") in _HEADS:
        return Kind.HEAD
    if word in LISTS["plural"] or singular(word) in LISTS["countable"]:
        return Kind.PLURAL
    return Kind.MODIFIER if word in _MODIFIERS else _as_compound(word)


def _as_compound(word: str) -> Kind:
    """Return what a compound of listed words is: an adjective, such as "leak-proof" or "built in"."""
    parts = word.replace("-", " ").split()
    known = len(parts) > 1 and all(part in _ADJECTIVES | _MODIFIERS | _HEADS for part in parts[:-1])
    return Kind.ADJECTIVE if known and parts[-1] in _ADJECTIVES | {"in"} else Kind.NONE


def number(word: str) -> str:
    """Return how a noun counts: "one", "many", or "mass" for what is not counted.

    An unknown noun is taken by its ending.
    """
    word = word.lower()
    if word in LISTS["plural"] or singular(word) != word:
        return "many"
    if word in LISTS["countable"]:
        return "one"
    if word in LISTS["mass"] or word.endswith(("ing", "ity", "ness", "ware", "wear", "tion")):
        return "mass"
    return "many" if word.endswith("s") and not word.endswith("ss") else "one"


@lru_cache(maxsize=_CACHED_WORDS)
def article(feature: str) -> str:
    """Return the indefinite article for a feature, with its space; empty if it takes none."""
    first, *_, last = [*feature.split(), *feature.split()]
    if number(last) != "one":
        return ""
    if first.isupper() and not first.startswith(_READ_AS_WORDS):
        return "an " if first[0] in _VOWEL_LETTERS else "a "
    first = first.lower()
    consonant = first.startswith(("uni", "use", "usb", "uhd", "euro", "one"))
    return "an " if first[0] in "aeiou" and not consonant else "a "


@lru_cache(maxsize=_CACHED_WORDS)
def singular(word: str) -> str:
    """Return the singular of a listed noun; any other word as it is."""
    for ending, end in (("ves", "f"), ("ves", "fe"), ("ies", "y"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + end
        if word.endswith(ending) and stem in LISTS["countable"] and word not in _HEADS:
            return stem
    return word
