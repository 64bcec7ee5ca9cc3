"""Sets of phrases, found in sequences of tokens.

A phrase is written as words with spaces between them; `a|b` stands for either word and `*` for any one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product, zip_longest
from typing import Self

ANY = "*"

Token = frozenset[str] | None
"""The words that a token of a phrase stands for; None stands for all."""


def read_phrases(text: str) -> Iterator[tuple[Token, ...]]:
    """Read comma-separated phrases."""
    for phrase in text.split(","):
        if tokens := phrase.split():
            yield tuple(None if each == ANY else frozenset(each.split("|")) for each in tokens)


def matches(phrase: Sequence[Token], tokens: Sequence[str]) -> bool:
    """Whether the tokens are the phrase."""
    return len(phrase) == len(tokens) and all(
        token is None or each in token for token, each in zip(phrase, tokens, strict=True)
    )


Subject = tuple[str, str]
"""A group, such as `idiom`, and what its phrases are about."""
Entry = tuple[tuple[Token, ...], Subject]
"""A phrase with its subject."""
Found = tuple[int, int, str]
"""Where a phrase starts and ends among the tokens, and what it is about."""


@dataclass(frozen=True)
class Phrases:
    """Phrases by how they begin, each with its subject: one pass finds those of all groups."""

    by_pair: Mapping[tuple[str, str], tuple[Entry, ...]]
    """Phrases by their first two words."""
    by_first: Mapping[str, tuple[Entry, ...]]
    """Phrases of one word, or with any word in second place, by their first."""

    @classmethod
    def of(cls, lists: Iterable[tuple[Subject, str]]) -> Self:
        """Read lists of phrases with their subject; raise `ValueError` for one that begins with any word."""
        by_pair: dict[tuple[str, str], list[Entry]] = {}
        by_first: dict[str, list[Entry]] = {}
        for subject, text in lists:
            for phrase in read_phrases(text):
                if phrase[0] is None:
                    raise ValueError(f"{' '.join(subject)}: a phrase cannot begin with {ANY}")
                second = phrase[1] if len(phrase) > 1 else None
                if second is None:
                    for first in phrase[0]:
                        by_first.setdefault(first, []).append((phrase, subject))
                else:
                    for pair in product(phrase[0], second):
                        by_pair.setdefault(pair, []).append((phrase, subject))
        return cls(
            {pair: tuple(entries) for pair, entries in by_pair.items()},
            {first: tuple(entries) for first, entries in by_first.items()},
        )

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first words of phrases: most words of a text are none of them."""
        return frozenset(self.by_first).union(first for first, _ in self.by_pair)

    def found(self, tokens: Sequence[str]) -> dict[str, list[Found]]:
        """Return the phrases among the tokens by their group; a group without any is absent."""
        found: dict[str, list[Found]] = {}
        for start, pair in enumerate(zip_longest(tokens, tokens[1:], fillvalue="")):
            if pair[0] not in self.beginnings:
                continue
            for entries in (self.by_pair.get(pair, ()), self.by_first.get(pair[0], ())):
                for phrase, (group, subject) in entries:
                    end = start + len(phrase)
                    if matches(phrase, tokens[start:end]):
                        found.setdefault(group, []).append((start, end, subject))
        return found


def positions(found: Iterable[Found]) -> set[int]:
    """Return the positions of the tokens that are part of these phrases."""
    return {at for start, end, _ in found for at in range(start, end)}
