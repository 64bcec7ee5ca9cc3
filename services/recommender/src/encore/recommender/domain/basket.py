"""The rules of a merchandiser, each of which says whether one more product may join those already picked."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.shopper import Owned
from encore.recommender.domain.taxonomy import Category
from encore.recommender.domain.topics import is_of


class Rule(StrEnum):
    """The rules, in the order in which they yield when a customer would get too few products."""

    PRICE = "price"
    COMPLEMENTS = "complements"
    BRAND = "brand"
    NEW_PART = "new_part"
    RATING = "rating"
    LEAF = "leaf"
    NEW_ROOT = "new_root"
    FIT = "fit"
    REPEAT = "repeat"
    DISAPPOINTMENT = "disappointment"
    REPLACEMENT = "replacement"
    DISLIKED = "disliked"
    FAMILY = "family"


EXCEPTION_WIDTH = Decimal("1.5")
"""The power of the price factor that even an exception keeps to."""
RULES = tuple(Rule)
COSTS = {rule: 1 << place for place, rule in enumerate(RULES)}
"""What it costs if a rule yields: more than if all the rules before it do."""
LEAF_RULES = (Rule.COMPLEMENTS, Rule.NEW_PART, Rule.LEAF, Rule.NEW_ROOT)
"""The rules that look at a product's category alone."""
STANDING_RULES = (Rule.RATING, Rule.FIT, Rule.REPEAT, Rule.DISAPPOINTMENT, Rule.DISLIKED)
"""The rules that what is in the basket does not matter to."""
UNBROKEN = 0
"""The cost (see `Basket.cost`) of an offer that keeps every rule."""
TOO_MUCH = 1 << len(RULES)
"""More than any offer costs."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A product in the basket, with the rules that had to yield for it."""

    offer: Offer
    yielded: tuple[Rule, ...] = ()


class Basket:
    """What has been picked for one customer, and what may still be picked."""

    def __init__(self, candidates: Candidates) -> None:
        """Begin an empty basket for the customer of these candidates."""
        shopper, rules = candidates.shopper, candidates.shop.rules
        self.chosen: list[Chosen] = []
        self._picks = candidates.shop.picks
        self._shopper = shopper
        self._rules = rules
        self._completing = candidates.completing
        self._linked = candidates.linked
        self._taken = set(shopper.known)
        self._unwanted = shopper.unwanted
        self._labels = set(shopper.labels)
        self._leaves: Counter[Category] = Counter()
        self._brands: Counter[str | None] = Counter()
        self._kinds: Counter[str | None] = Counter()
        self._outside = {Rule.NEW_PART: 0, Rule.NEW_ROOT: 0}
        self._fitted: dict[Category, list[str]] = {}
        self._price_factor, self._exception_factor = _price_factors(rules.price_factor)
        self._price_exceptions = 0
        self._missing_complements = rules.min_complements if shopper.durables else 0
        self._roots = frozenset(part[:1] for part in shopper.parts)
        self._keeps = self._predicates()
        self._standing = self._costing(STANDING_RULES)
        self._changing = self._costing(tuple(rule for rule in RULES if rule not in STANDING_RULES))
        self._standing_costs: dict[str, int] = {}

    @property
    def is_full(self) -> bool:
        """True when there are as many products as an email has."""
        return self._room <= 0

    @property
    def _room(self) -> int:
        return self._picks - len(self.chosen)

    def cost(self, offer: Offer, *, below: int = TOO_MUCH) -> int | None:
        """Return the sum of the costs of the rules that must yield for the offer to join; 0 if it keeps all.

        None for what the customer or the basket has already, for a department that the customer wants nothing
        of, and for a cost that is not `below` a bound.
        """
        if offer.product_id in self._taken or (self._unwanted and is_of(offer.leaf, self._unwanted)):
            return None
        total = self._standing_costs.get(offer.product_id)
        if total is None:
            total = sum(cost for cost, keeps in self._standing if not keeps(offer))
            self._standing_costs[offer.product_id] = total
        if total >= below:
            return None
        for cost, keeps in self._changing:
            if not keeps(offer):
                total += cost
                if total >= below:
                    return None
        return total

    def closes_leaf(self, first: Offer, *, below: int) -> bool:
        """Return whether nothing of a leaf category may join for a cost `below` a bound.

        `first` is its best offer: if it may not leave the part of the shop, later ones may not either. All of
        a leaf are of the same kind, so all are one replacement too many, or none is.
        """
        if is_of(first.leaf, self._unwanted):
            return True
        least = sum(COSTS[rule] for rule in LEAF_RULES if not self._keeps[rule](first))
        return least + COSTS[Rule.REPLACEMENT] * self._is_replaced(first) >= below

    def add(self, offer: Offer) -> None:
        """Add an offer, and note the rules that it does not keep."""
        self.chosen.append(Chosen(offer, tuple(rule for rule in RULES if not self._keeps[rule](offer))))
        self._taken.add(offer.product_id)
        self._labels |= offer.labels
        self._leaves[offer.leaf] += bool(offer.leaf)
        self._brands[offer.brand] += offer.brand is not None
        self._kinds[offer.kind] += offer.kind is not None
        self._outside[Rule.NEW_PART] += self._is_new(offer.part, self._shopper.parts)
        self._outside[Rule.NEW_ROOT] += self._is_new(offer.leaf[:1], self._roots)
        self._price_exceptions += not self._is_in_price_range(offer, self._price_factor)
        self._missing_complements -= self._completes_durable(offer)

    def _costing(self, rules: Sequence[Rule]) -> list[tuple[int, Callable[[Offer], bool]]]:
        """What it costs if these rules yield, and whether an offer keeps them; the dearest first."""
        return [(COSTS[rule], self._keeps[rule]) for rule in reversed(rules)]

    def _predicates(self) -> Mapping[Rule, Callable[[Offer], bool]]:
        shopper, rules = self._shopper, self._rules
        return {
            Rule.PRICE: self._keeps_price,
            Rule.COMPLEMENTS: self._keeps_room_for_complements,
            Rule.BRAND: self._keeps_brand,
            Rule.NEW_PART: self._keeps_to_known_parts,
            Rule.RATING: lambda offer: offer.is_well_rated,
            Rule.LEAF: lambda offer: self._leaves[offer.leaf] < rules.max_per_leaf,
            Rule.NEW_ROOT: self._keeps_to_known_roots,
            Rule.FIT: self._keeps_fit,
            Rule.REPEAT: lambda offer: shopper.emailed_labels.isdisjoint(offer.labels),
            Rule.DISAPPOINTMENT: lambda offer: (offer.brand, offer.leaf) not in shopper.disappointments,
            Rule.REPLACEMENT: self._keeps_replacements,
            Rule.DISLIKED: lambda offer: not offer.is_disliked,
            Rule.FAMILY: lambda offer: self._labels.isdisjoint(offer.labels),
        }

    def _keeps_brand(self, offer: Offer) -> bool:
        return self._brands[offer.brand] < self._rules.max_per_brand

    def _keeps_replacements(self, offer: Offer) -> bool:
        """Of what the customer owns for years: one at most, and only a better one."""
        return not self._is_replaced(offer) and all(is_better(offer, one) for one in self._to_replace(offer))

    def _is_replaced(self, offer: Offer) -> bool:
        """Return whether as many as may be have been picked of a durable thing that the customer has."""
        return bool(self._to_replace(offer)) and self._kinds[offer.kind] >= self._rules.max_replacements

    def _to_replace(self, offer: Offer) -> Sequence[Owned]:
        return self._shopper.durables.get(offer.kind, ()) if offer.kind else ()

    def _keeps_fit(self, offer: Offer) -> bool:
        """Return whether an offer fits any of what it has to fit."""
        if offer.leaf not in self._fitted:
            self._fitted[offer.leaf] = self._to_fit(offer.leaf)
        owned, fits = self._fitted[offer.leaf], self._shopper.shop.catalogue.fits
        return not owned or any(fits(offer.product_id, product_id) for product_id in owned)

    def _to_fit(self, leaf: Category) -> list[str]:
        """Return what the customer owns of a category and what it goes with, else everything they own."""
        owned = [one for one in self._shopper.owned if one.leaf == leaf]
        owned += [one.owned for one in self._completing.get(leaf, ())]
        return [one.product.product_id for one in owned or self._shopper.owned]

    def _keeps_room_for_complements(self, offer: Offer) -> bool:
        return self._room > self._missing_complements or self._completes_durable(offer)

    def _completes_durable(self, offer: Offer) -> bool:
        return any(one.owned.kind is not None for one in self._completing.get(offer.leaf, ()))

    def _keeps_to_known_parts(self, offer: Offer) -> bool:
        return not self._is_new(offer.part, self._shopper.parts) or self._may_go(offer, Rule.NEW_PART)

    def _keeps_to_known_roots(self, offer: Offer) -> bool:
        return not self._is_new(offer.leaf[:1], self._roots) or self._may_go(offer, Rule.NEW_ROOT)

    def _may_go(self, offer: Offer, rule: Rule) -> bool:
        """Return whether one more pick may be outside of what the customer knows.

        As many as there may be discoveries, as many again that customers bought together with what this one
        has, and what completes something durable once only that is missing.
        """
        if self._room <= self._missing_complements and self._completes_durable(offer):
            return True
        most = self._rules.max_discoveries * (2 if offer.product_id in self._linked else 1)
        return self._outside[rule] < most

    @staticmethod
    def _is_new(category: Category, known: frozenset[Category]) -> bool:
        return bool(known) and category not in known

    def _keeps_price(self, offer: Offer) -> bool:
        """Return whether the price is in the range, or near enough to be one of the exceptions."""
        if self._is_in_price_range(offer, self._price_factor):
            return True
        is_near = self._is_in_price_range(offer, self._exception_factor)
        return is_near and self._price_exceptions < self._rules.max_price_exceptions

    def _is_in_price_range(self, offer: Offer, factor: Decimal) -> bool:
        """Compare with what the customer pays; what completes something durable may cost less."""
        if self._shopper.price_range is None:
            return True
        lowest, highest = self._shopper.price_range
        return offer.price <= highest * factor and (
            offer.price * factor >= lowest or self._completes_durable(offer)
        )


@lru_cache
def _price_factors(price_factor: float) -> tuple[Decimal, Decimal]:
    """How far prices may be from what a customer pays, and how far those of exceptions may be."""
    factor = Decimal(price_factor)
    return factor, factor**EXCEPTION_WIDTH


def is_better(offer: Offer, owned: Owned) -> bool:
    """Return whether an offer is better rated or dearer than a product that the customer has."""
    theirs, ours = owned.product, offer.product
    is_better_rated = ours.rating is not None and theirs.rating is not None and ours.rating > theirs.rating
    return is_better_rated or ours.price > theirs.price
