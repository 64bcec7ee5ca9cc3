"""Why a product was picked, as claims that the run's data proves."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import Reason, ReasonKind
from fondly.recommender.domain.picking.candidates import Completing
from fondly.recommender.domain.picking.offers import Offer
from fondly.recommender.domain.picking.shopper import Owned, Shopper
from fondly.recommender.domain.shop.fitting import fits
from fondly.recommender.domain.shop.shop import MANY, Shop
from fondly.recommender.domain.shop.taxonomy import Category

OFTEN = 3
"""How many picks of a list may have one kind of reason before another personal kind is preferred."""
MIN_LIKENESS = 0.1
"""How alike names must be for a pick to resemble another product: a shared category alone is no likeness."""
MIN_CHOICE = 4
"""How many products a category needs for being popular in it to mean something."""
SHELF_DEPTH = 2
"""How many levels from the top neighbouring leaf categories have in common."""
IMPERSONAL = frozenset(
    {ReasonKind.POPULAR_IN_CATEGORY, ReasonKind.POPULAR, ReasonKind.WELL_RATED, ReasonKind.ASSORTMENT}
)
"""Kinds of reason that say nothing of the customer."""


@dataclass(frozen=True)
class Reasons:
    """Finds the reasons for one customer's picks."""

    shopper: Shopper
    completing: Mapping[Category, Sequence[Completing]]
    _known: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def shop(self) -> Shop:
        """The shop of the customer."""
        return self.shopper.shop

    def of(self, picks: Sequence[Offer]) -> list[Reason]:
        """Return each pick's strongest true reason; after `OFTEN` of a kind, another one of their own."""
        reasons: list[Reason] = []
        for offer in picks:
            told = Counter(one.kind for one in reasons)
            true = self._true(offer)
            strongest = next(true)
            further = chain((strongest,), true)
            fresh = (one for one in further if told[one.kind] < OFTEN and one.kind not in IMPERSONAL)
            reasons.append(next(fresh, strongest))
        return reasons

    def may_concern(self, leaf: Category) -> bool:
        """Return whether products of a leaf category may have a reason of the customer's own as such."""
        shop, shopper = self.shop, self.shopper
        if leaf in self.completing or leaf in shopper.leaves or leaf in shopper.following:
            return True
        return shop.catalogue.part(leaf) in shopper.parts or not shop.kinds(leaf).isdisjoint(shopper.durables)

    def is_personal(self, offer: Offer) -> bool:
        """Return whether any true reason for an offer is one of the customer's own, or the shop pinned it."""
        found = self._known.get(offer.product_id)
        if found is None:
            found = self._known[offer.product_id] = next(self._own(offer), None) is not None
        return found

    def _true(self, offer: Offer) -> Iterator[Reason]:
        """Yield every true reason, the strongest first; the last one is true of any product."""
        yield from self._own(offer)
        yield from self._popular(offer)
        if self._is_well_rated(offer):
            yield Reason(kind=ReasonKind.WELL_RATED)
        yield Reason(kind=ReasonKind.ASSORTMENT)

    def _own(self, offer: Offer) -> Iterator[Reason]:
        if offer.product_id in self.shop.run_rules.shop.pinned:
            yield Reason(kind=ReasonKind.FEATURED)
        linked = list(self._linked(offer))
        yield from (one for one in linked if (one.customers or 0) >= MANY)
        yield from self._goes_with(offer)
        yield from self._better_rated(offer)
        yield from self._liked(offer)
        yield from self._also_bought(offer)
        yield from (one for one in linked if (one.customers or 0) < MANY)
        yield from self._new(offer)
        yield from self._same_shelf(offer)

    def _linked(self, offer: Offer) -> Iterator[Reason]:
        """Bought, or even liked, together with something that they have (or like): what most of all."""
        attraction, family = self.shop.attraction, offer.family
        drawn = [
            (strength, one)
            for one in self.shopper.kept
            if (strength := attraction(one.product.product_id).get(family))
        ]
        for kind, own, counted in (
            (ReasonKind.ALSO_LIKED, (each for each in drawn if each[1].is_liked), self.shop.likers),
            (ReasonKind.BOUGHT_TOGETHER, drawn, self.shop.buyers),
        ):
            linked = ((strength, counted(one.product.product_id).get(family), one) for strength, one in own)
            if found := [(strength, link.customers, one) for strength, link, one in linked if link]:
                _, customers, owned = max(found, key=lambda each: each[0])
                yield _about(kind, owned, customers=customers)

    def _goes_with(self, offer: Offer) -> Iterator[Reason]:
        """It goes with something of theirs, as people wrote down or as both texts tell."""
        if not offer.kinds.isdisjoint(self.shopper.durables):
            return
        facts = self.shop.catalogue.facts
        taking = facts(offer.product_id).attributes
        for one in self.completing.get(offer.leaf, ()):
            fit = fits(taking, facts(one.owned.product.product_id).owned)
            if fit or (fit is None and one.complement.is_written and not taking.needs_fit):
                yield _about(ReasonKind.GOES_WITH, one.owned, customers=one.complement.customers)
                return

    def _also_bought(self, offer: Offer) -> Iterator[Reason]:
        """Enough customers have something of its leaf category and of that of something of theirs."""
        facts = self.shop.catalogue.facts
        taking = facts(offer.product_id).attributes
        if taking.needs_fit or not offer.kinds.isdisjoint(self.shopper.durables):
            return
        found = (
            (following[offer.leaf], one)
            for one in self.shopper.kept
            if offer.leaf in (following := self.shop.following(one.leaf))
            and fits(taking, facts(one.product.product_id).owned) is not False
        )
        (_, customers), owned = max(found, key=lambda each: each[0], default=((0.0, 0), None))
        if owned is not None:
            yield _about(ReasonKind.ALSO_BOUGHT, owned, customers=customers)

    def _better_rated(self, offer: Offer) -> Iterator[Reason]:
        """It is for the same purpose as something of theirs that they do not like so much."""
        if self.shop.is_collected(offer.leaf):
            return
        for owned in self.shopper.owned:
            is_rival = not owned.is_liked and self._is_for_the_same(offer, owned)
            if is_rival and owned.is_bettered_by(offer):
                yield _about(ReasonKind.BETTER_RATED, owned)
                return

    def _liked(self, offer: Offer) -> Iterator[Reason]:
        """It resembles something of theirs that they like, and that is for the same purpose."""
        catalogue = self.shop.catalogue
        similar = (
            (catalogue.similarity(offer.product_id, one.product.product_id), one)
            for one in self.shopper.liked
            if self._is_for_the_same(offer, one)
            and catalogue.likeness(offer.product_id, one.product.product_id) >= MIN_LIKENESS
        )
        similarity, owned = max(similar, key=lambda each: each[0], default=(0.0, None))
        if owned is not None and similarity >= self.shop.rules.min_similarity:
            yield _about(ReasonKind.LIKED, owned)

    def _same_shelf(self, offer: Offer) -> Iterator[Reason]:
        """It is of the same leaf category as something of theirs, or of one beside it."""
        for owned in self.shopper.kept:
            if is_same_shelf(offer.leaf, owned.leaf):
                yield _about(ReasonKind.SAME_SHELF, owned)
                return

    @staticmethod
    def _is_for_the_same(offer: Offer, owned: Owned) -> bool:
        """Whether both are of one leaf category, or one kind of durable thing."""
        return bool(offer.leaf) and (offer.leaf == owned.leaf or not offer.kinds.isdisjoint(owned.kinds))

    def _new(self, offer: Offer) -> Iterator[Reason]:
        """It is new in a part of the shop from which they have bought."""
        since = offer.product.available_from
        days = self.shop.rules.new_for_days
        if since is None or not 0 <= self.shop.now - since <= days * SECONDS_PER_DAY:
            return
        if offer.part and offer.part in self.shopper.parts:
            yield Reason(kind=ReasonKind.NEW, category=offer.part)

    def _popular(self, offer: Offer) -> Iterator[Reason]:
        """In the narrowest category in which that says something, else in the whole shop."""
        for depth in range(len(offer.leaf), -1, -1):
            category = offer.leaf[:depth]
            rank, out_of = self.shop.catalogue.standing(offer.product_id, category)
            if out_of >= MIN_CHOICE and rank <= math.ceil(self.shop.rules.popular_share * out_of):
                kind = ReasonKind.POPULAR_IN_CATEGORY if category else ReasonKind.POPULAR
                yield Reason(kind=kind, category=category, rank=rank, out_of=out_of)
                return

    def _is_well_rated(self, offer: Offer) -> bool:
        rating, count = offer.product.rating, offer.product.rating_count or 0
        rules = self.shop.rules
        return rating is not None and float(rating) >= rules.well_rated_from and count >= rules.min_ratings


def is_same_shelf(one: Category, other: Category) -> bool:
    """Return whether two leaf categories are one, or near each other below a department."""
    is_near = len(one) > SHELF_DEPTH and one[:SHELF_DEPTH] == other[:SHELF_DEPTH]
    return bool(one) and (one == other or is_near)


def _about(kind: ReasonKind, owned: Owned, *, customers: int | None = None) -> Reason:
    return Reason(
        kind=kind,
        product_id=owned.product.product_id,
        product_name=owned.product.name,
        product_brand=owned.product.brand,
        review_id=owned.preference.review_id,
        customers=customers,
    )
