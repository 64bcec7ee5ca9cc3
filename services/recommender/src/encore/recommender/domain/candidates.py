"""The order in which products are considered for a customer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import blake2b
from itertools import chain

from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.complements import Complement, Source
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Owned, Shopper
from encore.recommender.domain.taxonomy import Category

LIKELY, COMPLETING, RANKED = 1.0, 0.5, 1.3
"""How much each share counts in a leaf category's weight; chosen on held-out purchases of two shops."""
RANK_OFFSET = 30
"""The weight of a leaf category's first ranked product is 1 / (RANK_OFFSET + rank)."""
AUTHORED_ELSEWHERE = 0.5
"""How much less an authored complement counts in a part of the shop where the customer has bought nothing."""
NEW_PART_LIFT = 0.4
"""How far a leaf stands for its part where the customer is new: 0 for itself alone, 1 for the whole part."""
NEW_ROOT_FACTOR = 0.95
"""How much less a leaf counts in a department (the first level of its path) where the customer is new."""
POORLY_RATED = 0.3
"""How much less a leaf counts of which nothing is well rated."""
POPULAR_PLACE = 0.15
"""How much a place in popularity counts beside one in Personalize's order; 1 where the customer is new."""
NAMED_PLACES = 6.0
"""How many places a product comes forward whose name names the thing of the customer's that it goes with."""
LESSER_PLACES, LEAST_OF_PRICE = 8.0, Decimal("0.8")
"""How many places a replacement goes back that costs less than this share of what the customer has."""
LINKED_AHEAD = 1.0
"""How many places what customers bought together with the customer's products is ahead of all others."""
WHIM = 10.0
"""By how many places an order may differ between customers with equal histories, so that their lists do."""
NEW_PART_WHIM = 20.0
"""The same where the customer is new, and little more is known than what is popular."""
LEAF_WHIM = 0.15
"""The same for leaf categories: the share by which a weight may be raised."""
MOST_PER_LEAF = 40
"""How many products of one leaf category are considered."""

_DIGESTS = 2**32

Weights = Mapping[Category, float]


@dataclass(frozen=True, slots=True)
class Completing:
    """Something that a customer owns, and what goes with it."""

    owned: Owned
    complement: Complement


@dataclass(frozen=True)
class Candidates:
    """What is considered for one customer: leaf categories by weight, and the products in each, best first.

    A leaf's weight is the weighted sum of up to three shares, each of which sums to 1: how likely the
    customer buys there next (`Aisles`), how well it goes with what they own (`Complements`), and how early it
    comes in Personalize's ranking. In a leaf, products that other customers bought together with the
    customer's come first; the others by the sum of their places in Personalize's order and in popularity, put
    forward or back by what else speaks for them. An order of the customer's own decides between equals.
    """

    shopper: Shopper

    @cached_property
    def weights(self) -> Weights:
        """Every leaf category that is considered, with its weight."""
        total: defaultdict[Category, float] = defaultdict(float)
        for factor, share in (
            (LIKELY, self._likely),
            (COMPLETING, self._completing_share),
            (RANKED, self._ranked_share),
        ):
            size = sum(share.values())
            for leaf, weight in share.items():
                total[leaf] += factor * weight / size
        return {
            leaf: weight * lift * self._allowance(leaf) * (1 + LEAF_WHIM * self._whim("|".join(leaf)))
            for leaf, weight, lift in self._lifted(total)
        }

    @cached_property
    def completing(self) -> Mapping[Category, Sequence[Completing]]:
        """Map each leaf category that goes with something the customer owns to all that it goes with.

        Durable things come first.
        """
        found: dict[Category, list[Completing]] = {}
        for owned in sorted(self.shopper.owned, key=lambda one: one.kind is None):
            for complement in self.shop.complements.of(owned.leaf):
                found.setdefault(complement.category, []).append(Completing(owned, complement))
        return found

    @cached_property
    def linked(self) -> frozenset[str]:
        """The products of families that customers bought together with the customer's."""
        return frozenset(chain.from_iterable(self._linked.values()))

    def offers(self, leaf: Category) -> Sequence[Offer]:
        """Return those of a leaf's products, in their order, that may be picked at all."""
        if leaf not in self._offers:
            offers = self.shop.offers
            self._offers[leaf] = [offers[one] for one in self.products(leaf) if one in offers]
        return self._offers[leaf]

    @cached_property
    def _offers(self) -> dict[Category, Sequence[Offer]]:
        return {}

    def products(self, leaf: Category) -> Sequence[str]:
        """Return the products of a leaf category in the order of the class, each once."""
        ranked, popular = self._ranked[leaf], self._catalogue.popular_in.get(leaf, ())[:MOST_PER_LEAF]
        is_known = self._catalogue.part(leaf) in self.shopper.parts
        step, whim = (POPULAR_PLACE, WHIM) if is_known else (1.0, NEW_PART_WHIM)
        places = dict.fromkeys(chain(ranked, popular), len(ranked) + step * len(popular))
        for place, product_id in enumerate(ranked):
            places[product_id] += place - len(ranked)
        for place, product_id in enumerate(popular):
            places[product_id] += step * (place - len(popular))
        for place, product_id in enumerate(self._linked[leaf]):
            places[product_id] = place - LINKED_AHEAD
        merits, seeded = self._catalogue.merits, self._seeded
        for product_id in places:
            places[product_id] += whim * _share(seeded, product_id) - merits[product_id]
        self._put_forward(places, leaf)
        self._put_back(places, leaf)
        return sorted(places, key=lambda product_id: (places[product_id], product_id))

    def _put_forward(self, places: dict[str, float], leaf: Category) -> None:
        """Put forward what is for the thing that it goes with, such as a cable for phones."""
        things = {one.owned.leaf[-1] for one in self.completing.get(leaf, ())}
        named = {one for thing in things for one in self._catalogue.naming(places, thing)}
        for product_id in named:
            places[product_id] -= NAMED_PLACES

    def _put_back(self, places: dict[str, float], leaf: Category) -> None:
        """Put back what costs much less than a durable thing that it would replace."""
        if owned := self.shopper.durables.get(self.shop.kind(leaf) or ""):
            least = LEAST_OF_PRICE * max(one.product.price for one in owned)
            for product_id in places:
                places[product_id] += LESSER_PLACES * (self._catalogue.products[product_id].price < least)

    def _whim(self, thing: str) -> float:
        """Return a number from 0 to 1 of the customer's own for a product or category, always the same."""
        return _share(self._seeded, thing)

    @cached_property
    def _seeded(self) -> "blake2b":
        return blake2b(f"{self.shopper.customer_id}\n".encode(), digest_size=4)

    def _allowance(self, leaf: Category) -> float:
        return POORLY_RATED if leaf in self.shop.poorly_rated else 1.0

    @property
    def shop(self) -> Shop:
        """The shop of the customer."""
        return self.shopper.shop

    @property
    def _catalogue(self) -> Catalogue:
        return self.shop.catalogue

    def _lifted(self, weights: Weights) -> Iterator[tuple[Category, float, float]]:
        """Yield every leaf with its weight, and how much more it counts for being in a new part of the shop.

        Where the customer has bought nothing yet, the part comes first: a leaf stands for all of its part, so
        its weight is raised by the part's total in proportion to the part's best leaf.
        """
        known = self.shopper.parts
        roots = {part[:1] for part in known}
        total: defaultdict[Category, float] = defaultdict(float)
        best: defaultdict[Category, float] = defaultdict(float)
        for leaf, weight in weights.items():
            part = self._catalogue.part(leaf)
            total[part] += weight
            best[part] = max(best[part], weight)
        for leaf, weight in weights.items():
            part = self._catalogue.part(leaf)
            if not known or part in known:
                yield leaf, weight, 1.0
            else:
                yield (
                    leaf,
                    weight,
                    (total[part] / best[part]) ** NEW_PART_LIFT
                    * (1.0 if part[:1] in roots else NEW_ROOT_FACTOR),
                )

    @cached_property
    def _likely(self) -> Weights:
        if not any(owned.leaf for owned in self.shopper.owned):
            return self.shop.aisles.anywhere
        weights: defaultdict[Category, float] = defaultdict(float)
        for owned in self.shopper.owned:
            for leaf, likelihood in self.shop.aisles.after(owned.leaf).items():
                weights[leaf] += owned.voice * likelihood
        return weights

    @cached_property
    def _completing_share(self) -> Weights:
        weights: defaultdict[Category, float] = defaultdict(float)
        for owned in self.shopper.owned:
            for place, complement in enumerate(self.shop.complements.of(owned.leaf), start=1):
                weights[complement.category] += owned.voice * self._trust(complement) / place
        return weights

    def _trust(self, complement: Complement) -> float:
        is_known = (
            complement.source is not Source.AUTHORED
            or self._catalogue.part(complement.category) in self.shopper.parts
        )
        return 1.0 if is_known else AUTHORED_ELSEWHERE

    @cached_property
    def _ranked_share(self) -> Weights:
        weights: dict[Category, float] = {}
        products = self._catalogue.products
        for place, product_id in enumerate(self._new_in_ranking):
            weights.setdefault(products[product_id].category, 1 / (RANK_OFFSET + place))
        return weights

    @cached_property
    def _ranked(self) -> Mapping[Category, Sequence[str]]:
        return self._by_leaf(self._new_in_ranking)

    @cached_property
    def _linked(self) -> Mapping[Category, Sequence[str]]:
        families = chain.from_iterable(
            self.shop.buyers(owned.product.product_id) for owned in self.shopper.owned
        )
        return self._by_leaf(list(chain.from_iterable(map(self._catalogue.family_members, families))))

    @cached_property
    def _new_in_ranking(self) -> list[str]:
        """The ranked products that the shop has, without those of a family that the customer has."""
        products, labels_of, owned = self._catalogue.products, self._catalogue.labels, self.shopper.labels
        return [
            product_id
            for product_id in self.shopper.ranked
            if product_id in products and owned.isdisjoint(labels_of(product_id))
        ]

    def _by_leaf(self, product_ids: Sequence[str]) -> Mapping[Category, list[str]]:
        products = self._catalogue.products
        found: defaultdict[Category, list[str]] = defaultdict(list)
        for product_id in product_ids:
            found[products[product_id].category].append(product_id)
        return found


def _share(seeded: blake2b, thing: str) -> float:
    """Return a number from 0 to 1 that follows from what is digested already, and the name of a thing."""
    digest = seeded.copy()
    digest.update(thing.encode())
    return int.from_bytes(digest.digest(), "big") / _DIGESTS
