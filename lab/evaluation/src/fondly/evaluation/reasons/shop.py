"""What a run's stored records say about its shop, beside single customers."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fondly.contracts.records import Product
from fondly.evaluation.families import FamilyIndex
from fondly.evaluation.reasons.authored import Authored
from fondly.evaluation.reasons.counts import PairCounts
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.shop.attributes import Attributes, makers_of, read_attributes
from fondly.recommender.domain.shop.fitting import fits, owned_with
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.names import (
    Vector,
    brands_of,
    cosine,
    document_frequency,
    rarity,
    tokens,
    vector,
)

Category = tuple[str, ...]


@dataclass(frozen=True)
class ShopFacts:
    """The catalogue, its families, the counts that reasons claim, and the rules of the run.

    `customers` counts who reviewed or bought each product; `now` is the time of the run in Unix seconds.
    """

    products: Mapping[str, Product]
    families: FamilyIndex
    customers: Counter[str]
    rules: Rules
    own: ShopRules
    now: int
    bought: PairCounts[str] = field(default_factory=PairCounts)
    liked: PairCounts[str] = field(default_factory=PairCounts)
    leaves: PairCounts[Category] = field(default_factory=PairCounts)

    def people(self, product_id: str) -> int:
        """Return how many people rated a product, or reviewed or bought it, whichever is more."""
        return max(self.products[product_id].rating_count or 0, self.customers[product_id])

    def ranks(self, product_id: str, category: Category) -> tuple[range, int]:
        """Return the ranks that a product may claim in a category by its people, and the number of products.

        Products with equally many people may be in any order. The empty category is the whole shop.
        """
        people = self._people_in[category]
        mine = self.people(product_id)
        better = len(people) - bisect_right(people, mine)
        not_worse = len(people) - bisect_left(people, mine)
        return range(better + 1, not_worse + 1), len(people)

    def similarity(self, one: str, other: str) -> float:
        """Return the mean of the share of common levels and the names' likeness."""
        mine, theirs = self.products[one].category, self.products[other].category
        longest = max(len(mine), len(theirs))
        common = next((n for n in range(longest) if mine[: n + 1] != theirs[: n + 1]), longest)
        levels = common / longest if longest else 0.0
        return (self.likeness(one, other) + levels) / 2

    def likeness(self, one: str, other: str) -> float:
        """Return the cosine of two names; rare words count more."""
        return cosine(self._names[one], self._names[other])

    def fits(self, product_id: str, own: str) -> bool | None:
        """Return whether a product fits another by their texts, None if these do not tell."""
        return fits(self._attributes(product_id), owned_with(self._attributes(own)))

    def needs_fit(self, product_id: str) -> bool:
        """Return whether a product is useless without something that it fits."""
        return self._attributes(product_id).needs_fit

    def is_among_most_popular(self, rank: int, out_of: int) -> bool:
        """Return whether a rank is within the share of products that may be called popular."""
        return rank <= math.ceil(self.rules.popular_share * out_of)

    @cached_property
    def authored(self) -> Authored:
        """What the shop and the shipped tables say of categories."""
        return Authored(self.own.complements)

    def _attributes(self, product_id: str) -> Attributes:
        return read_attributes(self.products[product_id], self._brands[product_id], self._makers)

    @cached_property
    def _brands(self) -> Mapping[str, str | None]:
        return brands_of(self.products.values())

    @cached_property
    def _makers(self) -> frozenset[str]:
        return makers_of(self.products.values(), self._brands.get)

    @cached_property
    def _people_in(self) -> dict[Category, list[int]]:
        found: dict[Category, list[int]] = {}
        for product_id, product in self.products.items():
            for depth in range(len(product.category) + 1):
                found.setdefault(product.category[:depth], []).append(self.people(product_id))
        return {category: sorted(people) for category, people in found.items()}

    @cached_property
    def _names(self) -> dict[str, Vector]:
        counts = {product_id: tokens(product.name) for product_id, product in self.products.items()}
        weights = rarity(document_frequency(counts), len(counts))
        return {product_id: vector(own, weights) for product_id, own in counts.items()}
