"""Words of a text with what stands between them, and lists of words from data files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
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
