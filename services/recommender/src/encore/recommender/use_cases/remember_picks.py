"""Remembers what every customer was recommended, so that a later email can differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from encore.contracts.records import Recommendation
from encore.recommender.domain.earlier_picks import Earlier, LatestPicks, keys, run_item
from encore.runtime.ports import Items
from encore.runtime.storage import read_units, write_units


@dataclass(frozen=True, slots=True)
class Recalled:
    """Earlier picks by customer, without those who have none; `read_units` is what reading them took."""

    earlier: Mapping[str, Earlier]
    read_units: int

    def of(self, customer_id: str) -> Earlier:
        """Return one customer's picks of other runs, newest first."""
        return self.earlier.get(customer_id, ())


@dataclass(frozen=True, slots=True)
class RememberPicks:
    """The recommendations table as a memory: recall a part's customers, then remember their new picks.

    Picks count as sent once they are remembered, even if their run fails afterwards: some may have been.
    """

    recommendations: Items

    async def recall(self, run_id: str, customer_ids: Sequence[str]) -> Recalled:
        """Return what other runs recommended to these customers."""
        wanted = keys(customer_ids)
        items = await self.recommendations.get_all(wanted)
        latest = map(LatestPicks.from_item, items)
        return Recalled(
            earlier={each.customer_id: before for each in latest if (before := each.before(run_id))},
            read_units=read_units(items, missing=len(wanted) - len(items)),
        )

    async def remember(self, run_id: str, recommended: Sequence[Recommendation], recalled: Recalled) -> int:
        """Store the run's recommendations, with what was recalled before them; return the write units."""
        items = [run_item(one, run_id) for one in recommended]
        items += [LatestPicks.of(one, run_id, recalled.of(one.customer_id)).item() for one in recommended]
        await self.recommendations.put_all(items)
        return write_units(items)
