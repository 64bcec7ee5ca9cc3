"""The rules of picking: five distinct products for a customer, each with its reason."""

from collections import Counter
from collections.abc import Sequence

from encore.contracts.records import Pick
from encore.recommender.domain.candidates import Candidate, candidates, varied
from encore.recommender.domain.catalogue import Catalogue, Category
from encore.recommender.domain.preferences import Opinion
from encore.recommender.domain.reasons import reason_for

PICKS = 5


def pick(catalogue: Catalogue, opinions: Sequence[Opinion], ranked: Sequence[str]) -> tuple[Pick, ...]:
    """Return five picks, best first, preferring the order of `ranked`.

    Never a product that the customer has an opinion about. Nor a variant of one, a variant of another pick,
    or what its buyers mostly dislike, as long as the catalogue has anything else: then variants are let in
    first, disliked products last. Fewer than five only when there are not five the customer has not reviewed.
    """
    basket = _Basket(catalogue, {opinion.product_id for opinion in opinions})
    for allowed in (basket.takes, basket.takes_variants_too, basket.takes_anything_new):
        for candidate in varied(candidates(catalogue, opinions, ranked), basket.picked_alike):
            if basket.is_full:
                break
            if allowed(candidate.product_id):
                basket.add(candidate)
    return tuple(
        Pick(product=catalogue.products[chosen.product_id], reason=reason_for(chosen, catalogue, opinions))
        for chosen in basket.chosen
    )


class _Basket:
    """What has been picked for one customer, and what may still be."""

    def __init__(self, catalogue: Catalogue, known: set[str]) -> None:
        self.chosen: list[Candidate] = []
        self._catalogue = catalogue
        self._known = known
        self._labels = {label for product_id in known for label in catalogue.labels(product_id)}
        self._categories: Counter[Category] = Counter()

    @property
    def is_full(self) -> bool:
        return len(self.chosen) == PICKS

    def picked_alike(self, product_id: str) -> int:
        """How many picks are of the product's category; without a category none are."""
        return self._categories[self._catalogue.products[product_id].category]

    def takes(self, product_id: str) -> bool:
        return self.takes_variants_too(product_id) and self._labels.isdisjoint(
            self._catalogue.labels(product_id)
        )

    def takes_variants_too(self, product_id: str) -> bool:
        return self.takes_anything_new(product_id) and product_id not in self._catalogue.disliked

    def takes_anything_new(self, product_id: str) -> bool:
        return product_id not in self._known

    def add(self, candidate: Candidate) -> None:
        self.chosen.append(candidate)
        self._known.add(candidate.product_id)
        self._labels |= self._catalogue.labels(candidate.product_id)
        if category := self._catalogue.products[candidate.product_id].category:
            self._categories[category] += 1
