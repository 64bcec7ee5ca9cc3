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

    def find(self, words: Sequence[str], begin: int, end: int) -> Iterator[Found[T]]:
        """Yield the phrases within `words[begin:end]` from left to right; none overlap."""
        by_first, index = self._by_first, begin
        while index < end:
            for length, phrase, value in by_first.get(words[index], ()):
                after = index + length
                if after <= end and (length == 1 or tuple(words[index:after]) == phrase):
                    yield Found(index, after, value)
                    index = after
                    break
            else:
                index += 1
