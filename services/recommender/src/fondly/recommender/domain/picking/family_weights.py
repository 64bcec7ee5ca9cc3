"""The families of products that come first for a customer, and which of their variants suits them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from heapq import nlargest
from itertools import chain, islice

from fondly.recommender.domain.picking.offers import Offer, Variants, well_rated, whims
from fondly.recommender.domain.picking.shopper import Owned, Shopper
from fondly.recommender.domain.shop.audience import distance, system_of
from fondly.recommender.domain.shop.catalogue import Facts
from fondly.recommender.domain.shop.fitting import is_fit
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import Category

FADING = 0.8
"""How much less each of their products counts than the one that came after it, where all have a time."""
TOGETHER, FIRST = 1.5, 2.0
"""The weight of a family bought with theirs as strongly as can be, and of all first-ranked families."""
NEXT_VOLUME = 2.0
"""The weight of the volume of a series that comes after one of theirs."""
MOST_DIRECT, MOST_RANKED = 12, 60
"""How many families have weights of their own for each reason, and how much of a ranking is looked at."""
FIRST_RANKS = 5
"""How little the first places in Personalize's order differ: the sixth counts half of the first."""
NEAR = 0.6
"""How far a size may be from theirs, in steps such as from M to L."""
SAME_FORM = 1.0
"""What speaks for a variant of a title that is of a form that they have, such as a paperback."""


class Part(StrEnum):
    """What speaks for a product (against it: `basket.Rule`), each to be switched off to measure its worth."""

    RANKING = "ranking"
    """Personalize's order."""
    LINKED = "linked"
    """What customers bought together with the customer's products."""
    LEARNED = "learned"
    """Leaf categories that customers buy from next."""
    COMPLEMENTS = "complements"
    """Leaf categories that go with what the customer owns, by the table and the shop's file."""
    BRAND = "brand_liked"
    """Brands of which the customer has something that did not disappoint."""
    PRICE = "price_level"
    """How dear the customer buys within a leaf category."""
    VARIATION = "variation"
    """An order of the customer's own between what is about equally good."""


@dataclass(frozen=True)
class FamilyWeights:
    """What other customers, a series or Personalize's ranking says of families, for one customer."""

    shopper: Shopper

    @cached_property
    def shop(self) -> Shop:
        """The shop of the customer."""
        return self.shopper.shop

    @cached_property
    def linked(self) -> Mapping[str, float]:
        """How strongly customers bought each family together with what this one has, most of all of late."""
        found: defaultdict[str, float] = defaultdict(float)
        if self._on(Part.LINKED):
            for owned, recency in self._by_recency():
                weight = recency * owned.voice
                for family, strength in self.shop.attraction(owned.product.product_id).items():
                    found[family] += weight * strength
        return found

    def _by_recency(self) -> Iterator[tuple[Owned, float]]:
        """Yield what the customer has and keeps, each with how much it counts for when they came by it."""
        kept = self.shopper.kept
        times = sorted({one.preference.timestamp or 0 for one in kept}, reverse=True)
        is_dated = all(one.preference.timestamp is not None for one in kept)
        faded = {time: FADING**age for age, time in enumerate(times)}
        return ((one, faded[one.preference.timestamp or 0] if is_dated else 1.0) for one in kept)

    @cached_property
    def direct(self) -> Mapping[str, float]:
        """The families that come before their leaf categories, with their weights."""
        weights: defaultdict[str, float] = defaultdict(float)
        for one, strength in nlargest(MOST_DIRECT, self._new(self.linked), key=lambda each: each[::-1]):
            weights[one] += TOGETHER * strength
        for one in self.sequels:
            weights[one] += NEXT_VOLUME
        ranks = {one: 1 / (FIRST_RANKS + rank) for one, rank in self._ranks.items()}
        best = list(islice(self._new(ranks), MOST_DIRECT))
        total = sum(share for _, share in best)
        for one, share in best:
            weights[one] += FIRST * self._ranking_weight * share / total
        return weights

    @cached_property
    def sequels(self) -> frozenset[str]:
        """The families of the volumes that come after those that the customer has and keeps."""
        found, facts = self.shop.sequels, self.shop.catalogue.facts
        offered = (facts(one.product.product_id).attributes.offers for one in self.shopper.kept)
        return frozenset(found[before] for before in frozenset().union(*offered) & found.keys())

    def _new(self, found: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        """Yield families with their figures, without those that the customer has."""
        labels, owned = self.shop.catalogue.labels, self.shopper.labels
        return ((one, figure) for one, figure in found.items() if owned.isdisjoint(labels(one)))

    def _on(self, part: Part) -> bool:
        return part not in self.shop.without

    @cached_property
    def _ranking_weight(self) -> float:
        return self.shop.ranking_weight * self._on(Part.RANKING)

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        """The place of each ranked family, without those that the customer has."""
        catalogue, owned = self.shop.catalogue, self.shopper.labels
        found: dict[str, int] = {}
        if self._ranking_weight:
            for product_id in self.shopper.ranked[:MOST_RANKED]:
                if product_id in catalogue.products and owned.isdisjoint(catalogue.labels(product_id)):
                    found.setdefault(catalogue.family(product_id), len(found))
        return found


@dataclass(frozen=True)
class Suitable:
    """Chooses the variants that suit one customer."""

    shopper: Shopper
    whim: float
    """How much a variant may be raised for this customer, so that not everybody gets the same colour."""
    seed: int
    """By which it is."""

    def variants(self, leaf: Category) -> Iterator[Offer | None]:
        """Yield, of each of a leaf category's families, the best variant that fits, or nothing."""
        if self._forms(leaf):
            return map(self.variant, self.shopper.shop.models.get(leaf, {}).values())
        choice = self.shopper.shop.choices(leaf)
        return chain(choice.best(self.whim, self.seed), map(self.variant, choice.others))

    def variant(self, family: Variants) -> Offer | None:
        """Return the best variant that fits, in their size or the nearest to it; None if there is none.

        One that its buyers dislike hides none of its siblings.
        """
        if family.are_plain:
            return self._taste(family.best_rated)
        facts = self.shopper.shop.catalogue.facts
        variants = [one for one in family.liked if self.is_fit(one)]
        if not variants:
            return None
        worn = self.shopper.sizes(variants[0].leaf)
        sizes = [(one, size) for one in variants if (size := facts(one.product_id).size)] if worn else []
        if not sizes:
            return self._taste(well_rated(variants))
        if any(system_of(size) in worn for _, size in sizes):
            return next((one for one, size in sizes if worn.get(system_of(size)) == size), None)
        far, nearest = min(((self._distance(one) or 0.0, one) for one, _ in sizes), key=lambda each: each[0])
        return nearest if far <= NEAR else None

    def knows_size(self, offer: Offer) -> bool:
        """Return whether an offer has no size, or one that can be told from what the customer wears."""
        size = self.shopper.shop.catalogue.facts(offer.product_id).size
        is_told = size is None or system_of(size) in self.shopper.sizes(offer.leaf)
        return is_told or self._distance(offer) is not None

    def _taste(self, variants: Sequence[Offer]) -> Offer | None:
        """Return one of the best variants, another for another customer, in the form of their titles."""
        if len(variants) == 1:
            return variants[0]
        forms = self._forms(variants[0].leaf)

        def worth(one: Offer) -> float:
            raised: float = one.merit + self.whim * whims(one.number, self.seed)
            return raised + SAME_FORM * (one.product.variant in forms)

        return max(variants, key=worth)

    def _forms(self, leaf: Category) -> frozenset[str]:
        """The forms, such as paperback, of the titles that they have in a department."""
        if not self.shopper.shop.durables.is_title(leaf):
            return frozenset()
        own = (one for one in self.shopper.owned if one.leaf[:1] == leaf[:1])
        return frozenset(one.product.variant for one in own if one.product.variant)

    @cached_property
    def is_fit(self) -> Callable[[Offer], bool]:
        """Returns whether an accessory that is useless by itself fits something that the customer has.

        If they have such a device, it has to fit one; an accessory of theirs tells only where they have none.
        """
        facts = self.shopper.shop.catalogue.facts
        fits = cache(self._fits)
        return lambda offer: not facts(offer.product_id).attributes.needs_fit or fits(offer.product_id)

    def _fits(self, product_id: str) -> bool:
        taking = self.shopper.shop.catalogue.facts(product_id).attributes
        devices = [each for each in self._owned if not taking.devices.isdisjoint(each[1].attributes.offers)]
        return any(is_kept and is_fit(taking, has.owned) for is_kept, has in devices or self._owned)

    @cached_property
    def _owned(self) -> Sequence[tuple[bool, Facts]]:
        """The facts of their things, and whether each did not disappoint."""
        facts = self.shopper.shop.catalogue.facts
        return [(not one.is_disliked, facts(one.product.product_id)) for one in self.shopper.owned]

    def _distance(self, offer: Offer) -> float | None:
        facts = self.shopper.shop.catalogue.facts(offer.product_id)
        worn = self.shopper.sizes(offer.leaf).values()
        return distance(facts.size or "", worn, facts.audience.gender or self.shopper.gender)
