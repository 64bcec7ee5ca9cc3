"""Pairs of things that the same customers have, counted in arrays, and merged bundle by bundle."""

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from encore.recommender.domain.taxonomy import Category

MAX_PAIRS = 4_000_000
"""How many pairs are kept: some 100 MB."""
SHRINKAGE = 2.0
"""A link of this many customers counts half as much as one of very many."""
_FOLD_FROM = 1 << 20
_BITS = 32
_LOW_BITS = (1 << _BITS) - 1

Thing = TypeVar("Thing", str, Category)
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counted(Generic[Thing]):
    """Links as plain columns: of things their `owners`, of pairs of places in `things` their customers."""

    things: Sequence[Thing]
    owners: Numbers
    ones: Numbers
    others: Numbers
    customers: Numbers
    total: int


class _Pairs(NamedTuple):
    """Pairs of numbers, each as one integer, and their customers."""

    pairs: Numbers
    customers: Numbers


@dataclass(frozen=True, slots=True)
class Link(Generic[Thing]):
    """Something that `customers` own together with something else, and the `strength` of that link."""

    to: Thing
    customers: int
    strength: float


def strength(together: int, one: int, other: int) -> float:
    """Return how strongly two things are linked, from 0 to 1.

    The cosine `together / sqrt(one * other)` of their sets of customers, times
    `together / (together + SHRINKAGE)`, so that a link of few customers counts less. Sources: Sarwar et al.,
    "Item-based collaborative filtering recommendation algorithms", WWW 2001 (cosine); Bell and Koren,
    "Improved neighborhood-based collaborative filtering", KDD Cup 2007 (shrinkage).
    """
    return together / math.sqrt(one * other) * together / (together + SHRINKAGE)


class Links(Generic[Thing]):
    """Counts the customers of things and of pairs of things.

    `owners` has the customers of each thing, `total` is the number of links of all customers. At most
    `max_pairs` pairs are kept, each in 24 bytes: beyond that, those of the fewest customers are dropped from
    time to time, so that a count is then a lower bound and may depend on the order of the customers (lossy
    counting: Manku and Motwani, "Approximate frequency counts over data streams", VLDB 2002).

    Once `settle` has been called, and until more is added, reading changes nothing: threads may share it.
    """

    def __init__(self, *, max_pairs: int = MAX_PAIRS) -> None:
        self._max_pairs = max_pairs
        self.owners: Counter[Thing] = Counter()
        self.total = 0
        self._numbers: dict[Thing, int] = {}
        self._things: list[Thing] = []
        self._new = array("q")
        self._merged: list[_Pairs] = []
        self._pending = 0
        self._pairs: Numbers = np.empty(0, dtype=np.int64)  # both ways, sorted
        self._counts: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)

    def add(self, owned: Mapping[Thing, int]) -> None:
        """Count one customer's things, each given with the bits of the evidence for it.

        Two things are linked if each has evidence that is not evidence for the other.
        """
        self.owners.update(owned.keys())
        numbered = [(self._number(thing), bits) for thing, bits in owned.items()]
        for (one, mine), (other, theirs) in combinations(numbered, 2):
            if linked(mine, theirs):
                self._new.extend((one << _BITS | other, other << _BITS | one))
                self.total += 1
        self._fold_if_many(len(self._new))

    def counted(self) -> Counted[Thing]:
        """Return what has been counted, for `merge`."""
        self.settle()
        ones, others = self._pairs >> _BITS, self._pairs & _LOW_BITS
        once = ones < others
        return Counted(
            things=tuple(self._things),
            owners=np.array([self.owners[thing] for thing in self._things], dtype=np.int64),
            ones=ones[once],
            others=others[once],
            customers=self._counts[once].astype(np.int64),
            total=self.total,
        )

    def merge(self, counted: Counted[Thing]) -> None:
        """Add what was counted of other customers. Up to `max_pairs` the order of merging changes nothing."""
        self.owners.update(dict(zip(counted.things, counted.owners.tolist(), strict=True)))
        self.total += counted.total
        numbers = np.array([self._number(thing) for thing in counted.things], dtype=np.int64)
        ones, others = numbers[counted.ones], numbers[counted.others]
        both = np.concatenate((ones << _BITS | others, others << _BITS | ones))
        self._merged.append(_Pairs(both, np.tile(counted.customers, 2)))
        self._pending += len(both)
        self._fold_if_many(self._pending)

    def settle(self) -> None:
        """Do now what reading would do first."""
        if self._new or self._merged:
            self._fold()

    def customers(self, one: Thing, other: Thing) -> int:
        """Return how many customers link the two things."""
        number = self._numbers.get(other)
        others, counts = self._row(one)
        return 0 if number is None else int(counts[others == number].sum())

    def degree(self, thing: Thing) -> int:
        """Return how many links the thing has, each customer's counted apart."""
        return int(self._row(thing)[1].sum())

    def of(self, thing: Thing, *, at_least: int = 1) -> list[Link[Thing]]:
        """Return what enough customers link the thing to: strongest first, ties by customers, then by id."""
        others, counts = self._row(thing)
        enough = counts >= at_least
        found = zip(others[enough].tolist(), counts[enough].tolist(), strict=True)
        links = [self._link(thing, self._things[number], count) for number, count in found]
        return sorted(links, key=lambda link: (-link.strength, -link.customers, link.to))

    def _row(self, thing: Thing) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return the numbers of the things that one thing is linked to, and how many customers link each."""
        self.settle()
        number = self._numbers.get(thing, len(self._things))
        low, high = np.searchsorted(self._pairs, (number << _BITS, (number + 1) << _BITS))
        return self._pairs[low:high] & _LOW_BITS, self._counts[low:high]

    def _link(self, thing: Thing, other: Thing, count: int) -> Link[Thing]:
        return Link(other, count, strength(count, self.owners[thing], self.owners[other]))

    def _number(self, thing: Thing) -> int:
        number = self._numbers.setdefault(thing, len(self._things))
        if number == len(self._things):
            self._things.append(thing)
        return number

    def _fold_if_many(self, waiting: int) -> None:
        """Fold seldom enough for the work to stay near linear."""
        if waiting >= max(_FOLD_FROM, len(self._pairs)):
            self._fold()

    def _fold(self) -> None:
        """Merge the new pairs into the sorted ones."""
        new = np.frombuffer(self._new, dtype=np.int64)
        merged: list[_Pairs] = [_Pairs(new, np.ones(len(new), dtype=np.int64)), *self._merged]
        every = np.concatenate([self._pairs, *(each.pairs for each in merged)])
        weights = np.concatenate([self._counts, *(each.customers for each in merged)])
        pairs, places = np.unique(every, return_inverse=True)
        self._pairs, self._counts = pairs, np.bincount(places, weights=weights).astype(np.int32)
        self._new, self._merged, self._pending = array("q"), [], 0
        self._drop_rarest()

    def _drop_rarest(self) -> None:
        customers = 1
        while len(self._pairs) > 2 * self._max_pairs:
            kept = self._counts > customers
            self._pairs, self._counts = self._pairs[kept], self._counts[kept]
            customers += 1


def linked(mine: int, theirs: int) -> bool:
    """Return whether two things have evidence, as bits, that is not evidence for the other."""
    return bool(mine & ~theirs and theirs & ~mine)
