"""Which of a family's variants suits a customer: what fits their things, in the size that they wear."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from fondly.recommender.domain.picking.offers import Offer
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.audience import distance, system_of
from fondly.recommender.domain.shop.catalogue import Facts
from fondly.recommender.domain.shop.fitting import is_fit
from fondly.recommender.domain.shop.taxonomy import Category

NEAR = 0.6
"""How far a size may be from theirs, in steps such as from M to L."""
SAME_FORM = 1.0
"""What speaks for a variant of a title that is of a form that they have, such as a paperback."""


@dataclass(frozen=True)
class Suitable:
    """Chooses the variants that suit one customer."""

    shopper: Shopper
    whim: Callable[[Offer], float]
    """How much a variant is raised for this customer, so that not everybody gets the same colour."""

    def variant(self, variants: Sequence[Offer]) -> Offer | None:
        """Return the best variant that fits, in their size or the nearest to it; None if there is none."""
        facts = self.shopper.shop.catalogue.facts
        if len(variants) == 1 and facts(variants[0].product_id).is_plain:
            return variants[0]
        if all(facts(one.product_id).is_plain for one in variants):
            return self._taste(variants)
        variants = [one for one in variants if self.is_fit(one)]
        if not variants:
            return None
        worn = self.shopper.sizes(variants[0].leaf)
        sizes = [(one, size) for one in variants if (size := facts(one.product_id).size)] if worn else []
        if not sizes:
            return self._taste(variants)
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
        if len(variants) <= 1:
            return next(iter(variants), None)
        variants = [one for one in variants if one.is_well_rated] or variants
        forms = self._forms(variants[0].leaf)
        return max(
            variants, key=lambda one: one.merit + self.whim(one) + SAME_FORM * (one.product.variant in forms)
        )

    def _forms(self, leaf: Category) -> frozenset[str]:
        """The forms, such as paperback, of the titles that they have in a department."""
        if not self.shopper.shop.durables.is_title(leaf):
            return frozenset()
        own = (one for one in self.shopper.owned if one.leaf[:1] == leaf[:1])
        return frozenset(one.product.variant for one in own if one.product.variant)

    def is_fit(self, offer: Offer) -> bool:
        """Return whether an accessory that is useless by itself fits something that the customer has.

        If they have such a device, it has to fit one; an accessory of theirs tells only where they have none.
        """
        taking = self.shopper.shop.catalogue.facts(offer.product_id).attributes
        if not taking.needs_fit:
            return True
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
