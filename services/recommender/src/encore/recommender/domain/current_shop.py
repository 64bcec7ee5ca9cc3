"""A shop that is open for customers who wait, with what Personalize says that goes with its products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.woven import seeds_of, woven


@dataclass(frozen=True)
class CurrentShop:
    """A shop, and the lists of its products if its run asked about products instead of customers."""

    shop: Shop
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def woven(self, preferences: Sequence[Preference]) -> tuple[str, ...]:
        """Return a ranking for a customer who has this, as a run weaves it; nothing if a list is missing.

        A run asks only about products of customers who have changed. A ranking of some of a customer's
        products would be worse than the one that is kept for them.
        """
        seeds = seeds_of(preferences)
        if not all(seed.product_id in self.lists for seed in seeds):
            return ()
        return tuple(woven(seeds, self.lists, {one.product_id for one in preferences}))
