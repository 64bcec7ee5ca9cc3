"""Which products, and which categories, the same customers own, counted part by part.

A customer links two things only through different evidence. A review that is listed under the variants of a
product, or under several products, says nothing about what goes together; what was bought does, be it by one
order or by two.
"""

import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from encore.contracts.records import Customer
from encore.recommender.domain.durables import Repeats
from encore.recommender.domain.evidence import evidence_of
from encore.recommender.domain.taxonomy import Category

MAX_EVIDENCE = 50
"""How much of a customer's evidence is counted, the latest first: pairs grow with its square."""
MAX_OWNED = 50
"""How many families of a customer are counted, for the same reason."""
MAX_PAIRS = 4_000_000
"""How many pairs are kept: some 100 MB."""
SHRINKAGE = 2.0
"""A link of this many customers counts half as much as one of very many."""
_FOLD_FROM = 1 << 20
_BITS = 32
_LOW_BITS = (1 << _BITS) - 1

Thing = TypeVar("Thing", str, Category)


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
    """

    def __init__(self, *, max_pairs: int = MAX_PAIRS) -> None:
        self._max_pairs = max_pairs
        self.owners: Counter[Thing] = Counter()
        self.total = 0
        self._numbers: dict[Thing, int] = {}
        self._things: list[Thing] = []
        self._new = array("q")
        self._pairs: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)  # both ways, sorted
        self._counts: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)

    def add(self, owned: Mapping[Thing, int]) -> None:
        """Count one customer's things, each given with the bits of the evidence for it.

        Two things are linked if each has evidence that is not evidence for the other.
        """
        self.owners.update(owned.keys())
        numbered = [(self._number(thing), bits) for thing, bits in owned.items()]
        for (one, mine), (other, theirs) in combinations(numbered, 2):
            if _linked(mine, theirs):
                self._new.extend((one << _BITS | other, other << _BITS | one))
                self.total += 1
        if len(self._new) >= max(_FOLD_FROM, len(self._pairs)):
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
        self._fold()
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

    def _fold(self) -> None:
        """Merge the new pairs into the sorted ones: seldom enough for the work to stay near linear."""
        if not self._new:
            return
        new, counts = np.unique(np.frombuffer(self._new, dtype=np.int64), return_counts=True)
        pairs, places = np.unique(np.concatenate((self._pairs, new)), return_inverse=True)
        weights = np.concatenate((self._counts, counts))
        self._pairs, self._counts = pairs, np.bincount(places, weights=weights).astype(np.int32)
        self._new = array("q")
        self._drop_rarest()

    def _drop_rarest(self) -> None:
        customers = 1
        while len(self._pairs) > 2 * self._max_pairs:
            kept = self._counts > customers
            self._pairs, self._counts = self._pairs[kept], self._counts[kept]
            customers += 1


class CoPurchases:
    """Counts what customers own together, by family and by leaf category, and what they like together.

    `family` gives the id of a product's family, `category` its category path or (), which is not counted. Up
    to `MAX_PAIRS`, the order of the customers and how they are split into parts change nothing.
    """

    def __init__(
        self,
        *,
        family: Callable[[str], str],
        category: Callable[[str], Category],
    ) -> None:
        self.families = Links[str]()
        self.liked = Links[str]()
        self.leaves = Links[Category]()
        self._family = family
        self._category = category
        self._returning: Counter[Category] = Counter()
        self._repeated: Counter[Category] = Counter()
        self._further: Counter[Category] = Counter()

    def add(
        self, customers: Iterable[Customer], liked: Callable[[Customer], Collection[str]] = lambda _: ()
    ) -> None:
        """Count more customers, each of whom is given once with all their reviews and purchases.

        `liked` returns the products that a customer is known to like.
        """
        for customer in customers:
            told = evidence_of(customer)[:MAX_EVIDENCE]
            products = self._products(one.product_ids for one in told)
            reviews = sum(one.is_review << place for place, one in enumerate(told))
            likes = liked(customer)
            opinions = {one: bits & reviews for one, bits in products.items() if one in likes}
            families = self._of_families(products)
            self.families.add(families)
            self.liked.add(self._of_families(opinions))
            self._add_leaves(products, families, self._rebought(customer))

    def bought_together(self, one: str, other: str) -> int:
        """Return how many customers own products of both families, by different evidence."""
        return self.families.customers(one, other)

    def also_liked(self, one: str, other: str) -> int:
        """Return how many customers like products of both families, by different reviews."""
        return self.liked.customers(one, other)

    def repeats(self) -> dict[Category, Repeats]:
        """Return, for each leaf category, what its customers own besides."""
        return {
            leaf: Repeats(
                owners=self.leaves.owners[leaf],
                returning=self._returning[leaf],
                repeated=self._repeated[leaf],
                further=self._further[leaf],
            )
            for leaf in self.leaves.owners
        }

    def _products(self, told: Iterable[Iterable[str]]) -> dict[str, int]:
        """Return the bits of the evidence for each product, for as many families as are counted."""
        products = _merged((product, 1 << n) for n, listed in enumerate(told) for product in sorted(listed))
        kept = set(list(dict.fromkeys(map(self._family, products)))[:MAX_OWNED])
        return {product: bits for product, bits in products.items() if self._family(product) in kept}

    def _of_families(self, products: Mapping[str, int]) -> dict[str, int]:
        return _merged((self._family(product), bits) for product, bits in products.items() if bits)

    def _rebought(self, customer: Customer) -> set[str]:
        """Return the families of which several orders have the same product; a variant may be an exchange."""
        if len(customer.purchases) <= 1:
            return set()
        orders = {(one.product_id, one.order_id) for one in customer.purchases}
        counted = Counter(product_id for product_id, _ in orders)
        return {self._family(product_id) for product_id, times in counted.items() if times > 1}

    def _add_leaves(
        self, products: Mapping[str, int], families: Mapping[str, int], rebought: AbstractSet[str]
    ) -> None:
        """Count the customer's leaves, and from one family of each what else they have by other evidence."""
        leaves = {product: leaf for product in products if (leaf := self._category(product))}
        self.leaves.add(_merged((leaf, products[product]) for product, leaf in leaves.items()))
        within: dict[Category, list[str]] = {}
        for product, leaf in leaves.items():
            within.setdefault(leaf, []).append(self._family(product))
        for leaf, (first, *others) in within.items():
            further = {family for family, bits in families.items() if _linked(families[first], bits)}
            again = not rebought.isdisjoint((first, *others))
            self._further[leaf] += len(further) + again
            self._returning[leaf] += bool(further) or again
            self._repeated[leaf] += not further.isdisjoint(others) or again


def _linked(mine: int, theirs: int) -> bool:
    return bool(mine & ~theirs and theirs & ~mine)


def _merged(owned: Iterable[tuple[Thing, int]]) -> dict[Thing, int]:
    merged: dict[Thing, int] = {}
    for thing, bits in owned:
        merged[thing] = merged.get(thing, 0) | bits
    return merged
