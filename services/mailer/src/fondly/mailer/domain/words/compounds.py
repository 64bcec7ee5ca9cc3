"""Compounds: words that a language writes as one, such as "Glaskanne"."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Self

MIN_PART_CHARS = 3
MIN_NAMED_CHARS = 4
"""From this length on a part of a catalogue's compound is a word of its own."""


@dataclass(frozen=True)
class Compounds:
    """How a language joins words; one that joins none has no `links`."""

    links: tuple[str, ...] = ()
    """What may stand between two parts, besides nothing."""
    qualities: frozenset[str] = frozenset()
    """Heads that claim something of what they follow, as in "wasserdicht"."""
    heads: frozenset[str] = frozenset()
    """Heads that say nothing, so that a compound with a neutral beginning does not either: "Arbeitsweg"."""
    imitations: tuple[str, ...] = ()
    """Beginnings that make a compound something else than its head: "Kunstleder" is no "Leder"."""

    @classmethod
    def of(cls, table: Mapping[str, str]) -> Self:
        """Read `links`, `qualities`, `heads` and `imitations`."""
        return cls(
            links=tuple(table["links"].split()),
            qualities=frozenset(table["qualities"].split()),
            heads=frozenset(table["heads"].split()),
            imitations=tuple(table["imitations"].split()),
        )

    def splits(self, word: str) -> Iterator[tuple[str, str]]:
        """Yield each way to read a word as two parts."""
        if not self.links:
            return
        for at in range(MIN_PART_CHARS, len(word) - MIN_PART_CHARS + 1):
            start, head = word[:at], word[at:]
            if head in self.qualities:
                continue
            yield start, head
            yield from ((start.removesuffix(link), head) for link in self.links if start.endswith(link))

    def parts(self, words: Iterable[str]) -> frozenset[str]:
        """Return the heads and beginnings of words: a "Glaskanne" is a "Kanne", and of "Glas"."""
        return frozenset(chain.from_iterable(map(self._parts, words))) if self.links else frozenset()

    def _parts(self, word: str) -> Iterator[str]:
        longest = len(word) - MIN_PART_CHARS
        lengths = range(MIN_NAMED_CHARS, longest + 1)
        yield from (word[:length] for length in lengths)
        if not word.startswith(self.imitations):
            yield from (word[-length:] for length in lengths)
