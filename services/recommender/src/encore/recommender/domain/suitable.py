"""Which of a family's variants suits a customer: what fits their things, in the size that they wear."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from encore.recommender.domain.attributes import Attributes
from encore.recommender.domain.fitting import is_fit
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.people import is_clothes, near, system_of
from encore.recommender.domain.shopper import Shopper


@dataclass(frozen=True)
class Suitable:
    """Says what suits one customer."""

    shopper: Shopper
    whim: Callable[[Offer], float]
    """How much a variant is raised for this customer, so that not everybody gets the same colour."""

    def variant(self, variants: Sequence[Offer]) -> Offer | None:
        """Return the best variant that fits, in the size that the customer wears; None if there is none.

        Where no size of theirs is known for the family's size system, it is the nearest to those that are.
        """
        variants = [one for one in variants if self.is_fit(one)]
        if not variants:
            return None
        facts = self.shopper.shop.catalogue.facts
        worn = self.shopper.sizes(variants[0].leaf)
        sizes = [(one, size) for one in variants if (size := facts(one.product_id).size)] if worn else []
        if not sizes:
            return self._taste(variants)
        if any(system_of(size) in worn for _, size in sizes):
            return next((one for one, size in sizes if worn.get(system_of(size)) == size), None)
        return min(variants, key=self._distance)

    def knows_size(self, offer: Offer) -> bool:
        """Return whether an offer has no size, or one that can be told from what the customer wears."""
        size = self.shopper.shop.catalogue.facts(offer.product_id).size
        worn = self.shopper.sizes(offer.leaf)
        return (
            size is None
            or system_of(size) in worn
            or (is_clothes(size) and any(map(is_clothes, worn.values())))
        )

    def _taste(self, variants: Sequence[Offer]) -> Offer:
        """Return one of the best variants, another one for another customer."""
        if len(variants) == 1:
            return variants[0]
        merits = self.shopper.shop.catalogue.merits
        return max(variants, key=lambda one: merits[one.product_id] + self.whim(one))

    def is_fit(self, offer: Offer) -> bool:
        """Return whether what is useless by itself fits something that the customer has."""
        taking = self.shopper.shop.catalogue.facts(offer.product_id).attributes
        return not taking.needs_fit or any(is_fit(taking, one) for one in self._owned)

    @cached_property
    def _owned(self) -> Sequence[Attributes]:
        """What the things of theirs that did not disappoint take and offer."""
        facts = self.shopper.shop.catalogue.facts
        return [facts(one.product.product_id).owned for one in self.shopper.kept]

    def _distance(self, offer: Offer) -> float:
        facts = self.shopper.shop.catalogue.facts(offer.product_id)
        worn = self.shopper.sizes(offer.leaf).values()
        return near(facts.size or "", worn, facts.audience.gender or self.shopper.gender)
