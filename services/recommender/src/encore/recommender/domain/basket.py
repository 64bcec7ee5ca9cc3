"""The rules of a merchandiser, each of which says whether one more product may join those already picked."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.fitting import is_fit, is_of_their_system
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.people import circle
from encore.recommender.domain.shopper import Owned
from encore.recommender.domain.topics import is_of

BETTER_BY = Decimal("0.2")
"""By how many stars more a product is better rated than another."""
RATED_BETTER_BY = 50
"""From how many ratings on that says something."""


class Rule(StrEnum):
    """The rules. Those in `YIELDING` yield, in its order, where somebody would get too few products."""

    UNWANTED = "unwanted"
    OWNED = "owned"
    DISLIKED = "disliked"
    AUDIENCE = "audience"
    FIT = "fit"
    SYSTEM = "system"
    DISAPPOINTMENT = "disappointment"
    REPLACEMENT = "replacement"
    PRICE = "price"
    BRAND = "brand"
    NEW_PART = "new_part"
    RATING = "rating"
    LEAF = "leaf"
    UNKNOWN_AUDIENCE = "unknown_audience"
    REPEAT = "repeat"


YIELDING = (
    Rule.PRICE,
    Rule.BRAND,
    Rule.NEW_PART,
    Rule.RATING,
    Rule.LEAF,
    Rule.UNKNOWN_AUDIENCE,
    Rule.REPEAT,
)
"""Those that yield, in their order."""
STANDING = (Rule.UNWANTED, Rule.DISLIKED, Rule.DISAPPOINTMENT, Rule.AUDIENCE, Rule.FIT, Rule.SYSTEM)
"""Those that what is in the basket does not matter to."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A product in the basket, with the rules that had to yield for it."""

    offer: Offer
    yielded: tuple[Rule, ...] = ()


class Basket:
    """What has been picked for one customer, and what may still be picked."""

    def __init__(self, candidates: Candidates) -> None:
        """Begin an empty basket for the customer of these candidates."""
        self.chosen: list[Chosen] = []
        self._candidates = candidates
        self._shopper = candidates.shopper
        self._shop = candidates.shop
        self._rules = candidates.shop.rules
        self._labels = set(self._shopper.labels)
        self._leaves: Counter[tuple[str, ...]] = Counter()
        self._brands: Counter[str | None] = Counter()
        self._kinds: Counter[str | None] = Counter()
        self._new_parts = 0
        kept = {rule: keeps for rule, keeps in self._predicates().items() if rule not in self._shop.without}
        self._standing = [keeps for rule, keeps in kept.items() if rule in STANDING]
        self._changing = {rule: keeps for rule, keeps in kept.items() if rule not in STANDING}
        self._known: dict[str, bool] = {}

    def __len__(self) -> int:
        return len(self.chosen)

    def takes(self, offer: Offer, *, yielding: Collection[Rule] = ()) -> bool:
        """Return whether an offer may join if some rules yield."""
        if not self._may_ever_take(offer):
            return False
        return all(keeps(offer) or rule in yielding for rule, keeps in self._changing.items())

    def _may_ever_take(self, offer: Offer) -> bool:
        """Return whether an offer keeps the rules that no pick changes."""
        found = self._known.get(offer.product_id)
        if found is None:
            found = self._known[offer.product_id] = all(keeps(offer) for keeps in self._standing)
        return found

    def add(self, offer: Offer) -> None:
        """Add an offer, and note the rules that it does not keep."""
        yielded = tuple(one for one in YIELDING if one in self._changing and not self._changing[one](offer))
        self.chosen.append(Chosen(offer, yielded))
        self._labels |= offer.labels
        self._leaves[offer.leaf] += bool(offer.leaf)
        self._brands[offer.brand] += offer.brand is not None
        self._kinds[offer.kind] += offer.kind is not None
        self._new_parts += self._is_new_part(offer)

    def _predicates(self) -> Mapping[Rule, Callable[[Offer], bool]]:
        shopper, rules = self._shopper, self._rules
        return {
            Rule.OWNED: lambda offer: self._labels.isdisjoint(offer.labels),
            Rule.UNWANTED: lambda offer: not is_of(offer.leaf, shopper.unwanted),
            Rule.DISLIKED: lambda offer: not offer.is_disliked,
            Rule.DISAPPOINTMENT: lambda offer: (offer.brand, offer.leaf) not in shopper.disappointments,
            Rule.REPLACEMENT: self._keeps_replacements,
            Rule.LEAF: self._keeps_leaf,
            Rule.BRAND: lambda offer: self._brands[offer.brand] < rules.max_per_brand,
            Rule.RATING: lambda offer: offer.is_well_rated,
            Rule.REPEAT: lambda offer: shopper.emailed_labels.isdisjoint(offer.labels),
            Rule.NEW_PART: self._keeps_to_known_parts,
            Rule.PRICE: self._keeps_price,
            Rule.AUDIENCE: self._keeps_audience,
            Rule.UNKNOWN_AUDIENCE: self._knows_audience,
            Rule.FIT: self._keeps_fit,
            Rule.SYSTEM: self._keeps_system,
        }

    def _keeps_leaf(self, offer: Offer) -> bool:
        """One of a leaf is enough, except of those from which the customer buys, and people buy again."""
        picked = self._leaves[offer.leaf]
        if offer.leaf not in self._owned_leaves:
            return not picked
        return picked < (self._rules.max_per_leaf if self._shop.is_bought_again(offer.leaf) else 1)

    @cached_property
    def _owned_leaves(self) -> frozenset[tuple[str, ...]]:
        return frozenset(one.leaf for one in self._shopper.owned)

    def _keeps_replacements(self, offer: Offer) -> bool:
        """Of what people need one of: one at most, and a better one than what they are not content with."""
        if not offer.kind or not (owned := self._shopper.durables.get(offer.kind)):
            return True
        return self._kinds[offer.kind] < 1 and all(
            one.is_disappointing and is_better(offer, one) for one in owned
        )

    def _keeps_fit(self, offer: Offer) -> bool:
        """Return whether what is useless by itself fits something that the customer has.

        Where they have such a device, it has to fit one, rather than what only tells that they have any.
        """
        taking = self._shop.catalogue.facts(offer.product_id).attributes
        if not taking.needs_fit:
            return True
        owned = [(one, self._shop.catalogue.facts(one.product.product_id)) for one in self._shopper.owned]
        wanted = {fact for fact in taking.takes if fact.kind == "device"}
        devices = [each for each in owned if not wanted.isdisjoint(each[1].attributes.offers)]
        return any(not one.is_disliked and is_fit(taking, found.owned) for one, found in devices or owned)

    def _keeps_system(self, offer: Offer) -> bool:
        taking = self._shop.catalogue.facts(offer.product_id).attributes
        return is_of_their_system(taking, self._shopper.facts)

    def _keeps_audience(self, offer: Offer) -> bool:
        """Return whether an offer is not for others than all that they have is for, as far as it says."""
        if self._shopper.owned and not circle(offer.leaf) <= self._shopper.circles:
            return False
        found = self._shop.catalogue.facts(offer.product_id).audience
        gender, age = found.gender, found.age
        return (not gender or gender in self._genders or not self._genders) and (
            not age or age in self._ages or not self._ages
        )

    def _knows_audience(self, offer: Offer) -> bool:
        found = self._shop.catalogue.facts(offer.product_id).audience
        gender, age = found.gender, found.age
        return not self._shopper.owned or (
            (not gender or gender in self._genders) and (not age or age in self._ages)
        )

    @cached_property
    def _genders(self) -> frozenset[str]:
        return frozenset(one.gender for one in self._shopper.audiences if one.gender)

    @cached_property
    def _ages(self) -> frozenset[str]:
        return frozenset(one.age for one in self._shopper.audiences if one.age)

    def _keeps_to_known_parts(self, offer: Offer) -> bool:
        return self._new_parts < self._rules.max_discoveries or not self._is_new_part(offer)

    def _is_new_part(self, offer: Offer) -> bool:
        known = self._shopper.parts
        return (
            bool(known)
            and offer.part not in known
            and offer.leaf not in self._candidates.completing
            and offer.family not in self._candidates.linked
        )

    def _keeps_price(self, offer: Offer) -> bool:
        """Compare with what the customer pays; what goes with something of theirs may cost less."""
        if self._price_range is None:
            return True
        lowest, highest = self._price_range
        return offer.price <= highest and (offer.price >= lowest or offer.leaf in self._candidates.completing)

    @cached_property
    def _price_range(self) -> tuple[Decimal, Decimal] | None:
        """The least and the most that a pick costs."""
        if self._shopper.price_range is None:
            return None
        lowest, highest = self._shopper.price_range
        factor = Decimal(self._rules.price_factor)
        return lowest / factor, highest * factor


def is_better(offer: Offer, owned: Owned) -> bool:
    """Return whether enough people rate an offer clearly better than a product that the customer has."""
    theirs, ours = owned.product.rating, offer.product.rating
    count = offer.product.rating_count or 0
    return ours is not None and theirs is not None and ours >= theirs + BETTER_BY and count >= RATED_BETTER_BY
