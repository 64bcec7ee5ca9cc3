"""Finds phrases of a list in a text, the longest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
Phrase = tuple[str, ...]


class Found(NamedTuple, Generic[T]):
    """A phrase at the words `begin` to `end`, the latter excluded, with what the list says of it."""

    begin: int
    end: int
    value: T


class Phrases(Generic[T]):
    """Phrases, each with a value."""

    def __init__(self, values: Mapping[Phrase, T]) -> None:
        self._by_first: dict[str, list[tuple[int, Phrase, T]]] = {}
        for phrase, value in sorted(values.items(), key=lambda item: (-len(item[0]), item[0])):
            self._by_first.setdefault(phrase[0], []).append((len(phrase), phrase, value))

    def find(self, words: Sequence[str]) -> Iterator[Found[T]]:
        """Yield the phrases among the words from left to right; none overlap."""
        by_first, free_from, last = self._by_first, 0, len(words)
        for index, word in enumerate(words):
            if word in by_first and index >= free_from:
                for length, phrase, value in by_first[word]:
                    after = index + length
                    if length == 1 or (after <= last and tuple(words[index:after]) == phrase):
                        yield Found(index, after, value)
                        free_from = after
                        break
