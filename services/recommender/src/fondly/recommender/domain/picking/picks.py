"""Distinct products for a customer, each with its reason: the one place where a pick is decided."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from heapq import nlargest
from itertools import chain, islice

from fondly.contracts.records import Pick
from fondly.recommender.domain.picking.basket import YIELDING, Basket, Rule
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.offers import Offer
from fondly.recommender.domain.picking.reasons import Reasons
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.taxonomy import Category

AGAIN = 0.25
"""What remains of a leaf category's weight with each pick from it, so that lists vary.

For what people collect it is the square root of the leaf's share in what its customers have.
"""
ANOTHER_DURABLE = 0.05
"""The same where the picks are things that people need one of."""
LEAST = 1e-6
"""The weight of a leaf category that nothing but its likelihood speaks for."""
MOST_AFTER_COMPLAINT = 2
"""How many picks somebody gets whom nothing has pleased: sorry comes first."""
MOST_LEAVES, MOST_OFFERS = 14, 10
"""How many leaf categories are considered, and how many offers of each."""


Source = Category | str
"""Where offers come from: a leaf category, or a family by its id."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A customer's picks, best first, and how many of them each rule had to yield for."""

    picks: tuple[Pick, ...]
    yielded: Counter[Rule] = field(default_factory=Counter)


def pick(shopper: Shopper) -> Selection:
    """Return the customer's picks, best first: `shop.min_picks` to `shop.picks`, fewer where nothing is left.

    What the shop pinned comes first. Then every product needs a reason of the customer's own; only up to
    `min_picks` any true reason will do, and only up to there do rules yield, one after the other.
    """
    return _Picking(shopper).selection()


class _Picking:
    """One customer's basket while it is filled."""

    def __init__(self, shopper: Shopper) -> None:
        self._shop, self._shopper = shopper.shop, shopper
        self._candidates = Candidates(shopper)
        self._basket = Basket(self._candidates)
        self._reasons = Reasons(shopper, self._candidates.completing)
        weights = self._candidates.weights
        self._leaves = sorted(weights, key=lambda leaf: (-weights[leaf], leaf))
        own = islice(filter(self._reasons.may_concern, self._leaves), MOST_LEAVES)
        self._weights: dict[Source, float] = {leaf: weights[leaf] for leaf in own}
        self._weights.update(self._candidates.direct)
        variants, suitable = self._shop.variants, self._candidates.suitable
        self._variant = cache(
            lambda family: suitable.variant(variants[family]) if family in variants else None
        )

    def selection(self) -> Selection:
        shop, known = self._shop, self._shop.catalogue
        self._add_pinned()
        pinned = len(self._basket)
        self._fill(shop.picks, self._reasons.is_personal)
        if len(self._basket) < shop.min_picks:
            self._widen()
        for yielding in range(len(YIELDING) + 1):
            self._fill(shop.min_picks, yielding=YIELDING[:yielding])
        # One bad novel ends no reading.
        read_on = {one.leaf for one in self._shopper.kept if shop.durables.is_title(one.leaf)}
        let_down = {one.leaf for one in self._shopper.owned if one.is_disliked} - read_on
        own = self._basket.chosen[pinned:]
        chosen = self._basket.chosen[:pinned] + sorted(own, key=lambda one: one.offer.leaf in let_down)
        chosen = chosen[:MOST_AFTER_COMPLAINT] if self._shopper.complaint else chosen
        reasons = self._reasons.of([one.offer for one in chosen])
        return Selection(
            picks=tuple(
                Pick(
                    product=one.offer.product,
                    reason=reason,
                    praised=known.praised.get(one.offer.product_id, ()),
                    blamed=known.blamed.get(one.offer.product_id, ()),
                    quotes=shop.quotes.get(one.offer.product_id, ()),
                )
                for one, reason in zip(chosen, reasons, strict=True)
            ),
            yielded=Counter(chain.from_iterable(one.yielded for one in chosen)),
        )

    def _widen(self) -> None:
        """Consider likely leaves whatever the reason, then the largest leaves, then products without any."""
        for leaf in self._leaves[:MOST_LEAVES]:
            self._weights.setdefault(leaf, self._candidates.weights[leaf])
        anywhere = self._shop.next_leaves.anywhere
        for leaf in nlargest(MOST_LEAVES, anywhere, key=anywhere.__getitem__):
            self._weights.setdefault(leaf, LEAST * anywhere[leaf])
        self._weights.setdefault((), 0.0)

    def _add_pinned(self) -> None:
        for product_id in self._shop.run_rules.shop.pinned:
            if len(self._basket) == min(self._shop.rules.max_pinned, self._shop.picks):
                return
            offer = self._shop.offers.get(product_id)
            if offer and self._basket.takes(offer, yielding=YIELDING[:-1]):
                self._add(offer)

    def _fill(
        self, most: int, is_wanted: Callable[[Offer], bool] = bool, *, yielding: Collection[Rule] = ()
    ) -> None:
        """Add the best suitable offers until there are `most`; an offer that does not suit now never will."""
        if len(self._basket) >= most:
            return
        left = {source: filter(is_wanted, self._suitable(source, yielding)) for source in self._weights}
        while left and len(self._basket) < most:
            source = max(left, key=self._weights.__getitem__)
            if offer := next(left[source], None):
                self._add(offer)  # which changes the weights
            else:
                del left[source]

    def _suitable(self, source: Source, yielding: Collection[Rule]) -> Iterator[Offer]:
        """Yield what may join of a leaf category's offers, best first, or of a family the variant."""
        offers: Iterable[Offer] = ()
        if isinstance(source, str):
            offers = filter(None, (self._variant(source),))
        elif source in self._candidates.further or self._basket.takes_of(source, yielding=yielding):
            offers = islice(self._candidates.offers(source), MOST_OFFERS)
        yield from (one for one in offers if self._basket.takes(one, yielding=yielding))

    def _add(self, offer: Offer) -> None:
        """Add an offer; lower the weight of its leaf category, and of all with the same durable thing."""
        self._basket.add(offer)
        is_collected = offer.leaf in self._shopper.leaves and self._shop.is_collected(offer.leaf)
        again = math.sqrt(self._shop.next_leaves.again(offer.leaf)) if is_collected else AGAIN
        factor = again if not offer.kinds else ANOTHER_DURABLE
        for source in self._weights:
            if self._is_alike(source, offer):
                self._weights[source] *= factor

    def _is_alike(self, source: Source, offer: Offer) -> bool:
        leaf = self._shop.catalogue.category(source) if isinstance(source, str) else source
        return leaf == offer.leaf or not offer.kinds.isdisjoint(self._shop.kinds(leaf))
