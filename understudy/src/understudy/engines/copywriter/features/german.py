"""German features: adjectives and a noun in the nominative, or a compound noun."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from understudy.engines.copywriter.features.context import Phrase
from understudy.engines.copywriter.features.lexicon import split, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.engines.copywriter.features.lexicon import Word

_LISTS = word_lists("german.toml")
_ENDINGS = ("er", "es", "e")
_REGULAR = re.compile(r"..(?:bar|fest|dicht|beständig|förmig|farbig|wandig|iert|isch)$|^ge.{3,}t$")
_PRAISING = (
    "garantiert",
    "zertifiziert",
    "geprüft",
    "patentiert",
    "getestet",
    "gesichert",
    "unverzicht",
    "unschlag",
)
_MIN_COMPOUND_CHARS = 9
_MAX_ADJECTIVES = 2
_CACHED_WORDS = 4096


def phrases(text: str, *, is_name: bool) -> Iterator[Phrase]:
    """Yield the phrases of a text that could be features, each with how much speaks for it.

    Only those that stand in the nominative or could: a sentence may list them as they are.
    """
    words = list(split(text))
    for at, word in enumerate(words):
        head = _head(word)
        if head and not word.joined:
            start = _start(words, at)
            found = _phrase(words, start, at, head, is_name=is_name)
            if found:
                yield found


def _start(words: list[Word], noun: int) -> int:
    """Return where the adjectives before a noun begin."""
    start = noun
    while (
        start
        and noun - start < _MAX_ADJECTIVES
        and words[start].gap == " "
        and _is_adjective(words[start - 1])
    ):
        start -= 1
    return start


def _phrase(words: list[Word], start: int, noun: int, head: str, *, is_name: bool) -> Phrase | None:
    before = words[start - 1].lower if start and words[start].gap.strip(" ") == "" else ""
    after_article = before in _LISTS["oblique"] or before in _LISTS["refused"] or words[start].joined
    said = words[start : noun + 1]
    if after_article and (start < noun or not is_name):
        return None
    if start == noun and (len(said[0].text) < _MIN_COMPOUND_CHARS or said[0].lower == head):
        return None
    adjectives = [word.lower for word in said[:-1]]
    if any(word in _LISTS["refused"] for word in adjectives):
        return None
    text = " ".join([*adjectives, said[-1].text])
    score = 3.0 + (start < noun) + 1.5 * (start == 0) - 2.0 * (head in _LISTS["vague"])
    return Phrase(text=text, head=head, words=frozenset(word.lower for word in said), score=score)


def _head(word: Word) -> str:
    """Return the listed noun that a word is or ends with; empty if there is none."""
    return _listed(word.lower) if word.text[:1].isupper() and not word.text.isupper() else ""


@lru_cache(maxsize=_CACHED_WORDS)
def _listed(word: str) -> str:
    ends = (word[start:] for start in range(len(word) - 1))
    return next((end for end in ends if end in _LISTS["heads"]), "")


def _is_adjective(word: Word) -> bool:
    return not word.joined and any(
        word.lower.endswith(ending) and _is_stem(word.lower.removesuffix(ending)) for ending in _ENDINGS
    )


def _is_stem(stem: str) -> bool:
    """Return whether an adjective without its ending is listed, or regularly formed as "waschbar" is."""
    return stem in _LISTS["adjectives"] or (bool(_REGULAR.search(stem)) and not stem.startswith(_PRAISING))
