"""Pairs of things that the same customers have, counted in arrays, and merged bundle by bundle."""

import json
import math
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from fondly.recommender.domain.shop.taxonomy import Category

MAX_PAIRS = 4_000_000
"""How many pairs are kept: some 100 MB."""
SHRINKAGE = 2.0
"""A link of this many customers counts half as much as one of very many."""
_FOLD_FROM = 1 << 20
_BITS = 32
_LOW_BITS = (1 << _BITS) - 1

COLUMNS = ("facts", "pairs", "counts")
Thing = TypeVar("Thing", str, Category)
Numbers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]


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

    Once `fold` has been called, and until more is added, reading changes nothing: threads may share it.
    """

    def __init__(self, *, max_pairs: int = MAX_PAIRS) -> None:
        self._max_pairs = max_pairs
        self.owners: Counter[Thing] = Counter()
        self.total = 0
        self._numbers: dict[Thing, int] = {}
        self._things: list[Thing] = []
        self._new = array("q")
        self._waiting: list[tuple[Numbers, Counts]] = []
        self._pairs: Numbers = np.empty(0, dtype=np.int64)  # both ways, sorted
        self._counts: Counts = np.empty(0, dtype=np.int32)
        self._degrees: dict[Thing, int] = {}

    def add(self, owned: Mapping[Thing, int]) -> None:
        """Count a customer's things, two of which are linked if each has evidence that the other lacks."""
        self.owners.update(owned.keys())
        numbered = [(self._number(thing), bits) for thing, bits in owned.items()]
        for (one, mine), (other, theirs) in combinations(numbered, 2):
            if linked(mine, theirs):
                self._new.extend((one << _BITS | other, other << _BITS | one))
                self.total += 1
        self._fold_if_many()

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Return what has been counted as arrays, for `merge`."""
        self.fold()
        facts = json.dumps([self.total, [(thing, self.owners[thing]) for thing in self._things]])
        return {"facts": as_array(facts), "pairs": self._pairs, "counts": self._counts}

    def merge(self, columns: Mapping[str, npt.NDArray[Any]], times: int = 1) -> None:
        """Add the `columns` of other customers, in any order up to `max_pairs`; -1 times takes them away."""
        total, owners = json.loads(columns["facts"].tobytes())
        things: list[Any] = [tuple(one) if isinstance(one, list) else one for one, _ in owners]
        self.owners.update(dict(zip(things, (times * customers for _, customers in owners), strict=True)))
        self.total += times * total
        numbers = np.array([self._number(thing) for thing in things], dtype=np.int64)
        pairs = columns["pairs"]
        renamed = numbers[pairs >> _BITS] << _BITS | numbers[pairs & _LOW_BITS]
        self._waiting.append((renamed, times * columns["counts"]))
        self._fold_if_many()

    def degree(self, thing: Thing) -> int:
        """Return how many links the thing has, each customer's counted apart."""
        self.fold()
        if thing not in self._degrees:
            self._degrees[thing] = int(self._row(thing)[1].sum())
        return self._degrees[thing]

    def expected(self, one: Thing, other: Thing) -> float:
        """Return how many customers would link two things if every link had a random other end.

        Source: Newman, "Modularity and community structure in networks", PNAS 103, 2006.
        """
        return self.degree(one) * self.degree(other) / (2 * self.total or 1)

    def beyond_chance(self, one: Thing, other: Thing, customers: int) -> float:
        """Return the share of customers beyond those who are expected."""
        return max(0.0, 1 - self.expected(one, other) / customers) if customers else 0.0

    def of(self, thing: Thing, *, at_least: int = 1) -> list[Link[Thing]]:
        """Return what enough customers link the thing to: strongest first, ties by customers, then by id."""
        others, counts = self._row(thing)
        enough = counts >= at_least
        found = zip(others[enough].tolist(), counts[enough].tolist(), strict=True)
        links = [self._link(thing, self._things[number], count) for number, count in found]
        return sorted(links, key=lambda link: (-link.strength, -link.customers, link.to))

    def _row(self, thing: Thing) -> tuple[Numbers, Counts]:
        """Return the numbers of the things that one thing is linked to, and how many customers link each."""
        self.fold()
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

    def _fold_if_many(self) -> None:
        """Fold seldom enough for the work to stay near linear."""
        waiting = len(self._new) + sum(len(pairs) for pairs, _ in self._waiting)
        if waiting >= max(_FOLD_FROM, len(self._pairs)):
            self.fold()

    def fold(self) -> None:
        """Merge what waits into the sorted pairs, as reading would do first."""
        if not self._new and not self._waiting:
            return
        new = np.frombuffer(self._new, dtype=np.int64)
        parts = [(self._pairs, self._counts), (new, np.ones(len(new), dtype=np.int32)), *self._waiting]
        weights = np.concatenate([counts for _, counts in parts])
        self._pairs, places = np.unique(np.concatenate([pairs for pairs, _ in parts]), return_inverse=True)
        self._counts = np.bincount(places, weights=weights).astype(np.int32)
        self._new, self._waiting, self._degrees = array("q"), [], {}
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


def as_array(text: str) -> npt.NDArray[np.uint8]:
    """Return a text as a file of NumPy's can have it."""
    return np.frombuffer(text.encode(), dtype=np.uint8)
