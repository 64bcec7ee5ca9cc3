"""Which categories go with what a customer owns: learned from co-purchases, else from an authored table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain, islice, zip_longest

from encore.recommender.domain.co_purchases import Links
from encore.recommender.domain.durables import Durables
from encore.recommender.domain.taxonomy import (
    Category,
    Entries,
    complement_phrases,
    complement_table,
    same_audience,
)

MIN_CUSTOMERS = 2
"""A complement is learned from this many customers."""
MIN_LIFT = 1.5
"""How many times more often than by chance they own both."""
LIFT_PRIOR = 1.0
"""Customers added to those seen and to those expected by chance: small numbers prove little."""
PER_KIND = 3
"""How many leaves of one kind are offered."""


class Source(StrEnum):
    """How a complement is known."""

    LEARNED = "learned"
    AUTHORED = "authored"


@dataclass(frozen=True, slots=True)
class Complement:
    """A leaf category that goes with another; a learned one with the number of customers who own both."""

    category: Category
    source: Source
    customers: int | None = None


class Complements:
    """Finds the leaf categories of a shop that go with one of them, best first.

    `leaves` gives how much each leaf of the shop has to offer, such as its number of products: of those that
    are equally near in the shop's tree, the larger comes first. `bought` links the leaves that customers own.
    """

    def __init__(
        self,
        leaves: Mapping[Category, int],
        *,
        durables: Durables,
        bought: Links[Category] | None = None,
        min_customers: int = MIN_CUSTOMERS,
    ) -> None:
        self._leaves = leaves
        self._durables = durables
        self._bought = Links[Category]() if bought is None else bought
        self._min_customers = min_customers
        self._branches = _branches(leaves)
        self._found: dict[Category, tuple[Complement, ...]] = {}

    def of(self, category: Category) -> tuple[Complement, ...]:
        """Return what goes with the category, each leaf once and never the category itself.

        Learned complements come first, strongest first (see `co_purchases.strength`), then those of the
        authored table: the nearest leaf for each kind that it names, then the second nearest, and so on.
        """
        if category not in self._found:
            complements = chain(self._learned(category), self._authored(category))
            by_leaf: dict[Category, Complement] = {}
            for complement in complements:
                if self._goes_with(category, complement.category):
                    by_leaf.setdefault(complement.category, complement)
            self._found[category] = tuple(by_leaf.values())
        return self._found[category]

    def _goes_with(self, category: Category, other: Category) -> bool:
        return (
            category != other
            and other in self._leaves
            and same_audience(category, other)
            and not (self._durables.is_durable(category) and self._durables.same_kind(category, other))
        )

    def _learned(self, category: Category) -> Iterator[Complement]:
        for link in self._bought.of(category, at_least=self._min_customers):
            if self._lift(category, link.to, link.customers) >= MIN_LIFT:
                yield Complement(link.to, Source.LEARNED, link.customers)

    def _lift(self, one: Category, other: Category, customers: int) -> float:
        """Return how many times more customers own both than if every link had a random other end.

        Expected by chance are `degree * degree / (2 * links)`, where a leaf's degree is the number of its
        links (Newman, "Modularity and community structure in networks", PNAS 103, 2006).
        """
        expected = self._bought.degree(one) * self._bought.degree(other) / (2 * self._bought.total)
        return (customers + LIFT_PRIOR) / (expected + LIFT_PRIOR)

    def _authored(self, category: Category) -> Iterator[Complement]:
        nearest = (islice(self._nearest(phrase, category), PER_KIND) for phrase in _offered_with(category))
        for leaf in chain.from_iterable(zip_longest(*nearest)):
            if leaf is not None:
                yield Complement(leaf, Source.AUTHORED)

    def _nearest(self, phrase: str, category: Category) -> Iterator[Category]:
        """Yield the leaves of a kind for the same people, those that share most of the category's path first."""
        leaves = (
            leaf
            for depth in range(len(category), -1, -1)
            for leaf in self._branches.get((phrase, category[:depth]), ())
        )
        return (leaf for leaf in dict.fromkeys(leaves) if self._goes_with(category, leaf))


def _branches(leaves: Mapping[Category, int]) -> dict[tuple[str, Category], list[Category]]:
    """Index the leaves by every kind that they are and every branch that they are on, largest first."""
    branches: dict[tuple[str, Category], list[Category]] = {}
    for leaf in sorted(leaves, key=lambda leaf: (-leaves[leaf], leaf)):
        for phrase in chain.from_iterable(_kinds().matches(leaf)):
            for depth in range(len(leaf) + 1):
                branches.setdefault((phrase, leaf[:depth]), []).append(leaf)
    return branches


def _offered_with(category: Category) -> list[str]:
    """Return the kinds that the authored table offers with a category, best first."""
    table = complement_table()
    best = _sources().best(category)
    return list(dict.fromkeys(phrase for kind in best for phrase in table[kind]))


@cache
def _sources() -> Entries:
    return Entries(complement_table())


@cache
def _kinds() -> Entries:
    return Entries(complement_phrases())
