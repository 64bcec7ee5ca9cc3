"""Remembers what every customer was recommended, so that a later email can differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts.records import Recommendation
from fondly.recommender.domain.history.customer_events import keys
from fondly.recommender.domain.history.earlier_picks import LATEST, Earlier, LatestPicks, run_item
from fondly.runtime.ports import Items


@dataclass(frozen=True, slots=True)
class RememberPicks:
    """The recommendations table as a memory: recall a part's customers, then remember their new picks.

    Picks count as sent once they are remembered, even if their run fails afterwards: some may have been.
    """

    recommendations: Items

    async def recall(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Earlier]:
        """Return what other runs recommended to these customers, newest first, by customer."""
        items = await self.recommendations.get_all(keys(customer_ids, LATEST))
        return {one.customer_id: one.before(run_id) for one in map(LatestPicks.model_validate, items)}

    async def remember(
        self, run_id: str, recommended: Sequence[Recommendation], earlier: Mapping[str, Earlier]
    ) -> None:
        """Store the run's recommendations, with what was recalled before them."""
        items = [run_item(one, run_id) for one in recommended]
        items += [LatestPicks.of(one, run_id, earlier.get(one.customer_id, ())).item() for one in recommended]
        await self.recommendations.put_all(items)
