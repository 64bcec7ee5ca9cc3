"""Which categories a customer is likely to buy from next."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.taxonomy import Category

PRIOR_CUSTOMERS = 20.0
"""How many evenly divided customers the learned distances start from, so that a few do not decide."""
SAME = -1
"""The distance of a leaf category from itself."""
KEPT = 60
"""How many leaf categories are kept for each one owned."""

Weights = Mapping[Category, float]


def common_levels(one: Category, other: Category) -> int:
    """Return how many levels two paths share from the top."""
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return shared


@dataclass(frozen=True)
class Aisles:
    """Ranks the leaf categories of a shop for the next purchase after one from a given leaf category.

        P(next | owned) = P(distance) * share of the next leaf among all at that distance from the owned one

    The distance is the number of levels that two paths share. How often customers go how far is learned from
    those with several purchases, starting from `PRIOR_CUSTOMERS` who go everywhere equally often; a leaf's
    share is that of its customers and products. This is the usual back-off from narrow to wide categories
    with Dirichlet smoothing (Zhai and Lafferty, "A study of smoothing methods for language models", 2004).
    """

    sizes: Mapping[Category, int]
    """How many customers and products each leaf category has."""
    steps: Mapping[int, int]
    """How many customers went from one leaf category to another at each distance; `SAME` is the same one."""

    @classmethod
    def of(cls, bought: CoPurchases, products: Mapping[Category, int]) -> Self:
        """Learn from what customers bought together; `products` counts those of each leaf category."""
        steps: Counter[int] = Counter()
        for leaf in bought.leaves.owners:
            for link in bought.leaves.of(leaf):
                steps[common_levels(leaf, link.to)] += link.customers
        steps[SAME] = 2 * sum(one.repeated for one in bought.repeats().values())
        sizes = {leaf: count + bought.leaves.owners[leaf] for leaf, count in products.items() if leaf}
        return cls(sizes=sizes, steps=steps)

    def after(self, owned: Category) -> Weights:
        """Return the likelihoods of the most likely next leaf categories; they sum to 1 at most."""
        if owned not in self._cache:
            self._cache[owned] = self._after(owned)
        return self._cache[owned]

    @cached_property
    def anywhere(self) -> Weights:
        """The likelihoods for a customer of whom nothing is known."""
        total = sum(self.sizes.values())
        return {leaf: size / total for leaf, size in self.sizes.items()}

    @cached_property
    def _cache(self) -> dict[Category, Weights]:
        return {}

    def _after(self, owned: Category) -> Weights:
        at_distance: dict[int, list[Category]] = {}
        for leaf in self.sizes:
            distance = SAME if leaf == owned else common_levels(leaf, owned)
            at_distance.setdefault(distance, []).append(leaf)
        found = dict(self._spread(at_distance))
        best = sorted(found, key=lambda leaf: (-found[leaf], leaf))[:KEPT]
        return {leaf: found[leaf] for leaf in best}

    def _spread(self, at_distance: Mapping[int, list[Category]]) -> Iterator[tuple[Category, float]]:
        prior = PRIOR_CUSTOMERS / len(at_distance)
        total = sum(self.steps.get(distance, 0) + prior for distance in at_distance)
        for distance, leaves in at_distance.items():
            share = (self.steps.get(distance, 0) + prior) / total
            size = sum(self.sizes[leaf] for leaf in leaves)
            for leaf in leaves:
                yield leaf, share * self.sizes[leaf] / size
