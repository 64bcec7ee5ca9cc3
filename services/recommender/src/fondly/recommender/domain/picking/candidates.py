"""What is considered for a customer: leaf categories by weight, and the products in each, best first."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from operator import itemgetter
from zlib import crc32

from fondly.recommender.domain.picking.family_weights import FIRST_RANKS, FamilyWeights, Part, Suitable
from fondly.recommender.domain.picking.offers import Offer, whims
from fondly.recommender.domain.picking.shopper import Owned
from fondly.recommender.domain.shop.complements import Complement
from fondly.recommender.domain.shop.taxonomy import Category

LIKELY, COMPLETING, RANKED, REPLACING = 1.0, 0.5, 0.7, 0.2
"""How much each share counts in a leaf category's weight."""
ELSEWHERE = 0.08
"""How much less an accessory's leaf counts in a part of the shop that is new to the customer."""
RANK_OFFSET = 30
"""The weight of a leaf category's first ranked product is 1 / (RANK_OFFSET + rank)."""
POORLY_RATED = 0.3
"""How much less a leaf counts in which nothing is well rated."""
LINKED_SCORE, BRAND_SCORE, RANK_SCORE, NAMED_SCORE, ALIKE_SCORE = 0.4, 0.8, 1.5, 0.6, 0.6
"""What speaks for a product within its leaf: its weight by itself (`Candidates.direct`), a brand of theirs,
the first place in Personalize's order, a name that names what it goes with, and of what they collect, a name
like that of one of theirs."""
PRICE_SCORE = 1.2
"""What speaks against a product that is, for its leaf, e times as expensive or as cheap as what they buy."""
WHIM = 0.7
"""How much customers with equal histories may differ in order, so that their lists differ."""
LEAF_WHIM = 0.4
"""The same for leaf categories: the share by which a weight may be raised."""
_CACHED = 65_536

Weights = Mapping[Category, float]


@dataclass(frozen=True, slots=True)
class Completing:
    """Something that a customer owns, and what goes with it."""

    owned: Owned
    complement: Complement


@dataclass(frozen=True)
class Candidates(FamilyWeights):
    """The leaf categories and products that are considered for one customer.

    A leaf's weight is the weighted sum of shares, each of which sums to 1: how likely the customer buys
    there next (`NextLeaves`), how well it goes with what they own (`Complements`), how early it comes in
    Personalize's ranking, and whether something of it disappointed them. In a leaf, products come by a score:
    what the shop knows of them (`Catalogue.merits`) and what speaks for them with this customer. Families
    that customers bought with theirs, and the first of the ranking, have weights by themselves.
    """

    @cached_property
    def suitable(self) -> Suitable:
        """Which of a family's variants suits the customer."""
        return Suitable(self.shopper, self._factors[-1], self._seed)

    @cached_property
    def weights(self) -> Weights:
        """Every leaf category that is considered, with its weight."""
        total: defaultdict[Category, float] = defaultdict(float)
        for factor, share in (
            (LIKELY * self._on(Part.LEARNED), self._likely),
            (COMPLETING * self._on(Part.COMPLEMENTS), self._completing_share),
            (RANKED * self._ranking_weight, self._ranked_share),
            (REPLACING, Counter(one.leaf for one in self.shopper.owned if one.is_disliked and one.leaf)),
        ):
            size = sum(share.values()) or 1.0
            for leaf, weight in share.items():
                total[leaf] += factor * weight / size
        whim, poor = LEAF_WHIM * self._on(Part.VARIATION), self.shop.poorly_rated
        return {
            leaf: weight * (POORLY_RATED if leaf in poor else 1.0) * (1 + whim * self._whim(_number(leaf)))
            for leaf, weight in total.items()
        }

    @cached_property
    def completing(self) -> Mapping[Category, Sequence[Completing]]:
        """Map leaf categories to the things they go with: liked ones first, then durable ones."""
        found: dict[Category, list[Completing]] = {}
        kept = sorted(self.shopper.kept, key=lambda one: (not one.is_liked, not one.kinds))
        for owned in kept:
            for complement in self.shop.complements.of(owned.leaf):
                found.setdefault(complement.category, []).append(Completing(owned, complement))
        return found

    def is_evident(self, offer: Offer) -> bool:
        """Return whether an offer goes with something of the customer's, by the tables or other customers."""
        return self._is_evident(offer.leaf) or offer.family in self.linked

    def has_evident(self, leaf: Category) -> bool:
        """Return whether any model of a leaf category is evident."""
        return self._is_evident(leaf) or not self.linked.keys().isdisjoint(self.shop.models.get(leaf, ()))

    def _is_evident(self, leaf: Category) -> bool:
        return leaf in self.completing or leaf in self.shopper.following

    @cached_property
    def offers(self) -> Callable[[Category], Sequence[Offer]]:
        """Returns a leaf's offers, best first: of each family the variant that suits the customer best."""
        return cache(self._order)

    def _order(self, leaf: Category) -> Sequence[Offer]:
        best, variants, named = self.shop.models.get(leaf, {}), self.shop.variants, self._named(leaf)
        further = (variants[one] for one in self.further.get(leaf, ()) if one not in best)
        chosen = chain(self.suitable.variants(leaf), map(self.suitable.variant, further))
        scored = [(-self._score(one, named), one.product_id, one) for one in chosen if one is not None]
        scored.sort(key=itemgetter(0, 1))
        return [one for _, _, one in scored]

    def _score(self, offer: Offer, named: frozenset[str]) -> float:
        brand, price, whim = self._factors
        score = offer.merit + LINKED_SCORE * self.direct.get(offer.family, 0.0)
        if offer.brand in self.shopper.brands:
            score += brand
        if (rank := self._ranks.get(offer.family)) is not None:
            score += RANK_SCORE * self._ranking_weight * FIRST_RANKS / (FIRST_RANKS + rank)
        if offer.product_id in named:
            score += NAMED_SCORE
        if offer.leaf in self.shopper.leaves and self.shop.is_collected(offer.leaf):
            score += ALIKE_SCORE * self._likeness(offer)
        score -= price * abs(offer.price_level - self.shopper.price_level)
        return score + whim * self._whim(offer.number)

    def _likeness(self, offer: Offer) -> float:
        """Return how alike the name is to any of theirs of the leaf, as two by one author or artist are."""
        alike = self.shop.catalogue.likeness
        own = (one.product.product_id for one in self.shopper.kept if one.leaf == offer.leaf)
        return max((alike(offer.product_id, one) for one in own), default=0.0)

    @cached_property
    def _factors(self) -> tuple[float, float, float]:
        """How much the customer's brands, how dear they buy, and their whim count."""
        return (
            BRAND_SCORE * self._on(Part.BRAND),
            PRICE_SCORE * (self._on(Part.PRICE) and bool(self.shopper.owned)),
            WHIM * self._on(Part.VARIATION),
        )

    def _named(self, leaf: Category) -> frozenset[str]:
        """The products of a leaf whose names name the thing that they go with, such as a cable for phones."""
        things = {one.owned.leaf[-1] for one in self.completing.get(leaf, ())}
        naming = self.shop.catalogue.naming
        return frozenset().union(*(naming(leaf, thing) for thing in things))

    def _whim(self, number: int) -> float:
        """Return a number from 0 to 1 of the customer's own for a number, always the same."""
        return float(whims(number, self._seed))

    @cached_property
    def _seed(self) -> int:
        return crc32(self.shopper.customer_id.encode())

    @cached_property
    def _likely(self) -> Weights:
        owned = [one for one in self.shopper.owned if one.leaf]
        if not owned:
            return self.shop.next_leaves.anywhere
        weights: defaultdict[Category, float] = defaultdict(float)
        for one in owned:
            voice = one.voice
            for leaf, likelihood in self.shop.next_leaves.after(one.leaf).items():
                weights[leaf] += voice * likelihood
        return weights

    @cached_property
    def _completing_share(self) -> Weights:
        weights: defaultdict[Category, float] = defaultdict(float)
        for owned in self.shopper.kept:
            for place, complement in enumerate(self.shop.complements.of(owned.leaf), start=1):
                is_known = self.shop.catalogue.part(complement.category) in self.shopper.parts
                weights[complement.category] += owned.voice / place * (1.0 if is_known else ELSEWHERE)
        return weights

    @cached_property
    def _ranked_share(self) -> Weights:
        weights: dict[Category, float] = {}
        if self._ranking_weight:
            for family, place in self._ranks.items():
                weights.setdefault(self.shop.catalogue.category(family), 1 / (RANK_OFFSET + place))
        return weights

    @cached_property
    def further(self) -> Mapping[Category, Sequence[str]]:
        """The families of each leaf that are linked or ranked, however popular; variants may be of others."""
        found: defaultdict[Category, list[str]] = defaultdict(list)
        for family in filter(self.shop.variants.__contains__, dict.fromkeys(chain(self.linked, self._ranks))):
            found[self.shop.catalogue.category(family)].append(family)
        return found


@lru_cache(maxsize=_CACHED)
def _number(leaf: Category) -> int:
    return crc32("|".join(leaf).encode())
