"""Which categories go with what a customer owns: learned from co-purchases, else from an authored table."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, zip_longest

from fondly.recommender.domain.shop.durables import Durables
from fondly.recommender.domain.shop.tables import complement_phrases, complement_table
from fondly.recommender.domain.shop.taxonomy import Category, Entries, same_audience, words
from fondly.recommender.domain.study.links import Links

MIN_CUSTOMERS = 2
"""A complement is learned from this many customers."""
MAX_CHANCE = 0.05
"""A learned link of so many customers would come about by chance in fewer than this share of cases."""
NORMAL_FROM = 50.0
"""From this many expected events on, the normal distribution is as good."""
SURPRISE = 2
"""How many times more customers it takes for leaves of different departments that the table does not link."""
PER_KIND = 3
"""How many leaves of one kind are offered."""


@dataclass(frozen=True, slots=True)
class Complement:
    """A leaf category that goes with another; a learned one with the number of customers who own both."""

    category: Category
    is_written: bool
    """Whether a person wrote it down; otherwise it is only known that customers own both."""
    customers: int | None = None


class Complements:
    """Finds the leaf categories of a shop that go with one of them, best first.

    `leaves` gives how much each leaf of the shop has to offer, such as its number of products: of those that
    are equally near in the shop's tree, the larger comes first. `bought` links the leaves that customers own.
    `overrides` is what the shop itself says goes with what, by words of category names.
    """

    def __init__(
        self,
        leaves: Mapping[Category, int],
        *,
        durables: Durables,
        bought: Links[Category] | None = None,
        min_customers: int = MIN_CUSTOMERS,
        overrides: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._leaves = leaves
        self._durables = durables
        self._bought = Links[Category]() if bought is None else bought
        self._min_customers = min_customers
        self._branches = _branches(leaves)
        self._overrides = overrides or {}
        self._overridden = Entries(self._overrides)
        self.of: Callable[[Category], tuple[Complement, ...]] = cache(self._of)

    def _of(self, category: Category) -> tuple[Complement, ...]:
        """Return what goes with the category, each leaf once and never the category itself.

        The shop's own come first, then learned ones, strongest first (see `co_purchases.strength`), then
        those of the authored table: the nearest leaf for each kind that it names, then the second nearest.
        """
        authored = self._authored(category)
        found = {leaf: Complement(leaf, is_written=True) for leaf in self._stated(category)}
        for leaf, customers in self._learned(category, authored):
            found.setdefault(leaf, Complement(leaf, leaf in authored, customers))
        for leaf in authored:
            found.setdefault(leaf, Complement(leaf, is_written=True))
        return tuple(found.values())

    def _goes_with(self, category: Category, other: Category) -> bool:
        if category == other or other not in self._leaves or not same_audience(category, other):
            return False
        return not (self._durables.is_durable(category) and self._durables.same_kind(category, other))

    def _stated(self, category: Category) -> Iterator[Category]:
        """Yield what the shop says goes with the category, in its order, the largest leaf of a name first."""
        names = [name for phrase in self._overridden.best(category) for name in self._overrides[phrase]]
        matching = Entries(names)
        matches = {leaf: matching.best(leaf) for leaf in self._leaves} if names else {}
        for name in names:
            leaves = (leaf for leaf, phrases in matches.items() if name in phrases and leaf != category)
            yield from sorted(leaves, key=lambda leaf: (-self._leaves[leaf], leaf))

    def _learned(self, category: Category, authored: Collection[Category]) -> Iterator[tuple[Category, int]]:
        """Yield what the customers' purchases link clearly enough, with the number of customers."""
        for link in self._bought.of(category, at_least=self._min_customers):
            surprising = link.to not in authored and _other_department(category, link.to)
            enough = self._min_customers * (SURPRISE if surprising else 1)
            chance = chance_of(link.customers, self._bought.expected(category, link.to))
            if link.customers >= enough and chance < MAX_CHANCE and self._goes_with(category, link.to):
                yield link.to, link.customers

    def _authored(self, category: Category) -> list[Category]:
        nearest = (islice(self._nearest(phrase, category), PER_KIND) for phrase in _offered_with(category))
        leaves = (leaf for leaf in chain.from_iterable(zip_longest(*nearest)) if leaf is not None)
        return list(dict.fromkeys(leaves))

    def _nearest(self, phrase: str, category: Category) -> Iterator[Category]:
        """Yield the leaves of a kind that go with the category, those that share most of its path first."""
        seen: set[Category] = set()
        for depth in range(len(category), -1, -1):
            for leaf in self._branches.get((phrase, category[:depth]), ()):
                if leaf not in seen and self._goes_with(category, leaf):
                    yield leaf
                seen.add(leaf)


def chance_of(count: int, expected: float) -> float:
    """Return the chance of `count` events or more where `expected` are usual (Poisson's distribution)."""
    if expected > NORMAL_FROM:
        return math.erfc((count - 0.5 - expected) / math.sqrt(2 * expected)) / 2
    share, below = math.exp(-expected), 0.0
    for n in range(count):
        below += share
        share *= expected / (n + 1)
    return max(0.0, 1.0 - below)


def _other_department(one: Category, other: Category) -> bool:
    """Return whether two paths share not even their root; a path of one level has no department."""
    return len(one) > 1 and len(other) > 1 and one[0] != other[0]


def _branches(leaves: Mapping[Category, int]) -> dict[tuple[str, Category], list[Category]]:
    """Index the leaves by every kind that they are and every branch that they are on, largest first."""
    branches: dict[tuple[str, Category], list[Category]] = {}
    for leaf in sorted(leaves, key=lambda leaf: (-leaves[leaf], leaf)):
        for phrase in _kinds_of(leaf):
            for depth in range(len(leaf) + 1):
                branches.setdefault((phrase, leaf[:depth]), []).append(leaf)
    return branches


def _kinds_of(leaf: Category) -> list[str]:
    """Return every kind that the leaf is.

    Where the table says what goes with a special kind, a leaf of that kind is not of the general one as
    well: a "3d glass" is not offered as a "glass". A special kind that the table only offers is both.
    """
    matched = list(chain.from_iterable(_entries(complement_phrases).matches(leaf)))
    own = [frozenset(words(phrase)) for phrase in matched if phrase in complement_table()]
    return [phrase for phrase in matched if not any(kind > frozenset(words(phrase)) for kind in own)]


def _offered_with(category: Category) -> list[str]:
    """Return the kinds that the authored table offers with a category, best first."""
    best, table = _entries(complement_table).best(category), complement_table()
    return list(dict.fromkeys(phrase for kind in best for phrase in table[kind]))


@cache
def _entries(read: Callable[[], Iterable[str]]) -> Entries:
    return Entries(read())
