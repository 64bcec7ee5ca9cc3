"""How the customers of a bundle are ranked when their products are selected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from encore.contracts.records import Customer
from encore.recommender.domain.batch import Rankings, ranked_customers
from encore.recommender.domain.kept_rankings import RunRanking


@dataclass(frozen=True, slots=True)
class BundleRankings:
    """How a bundle's customers are ranked: by what was kept, or by what Personalize was asked for."""

    is_ranked: bool = False
    """False without Personalize."""
    settled: Mapping[str, RunRanking] = field(default_factory=dict)
    rankings: Rankings = field(default_factory=Rankings)

    def asked(self, customers: Sequence[Customer]) -> list[str]:
        """Return for whom of these customers Personalize was asked.

        A release that kept no rankings settled nothing, and asked for all.
        """
        return [one for one in ranked_customers(customers) if self.is_ranked and not self._has_kept(one)]

    def kept(self, customers: Sequence[Customer]) -> int:
        """Return how many of these customers have a ranking that was kept."""
        return sum(map(self._has_kept, ranked_customers(customers)))

    def _has_kept(self, customer_id: str) -> bool:
        return customer_id in self.settled and bool(self.settled[customer_id].product_ids)
