"""How the customers of a bundle are ranked when their products are selected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from encore.contracts.records import Customer
from encore.recommender.domain.batch import Rankings, ranked_customers
from encore.recommender.domain.kept_rankings import RunRanking
from encore.recommender.domain.preferences import Scores
from encore.recommender.domain.woven import ProductLists, woven_rankings


@dataclass(frozen=True, slots=True)
class BundleRankings:
    """How a bundle's customers are ranked: by what was kept, or by what Personalize was asked for."""

    is_ranked: bool = False
    """False without Personalize."""
    settled: Mapping[str, RunRanking] = field(default_factory=dict)
    rankings: Rankings = field(default_factory=Rankings)
    """Those of customers: kept ones too."""
    lists: ProductLists | None = None
    """What goes with their products, where Personalize was asked about products."""

    @property
    def are_missing(self) -> bool:
        """Whether Personalize's answers about the customers who were asked for are not there."""
        return self.lists.are_missing if self.lists else not self.rankings.lines

    def asked(self, customers: Sequence[Customer]) -> list[str]:
        """Return which of these customers need what Personalize was asked for."""
        return [one for one in self._settled(customers) if not self.settled[one].product_ids]

    def passed_over(self, customers: Sequence[Customer]) -> list[str]:
        """Return which of these customers Personalize was asked nothing for: they must not be written to."""
        return [one for one in ranked_customers(customers) if self.is_ranked and one not in self.settled]

    def paid(self, customers: Sequence[Customer]) -> int:
        """Return what Personalize charges for these customers alone: nothing if it was asked by product."""
        return 0 if self.lists else len(self.asked(customers))

    def kept(self, customers: Sequence[Customer]) -> int:
        """Return how many of these customers have a ranking that was kept."""
        return sum(bool(self.settled[one].product_ids) for one in self._settled(customers))

    def by_customer(self, customers: Sequence[Customer], scores: Scores) -> Mapping[str, Sequence[str]]:
        """Return the ranking of each of these customers who has one."""
        if self.lists is None:
            return self.rankings.by_customer
        asked = set(self.asked(customers))
        own = (one for one in customers if one.customer_id in asked)
        return {**self.rankings.by_customer, **dict(woven_rankings(own, scores, self.lists.by_product))}

    def _settled(self, customers: Sequence[Customer]) -> list[str]:
        return [one for one in ranked_customers(customers) if self.is_ranked and one in self.settled]
