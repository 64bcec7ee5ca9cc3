"""Phrases, found among the words of a sentence.

A phrase is written as words with spaces between them; `a|b` stands for either word and `*` for any one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

BREAK = ","
"""A comma, a colon, a semicolon, a bracket or a dash."""
_TOKEN = re.compile(
    r"\{(?:\d{1,2}\.)?(?P<slot>[a-z0-9_.]{1,40})\}"
    r"|(?P<word>[^\W\d_]+\d{0,2}(?:['’-][^\W\d_]+)*)"  # noqa: RUF001 - the typographic apostrophe
    r"|(?P<figure>\d+(?:[.,]\d+)*)"
    r"|(?P<end>[.!?…]+(?=\s|$))|(?P<break>[,:;()/–—\"“”„]|(?<=\s)-(?=\s))"  # noqa: RUF001 - dashes of copy
)

CACHED_TEXTS = 4_096
_Phrase = tuple[frozenset[str] | None, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The tokens of a sentence (words in lower case, slots without a number), and where each stands."""

    text: str
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def words(self, start: int, end: int) -> str:
        """Return what is written from one token to before another."""
        return self.text[self.spans[start][0] : self.spans[end - 1][1]]


@lru_cache(CACHED_TEXTS)
def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text."""
    parts: list[list[re.Match[str]]] = [[]]
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "end":
            parts.append([])
        else:
            parts[-1].append(found)
    return tuple(
        Sentence(text, tuple(map(_token, part)), tuple(each.span() for each in part))
        for part in parts
        if part
    )


def is_slot(token: str) -> bool:
    """Whether a token stands for a slot."""
    return token.startswith("{")


def _token(found: re.Match[str]) -> str:
    if found["slot"]:
        return f"{{{found['slot']}}}"
    return BREAK if found["break"] else found[0].lower().replace("’", "'")  # noqa: RUF001


@dataclass(frozen=True, eq=False)
class Phrases:
    """Phrases by their first word, each with what it is about."""

    by_first: Mapping[str, tuple[tuple[_Phrase, str], ...]]

    @classmethod
    def of(cls, lists: Iterable[tuple[str, str]]) -> Self:
        """Read pairs of a subject and its comma-separated phrases, none of which begins with any word."""
        found: dict[str, list[tuple[_Phrase, str]]] = {}
        for subject, text in lists:
            for phrase in filter(None, map(str.split, text.split(","))):
                read = tuple(None if each == "*" else frozenset(each.split("|")) for each in phrase)
                for first in read[0] or ():
                    found.setdefault(first, []).append((read, subject))
        return cls({first: tuple(entries) for first, entries in found.items()})

    @cached_property
    def found(self) -> Callable[[tuple[str, ...]], Sequence[tuple[int, int, str]]]:
        """Returns where phrases begin and end, and what they are about: most texts are judged again."""
        return lru_cache(CACHED_TEXTS)(lambda tokens: tuple(self._found(tokens)))

    def _found(self, tokens: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
        for start, token in enumerate(tokens):
            for phrase, subject in self.by_first.get(token, ()):
                end = start + len(phrase)
                if end <= len(tokens) and _fits(phrase, tokens, start):
                    yield start, end, subject


def _fits(phrase: _Phrase, tokens: tuple[str, ...], start: int) -> bool:
    """Compare from the end, as the first word is known to fit; most phrases are refused by the last."""
    for at in range(len(phrase) - 1, 0, -1):
        wanted = phrase[at]
        if wanted is not None and tokens[start + at] not in wanted:
            return False
    return True
