"""Sets of phrases, found in sequences of tokens.

A phrase is written as words with spaces between them; `a|b` stands for either word and `*` for any one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Self

ANY = "*"
CACHED_SENTENCES = 65_536

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


Entry = tuple[tuple[Token, ...], str]
"""A phrase with its subject."""


@dataclass(frozen=True, eq=False)
class Phrases:
    """Phrases by how they begin, each with its subject."""

    by_pair: Mapping[tuple[str, str], tuple[Entry, ...]]
    """Phrases by their first two words."""
    by_first: Mapping[str, tuple[Entry, ...]]
    """Phrases of one word, or with any word in second place, by their first."""

    @classmethod
    def of(cls, lists: Mapping[str, str]) -> Self:
        """Read lists of phrases by their subject; raise `ValueError` for one that begins with any word."""
        by_pair: dict[tuple[str, str], list[Entry]] = {}
        by_first: dict[str, list[Entry]] = {}
        for subject, text in lists.items():
            for phrase in read_phrases(text):
                if phrase[0] is None:
                    raise ValueError(f"{subject}: a phrase cannot begin with {ANY}")
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
    def _beginnings(self) -> frozenset[str]:
        """The first words of phrases: most words of a text are none of them."""
        return frozenset(self.by_first).union(first for first, _ in self.by_pair)

    def covered(self, tokens: tuple[str, ...]) -> set[int]:
        """Return the positions of the tokens that are part of a phrase."""
        return {at for start, end, _ in self.found(tokens) for at in range(start, end)}

    @lru_cache(maxsize=CACHED_SENTENCES)  # noqa: B019 - lists of phrases live as long as the process
    def found(self, tokens: tuple[str, ...]) -> tuple[tuple[int, int, str], ...]:
        """Return where each phrase among the tokens starts and ends, and its subject.

        Wordings have slots in place of names, so many customers' texts have the same sentences.
        """
        return tuple(self._found(tokens))

    def _found(self, tokens: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
        for start, word in enumerate(tokens):
            if word not in self._beginnings:
                continue
            following = tokens[start + 1] if start + 1 < len(tokens) else ""
            for phrase, subject in (*self.by_pair.get((word, following), ()), *self.by_first.get(word, ())):
                end = start + len(phrase)
                if end <= len(tokens) and matches(phrase, tokens[start:end]):
                    yield start, end, subject
