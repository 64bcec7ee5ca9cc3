"""What the lists of all customers are like."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from fondly.contracts.records import Product, Recommendation
from fondly.evaluation.metrics import (
    coverage,
    duplicates,
    gini,
    largest_identical_share,
    novelty,
    share,
)
from fondly.evaluation.own_data.held_out import LEVEL_2, Category
from fondly.recommender.domain.history.preferences import EventType, Preference

LEVELS: Mapping[str, int | None] = {"leaf": None, "level_2": LEVEL_2, "root": 1}
"""How many levels of a category path are compared, from the top; all for a leaf."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """The shares of picks in a category that the customer owns something of, by how narrow it is."""

    customers: int
    leaf: float
    level_2: float
    root: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """What the figures need to know of products beside their records."""

    family: Callable[[str], str]
    """The family that a product belongs to."""
    is_durable: Callable[[Category], bool]
    """Whether owners of a product of a category need no second one."""
    price_factor: float
    """By how much a pick may cost less than the customer's cheapest product, or more than their dearest."""


@dataclass(frozen=True)
class Lists:
    """The lists of a shop's customers, with what each customer has and thinks."""

    recommendations: Sequence[Recommendation]
    preferences: Mapping[str, Sequence[Preference]]
    products: Mapping[str, Product]
    views: Views

    @cached_property
    def ids(self) -> list[list[str]]:
        """The picked product ids of each customer."""
        return [[pick.product.product_id for pick in one.picks] for one in self.recommendations]

    @cached_property
    def families(self) -> list[list[str]]:
        """The picked families of each customer."""
        return [[self.views.family(each) for each in one] for one in self.ids]

    def product_coverage(self) -> float:
        """Return the share of products in at least one list."""
        return coverage(self.ids, len(self.products))

    def family_coverage(self) -> float:
        """Return the share of families of which at least one product is in at least one list."""
        return coverage(self.families, len({self.views.family(each) for each in self.products}))

    def exposure_gini(self) -> float:
        """Return how unequally often products are recommended."""
        counts = Counter(each for one in self.ids for each in one)
        return gini(counts[each] for each in self.products)

    def largest_identical_group(self) -> float:
        """Return the share of customers who get the most frequent list."""
        return largest_identical_share(self.ids)

    def family_duplicates(self) -> int:
        """Return how many picks are of a family that is already in the list."""
        return duplicates(self.families)

    def novelty_bits(self) -> float:
        """Return how much picks tell customers on average, by how few have them."""
        owners = Counter(each for known in self.preferences.values() for each in _ids(known))
        return novelty(self.ids, owners, len(self.preferences))

    def nearness(self, *, only_bad: bool = False) -> Nearness:
        """Return how near picks are to what customers own, or to what those with only bad reviews own."""
        chosen = [
            one
            for one in self.recommendations
            if self._owned_leaves(one) and not (only_bad and not _is_all_bad(self._known(one)))
        ]
        shares = {
            name: share(chain.from_iterable(self._near(one, levels) for one in chosen))
            for name, levels in LEVELS.items()
        }
        return Nearness(len(chosen), **shares)

    def durable_owners(self) -> list[Recommendation]:
        """Return the lists of customers who own something durable."""
        return [one for one in self.recommendations if self._durable_leaves(one)]

    def with_substitutes(self) -> int:
        """Return how many of them get more than one product of a leaf in which they own something durable."""
        return sum(
            any(count > 1 for leaf, count in self._picked(one).items() if leaf in self._durable_leaves(one))
            for one in self.durable_owners()
        )

    def outside_price_range(self) -> float:
        """Return the share of picks that cost much less or much more than all that the customer has."""
        return share(each for one in self.recommendations for each in self._outside(one, self._owned(one)))

    def reasons(self) -> dict[str, int]:
        """Return how many picks have a reason of each kind, the most frequent first."""
        counts = Counter(pick.reason.kind.value for one in self.recommendations for pick in one.picks)
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    def sources(self) -> dict[str, int]:
        """Return how many customers have a list from each source."""
        return dict(sorted(Counter(one.source.value for one in self.recommendations).items()))

    def _known(self, one: Recommendation) -> Sequence[Preference]:
        return self.preferences[one.customer_id]

    def _owned(self, one: Recommendation) -> list[Product]:
        return [self.products[each] for each in _ids(self._known(one)) if each in self.products]

    def _owned_leaves(self, one: Recommendation) -> set[Category]:
        return {product.category for product in self._owned(one) if product.category}

    def _durable_leaves(self, one: Recommendation) -> set[Category]:
        return {leaf for leaf in self._owned_leaves(one) if self.views.is_durable(leaf)}

    def _picked(self, one: Recommendation) -> Counter[Category]:
        return Counter(pick.product.category for pick in one.picks)

    def _near(self, one: Recommendation, levels: int | None) -> list[bool]:
        owned = {leaf[:levels] for leaf in self._owned_leaves(one)}
        return [pick.product.category[:levels] in owned for pick in one.picks]

    def _outside(self, one: Recommendation, owned: Collection[Product]) -> Iterable[bool]:
        for pick in one.picks:
            prices = [float(each.price) for each in owned if each.currency == pick.product.currency]
            if prices:
                low, high = min(prices) / self.views.price_factor, max(prices) * self.views.price_factor
                yield not low <= float(pick.product.price) <= high


def _ids(known: Iterable[Preference]) -> list[str]:
    return [each.product_id for each in known]


def _is_all_bad(known: Sequence[Preference]) -> bool:
    return bool(known) and all(each.event_type is EventType.DISLIKED for each in known)
