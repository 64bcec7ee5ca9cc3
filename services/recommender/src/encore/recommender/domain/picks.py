"""The rules of picking: five distinct products for a customer, each with its reason."""

from collections import Counter
from collections.abc import Sequence

from encore.contracts.records import Pick
from encore.recommender.domain.candidates import Candidate, candidates, varied
from encore.recommender.domain.catalogue import Catalogue, Category
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.reasons import reason_for

PICKS = 5


def pick(catalogue: Catalogue, preferences: Sequence[Preference], ranked: Sequence[str]) -> tuple[Pick, ...]:
    """Return five picks, best first, preferring the order of `ranked`.

    A product that the customer has reviewed is never picked. Variants of one or of another pick, and products
    that their buyers mostly dislike, are picked only when the catalogue has nothing else: variants first,
    disliked products last. Fewer than five are returned only when fewer than five are unreviewed.
    """
    basket = _Basket(catalogue, {preference.product_id for preference in preferences})
    for allowed in (basket.takes, basket.takes_variants_too, basket.takes_anything_new):
        for candidate in varied(candidates(catalogue, preferences, ranked), basket.picked_alike):
            if basket.is_full:
                break
            if allowed(candidate.product_id):
                basket.add(candidate)
    return tuple(
        Pick(product=catalogue.products[chosen.product_id], reason=reason_for(chosen, catalogue, preferences))
        for chosen in basket.chosen
    )


class _Basket:
    """What has been picked for one customer, and what may still be picked."""

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
        """How many picks share the product's category; none do when it has no category."""
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
