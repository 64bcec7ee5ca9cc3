"""Why a product was picked, as claims that the run's data proves."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from encore.contracts.records import Reason, ReasonKind
from encore.recommender.domain.candidates import Completing
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Owned, Shopper
from encore.recommender.domain.taxonomy import Category

SECONDS_PER_DAY = 86_400
OFTEN = 2
"""So many picks of one list have the same kind of reason before another true one is preferred."""
MIN_LIKENESS = 0.1
"""How alike names must be for a pick to resemble another product: a shared category alone is no likeness."""
MIN_CHOICE = 4
"""From this many products on, being popular in a category says something."""


@dataclass(frozen=True)
class Reasons:
    """Finds the reasons for one customer's picks."""

    shopper: Shopper
    completing: Mapping[Category, Sequence[Completing]]

    @property
    def shop(self) -> Shop:
        """The shop of the customer."""
        return self.shopper.shop

    def of(self, picks: Sequence[Offer]) -> list[Reason]:
        """Return the most personal true reason for each pick.

        A kind is given `OFTEN` times at most where there is another, and only one pick is called a discovery.
        """
        reasons: list[Reason] = []
        for offer in picks:
            told = Counter(one.kind for one in reasons)
            if told[ReasonKind.DISCOVERY]:
                told[ReasonKind.DISCOVERY] = OFTEN
            true = list(self._true(offer))
            fresh = (one for one in true[:-1] if told[one.kind] < OFTEN)
            reasons.append(next(fresh, next(one for one in true if one.kind is not ReasonKind.DISCOVERY)))
        return reasons

    def _true(self, offer: Offer) -> Iterator[Reason]:
        """Yield every true reason, the most personal first; the last one is true of any product."""
        if offer.product_id in self.shop.run_rules.shop.pinned:
            yield Reason(kind=ReasonKind.FEATURED)
        personal = list(self._personal(offer))
        yield from (reason for reason in personal if not self._is_sore(reason))
        if not personal and self.shopper.parts and offer.part and offer.part not in self.shopper.parts:
            yield Reason(kind=ReasonKind.DISCOVERY, category=offer.part)
        if self._is_new(offer):
            yield Reason(kind=ReasonKind.NEW)
        yield from self._popular(offer)
        if self._is_well_rated(offer):
            yield Reason(kind=ReasonKind.WELL_RATED)
        yield from (reason for reason in personal if self._is_sore(reason))
        yield Reason(kind=ReasonKind.ASSORTMENT)

    def _personal(self, offer: Offer) -> Iterator[Reason]:
        yield from self._linked(offer)
        yield from self._better_rated(offer)
        yield from self._goes_with(offer)
        yield from self._liked(offer)

    def _is_sore(self, reason: Reason) -> bool:
        """Return whether a reason reminds the customer of a product that let them down, as no consolation."""
        let_down = self.shopper.let_down_by
        return reason.product_id in let_down and reason.kind is not ReasonKind.BETTER_RATED

    def _linked(self, offer: Offer) -> Iterator[Reason]:
        """Bought, or even liked, together with something that the customer has (or likes)."""
        family = self.shop.catalogue.family(offer.product_id)
        for kind, own, counted in (
            (ReasonKind.ALSO_LIKED, self.shopper.liked, self.shop.likers),
            (ReasonKind.BOUGHT_TOGETHER, self.shopper.owned, self.shop.buyers),
        ):
            found = ((counted(one.product.product_id).get(family, 0), one) for one in own)
            customers, owned = max(found, key=lambda each: each[0], default=(0, None))
            if owned is not None and customers:
                yield _about(kind, owned, customers=customers)

    def _better_rated(self, offer: Offer) -> Iterator[Reason]:
        for owned in self.shopper.owned:
            ours, theirs = offer.product.rating, owned.product.rating
            is_same_thing = offer.leaf == owned.leaf or (offer.kind is not None and offer.kind == owned.kind)
            if is_same_thing and offer.leaf and ours and theirs and ours > theirs and self._is_rated(offer):
                yield _about(ReasonKind.BETTER_RATED, owned)
                return

    def _liked(self, offer: Offer) -> Iterator[Reason]:
        similar = (
            (self.shop.catalogue.similarity(offer.product_id, one.product.product_id), one)
            for one in self.shopper.liked
        )
        similarity, owned = max(similar, key=lambda each: each[0], default=(0.0, None))
        if (
            owned is not None
            and similarity >= self.shop.rules.min_similarity
            and self.shop.catalogue.likeness(offer.product_id, owned.product.product_id) >= MIN_LIKENESS
        ):
            yield _about(ReasonKind.LIKED, owned)

    def _goes_with(self, offer: Offer) -> Iterator[Reason]:
        if offer.kind in self.shopper.durables:
            return
        for one in self.completing.get(offer.leaf, ()):
            if self.shop.catalogue.fits(offer.product_id, one.owned.product.product_id):
                yield _about(ReasonKind.GOES_WITH, one.owned, customers=one.complement.customers)
                return

    def _is_new(self, offer: Offer) -> bool:
        since = offer.product.available_from
        days = self.shop.rules.new_for_days
        return since is not None and 0 <= self.shop.now - since <= days * SECONDS_PER_DAY

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
        rating = offer.product.rating
        return (
            rating is not None and float(rating) >= self.shop.rules.well_rated_from and self._is_rated(offer)
        )

    def _is_rated(self, offer: Offer) -> bool:
        count = offer.product.rating_count
        return count is not None and count >= self.shop.rules.min_ratings


def _about(kind: ReasonKind, owned: Owned, *, customers: int | None = None) -> Reason:
    return Reason(
        kind=kind,
        product_id=owned.product.product_id,
        product_name=owned.product.name,
        review_id=owned.preference.review_id,
        customers=customers,
    )
