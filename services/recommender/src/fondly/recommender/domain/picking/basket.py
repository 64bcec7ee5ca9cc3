"""The rules of a merchandiser, each of which says whether one more product may join those already picked."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.offers import Offer
from fondly.recommender.domain.shop.audience import circle
from fondly.recommender.domain.shop.fitting import is_of_their_system
from fondly.recommender.domain.shop.taxonomy import Category, is_of

DEARER = 0.5
"""How much more expensive than what they buy a pick may be for its kind, as the logarithm of a factor."""
USUAL = 3
"""As how many of a customer's own products it counts that others collect such things."""


class Rule(StrEnum):
    """The rules. From `OFTEN` on they yield, in this order, where somebody would get too few products."""

    UNWANTED = "unwanted"
    OWNED = "owned"
    RETURNED = "returned"
    DISLIKED = "disliked"
    AUDIENCE = "audience"
    FIT = "fit"
    SYSTEM = "system"
    DISAPPOINTMENT = "disappointment"
    REPLACEMENT = "replacement"
    OFTEN = "often"
    PRICE = "price"
    BRAND = "brand"
    NEW_PART = "new_part"
    RATING = "rating"
    LEAF = "leaf"
    TASTE = "taste"
    UNKNOWN_AUDIENCE = "unknown_audience"
    UNKNOWN_SIZE = "unknown_size"
    REPEAT = "repeat"


YIELDING = tuple(Rule)[tuple(Rule).index(Rule.OFTEN) :]
"""The rules that yield, in their order."""
STANDING = (
    *(Rule.UNWANTED, Rule.RETURNED, Rule.DISLIKED, Rule.DISAPPOINTMENT),
    *(Rule.AUDIENCE, Rule.FIT, Rule.SYSTEM),
)
"""The rules to which the basket's content does not matter."""


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
        self._leaves: defaultdict[tuple[str, ...], int] = defaultdict(int)
        self._brands: defaultdict[str | None, int] = defaultdict(int)
        self._kinds = frozenset[str]()
        self._new_parts = 0
        kept = {rule: keeps for rule, keeps in self._predicates().items() if rule not in self._shop.without}
        self._standing = [keeps for rule, keeps in kept.items() if rule in STANDING]
        self._changing = {rule: keeps for rule, keeps in kept.items() if rule not in STANDING}
        of_leaf = (
            (Rule.LEAF, self._has_room),
            (Rule.TASTE, self._is_to_taste),
            (Rule.NEW_PART, self._may_try),
        )
        self._of_leaf = {rule: keeps for rule, keeps in of_leaf if rule in kept}
        self._known: dict[str, bool] = {}

    def __len__(self) -> int:
        return len(self.chosen)

    def takes_of(self, leaf: Category, *, yielding: Collection[Rule] = ()) -> bool:
        """Return False if rules turn down all models of a leaf category, which need no order then."""
        return all(keeps(leaf) or rule in yielding for rule, keeps in self._of_leaf.items())

    def takes(self, offer: Offer, *, yielding: Collection[Rule] = ()) -> bool:
        """Return whether an offer may join if some rules yield."""
        for rule, keeps in self._changing.items():  # called most of all: a generator takes twice the time
            if not keeps(offer) and rule not in yielding:
                return False
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
        self._kinds |= offer.kinds
        self._new_parts += self._is_new_part(offer)

    def _predicates(self) -> Mapping[Rule, Callable[[Offer], bool]]:
        """Return the rules; those that most offers break, or that are quick to check, come first."""
        shopper, rules, facts = self._shopper, self._rules, self._shop.catalogue.facts
        return {
            Rule.LEAF: lambda offer: self._has_room(offer.leaf),
            Rule.TASTE: lambda offer: self._is_to_taste(offer.leaf),
            Rule.NEW_PART: lambda offer: (
                self._new_parts < rules.max_discoveries or not self._is_new_part(offer)
            ),
            Rule.PRICE: self._keeps_price,
            Rule.REPLACEMENT: self._keeps_replacements,
            Rule.BRAND: lambda offer: self._brands[offer.brand] < rules.max_per_brand,
            Rule.RATING: lambda offer: offer.is_well_rated or offer.family in self._candidates.sequels,
            Rule.OFTEN: lambda offer: (
                offer.product_id not in shopper.shown_often or facts(offer.product_id).attributes.needs_fit
            ),
            Rule.REPEAT: lambda offer: shopper.emailed_labels.isdisjoint(offer.labels),
            Rule.UNKNOWN_AUDIENCE: self._knows_audience,
            Rule.UNKNOWN_SIZE: lambda offer: not shopper.owned or self._candidates.suitable.knows_size(offer),
            Rule.OWNED: self._is_new,
            Rule.UNWANTED: lambda offer: not is_of(offer.leaf, shopper.unwanted),
            Rule.RETURNED: lambda offer: shopper.returned_labels.isdisjoint(offer.labels),
            Rule.DISLIKED: lambda offer: not offer.is_disliked,
            Rule.DISAPPOINTMENT: self._makes_good,
            Rule.AUDIENCE: self._keeps_audience,
            Rule.FIT: self._candidates.suitable.is_fit,
            Rule.SYSTEM: lambda offer: is_of_their_system(facts(offer.product_id).attributes, shopper.facts),
        }

    def _may_try(self, leaf: Category) -> bool:
        """Return whether any model of a leaf category may keep the rule about new parts."""
        if self._new_parts < self._rules.max_discoveries or not self._shopper.parts:
            return True
        return self._shop.catalogue.part(leaf) in self._shopper.parts or self._candidates.has_evident(leaf)

    def _is_new(self, offer: Offer) -> bool:
        """Return whether neither the customer has it, as far as accessories do not tell, nor the basket."""
        facts = self._shop.catalogue.facts(offer.product_id).attributes
        models = {one for one in facts.offers - facts.takes if one.kind == "model"}
        return self._labels.isdisjoint(offer.labels) and models.isdisjoint(self._shopper.facts)

    def _has_room(self, leaf: Category) -> bool:
        """One product of a leaf or durable kind is enough, unless people collect such products, like novels.

        Collected products may have the share of a list that they have of what the customer has, or usually.
        """
        picked, owned = self._leaves[leaf], self._shopper.leaves.get(leaf)
        if self._kinds and not self._kinds.isdisjoint(self._shop.kinds(leaf)):
            return False
        if not picked or not owned or not self._shop.is_collected(leaf):
            return not picked
        usual = USUAL * self._shop.next_leaves.again(leaf)
        share = (owned + usual) / (self._shopper.leaves.total() + USUAL)
        return picked < max(self._rules.max_per_leaf, round(share * self._shop.picks))

    def _is_to_taste(self, leaf: Category) -> bool:
        """What people collect, such as novels, suits customers who have it, or something beside it."""
        own, matters = self._shopper.leaves, self._shop.matters_of_taste
        return not own or leaf not in matters or any(one[:-1] == leaf[:-1] for one in own)

    def _keeps_replacements(self, offer: Offer) -> bool:
        """People need one thing of a durable kind: a second one only if it is better and theirs disappoints.

        What they merely do not buy again is offered again to those whom theirs disappoints.
        """
        again = self._shop.is_bought_again
        if not offer.kinds and offer.leaf in self._shopper.leaves and not again(offer.leaf):
            return any(one.is_disappointing for one in self._shopper.owned if one.leaf == offer.leaf)
        durables = self._shopper.durables
        owned = [one for kind in offer.kinds for one in durables.get(kind, ())]
        if owned and not self._kinds.isdisjoint(offer.kinds):
            return False
        return all(one.is_disappointing and one.is_bettered_by(offer) for one in owned)

    def _makes_good(self, offer: Offer) -> bool:
        """No brand disappoints twice; instead of what they complain of only something better will do."""
        bad = self._shopper.complained_of
        is_other = bad is None or offer.leaf != bad.leaf or bad.is_bettered_by(offer)
        return is_other and (offer.brand, offer.part) not in self._shopper.disappointments

    def _keeps_audience(self, offer: Offer) -> bool:
        """Return whether an offer is for those whom their products are for, as far as its text says."""
        if self._shopper.owned and not circle(offer.leaf) <= self._shopper.circles:
            return False
        return all(one in theirs or not any(theirs) for one, theirs in self._audiences(offer))

    def _knows_audience(self, offer: Offer) -> bool:
        return not self._shopper.owned or all(one in theirs for one, theirs in self._audiences(offer))

    def _audiences(self, offer: Offer) -> Iterable[tuple[str | None, Collection[str | None]]]:
        """Return an offer's gender and age, each with those of what the customer has, and None."""
        found = self._shop.catalogue.facts(offer.product_id).audience
        return zip((found.gender, found.age), self._own_audiences, strict=True)

    @cached_property
    def _own_audiences(self) -> tuple[Collection[str | None], Collection[str | None]]:
        own = self._shopper.audiences
        return {None, *(one.gender for one in own)}, {None, *(one.age for one in own)}

    def _is_new_part(self, offer: Offer) -> bool:
        known = self._shopper.parts
        return bool(known) and offer.part not in known and not self._candidates.is_evident(offer)

    def _keeps_price(self, offer: Offer) -> bool:
        """Compare with what they pay; an offer dearer than all of theirs must not be dear for its kind."""
        price_range = self._shopper.price_range(offer.leaf)
        if price_range is None:
            return True
        lowest, highest = price_range
        if offer.price <= highest:
            return offer.price >= lowest / self._price_factor or offer.leaf in self._candidates.completing
        is_usual = offer.price_level <= max(0.0, self._shopper.price_level) + DEARER
        return is_usual and offer.price <= highest * self._price_factor

    @cached_property
    def _price_factor(self) -> Decimal:
        return Decimal(self._rules.price_factor)
