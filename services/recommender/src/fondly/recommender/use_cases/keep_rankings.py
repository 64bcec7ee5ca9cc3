"""Keeps what Personalize has ranked, and decides for whom a run asks it again."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fondly.recommender.domain.history.customer_events import keys
from fondly.recommender.domain.personalize.rankings import RANKING, KeptRanking, RunRanking, digest
from fondly.recommender.domain.personalize.rows import CustomerRows
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.ports import RankedObjects
from fondly.runtime.batches import batches
from fondly.runtime.ports import Items
from fondly.runtime.runs.run import Run

CUSTOMERS_AT_ONCE = 1_000
"""Whose kept rankings are in memory as items, some 2 MB, beside those that the bundle uses."""


@dataclass(frozen=True, kw_only=True)
class KeepRankings:
    """Finds customers' kept rankings, and keeps new ones.

    What is found is copied into a file of the run, once for each part. From then on the run uses that file:
    neither a message that comes twice, nor another run that ranks the same customers meanwhile, nor an item
    that expires can change for whom Personalize was asked.
    """

    items: Items
    objects: RankedObjects
    solution: str
    """The digest of what decides every ranking besides the data."""
    days: int
    """For how many days a ranking is kept; 0 keeps none."""

    async def decide(
        self, run: Run, part: int, rows: Mapping[str, CustomerRows], is_sold: Callable[[str], bool]
    ) -> dict[str, RunRanking]:
        """Decide how those of a part's customers for whom products are ranked get their rankings."""
        if known := await self.decided(run.run_id, part):
            return known
        now, found = int(run.created_at.timestamp()), dict[str, RunRanking]()
        for some in batches(rows.items(), CUSTOMERS_AT_ONCE):
            items = await self.items.get_all(keys((name for name, _ in some), RANKING)) if self.days else ()
            kept = {one.customer_id: one for one in map(KeptRanking.from_item, items)}
            for name, own in some:
                basis, one = digest(self.solution, own.interactions, own.user), kept.get(name)
                stands = one and one.stands(basis, now=now, days=self.days, is_sold=is_sold)
                ids = one.product_ids if one and stands else ()
                found[name] = RunRanking(customer_id=name, basis=basis, product_ids=ids)
        await self.objects.put_lines(learned_keys.rankings(run.run_id, part), found.values())
        return found

    async def decided(self, run_id: str, part: int) -> dict[str, RunRanking]:
        """Return what was decided for a part by customer; nothing if it has nobody to rank for."""
        found = await self.objects.find_lines(learned_keys.rankings(run_id, part), RunRanking)
        return {one.customer_id: one for one in found}

    async def keep(
        self,
        run: Run,
        asked: Iterable[RunRanking],
        ranked: Mapping[str, Sequence[str]],
        witnesses: Container[str] = (),
    ) -> None:
        """Keep what Personalize ranked for those for whom it was asked.

        What witnesses got has no basis, so that a later run asks again, knowing all of them. The items depend
        on the run alone: a part that is selected again puts the same.
        """
        new = (
            KeptRanking(
                customer_id=one.customer_id,
                basis="" if one.customer_id in witnesses else one.basis,
                product_ids=tuple(ranked[one.customer_id]),
                ranked_in=run.run_id,
                ranked_at=int(run.created_at.timestamp()),
            )
            for one in asked
            if self.days and one.customer_id in ranked
        )
        await self.items.put_all([one.item() for one in new])
