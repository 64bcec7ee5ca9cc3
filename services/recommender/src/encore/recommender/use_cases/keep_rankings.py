"""Keeps what Personalize has ranked, and settles for whom a run asks it again."""

import asyncio
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from encore.recommender.domain import learned_keys
from encore.recommender.domain.kept_rankings import KeptRanking, RunRanking, Settled, Terms, basis_of, keys
from encore.recommender.domain.rows import CustomerRows
from encore.recommender.ports import RankedObjects
from encore.runtime.batches import batches
from encore.runtime.ports import Items
from encore.runtime.runs.run import Run
from encore.runtime.storage import READ_UNIT_BYTES, write_units

CUSTOMERS_AT_ONCE = 1_000
"""Whose kept rankings are in memory as items, some 2 MB, beside those that the bundle uses."""


@dataclass(frozen=True, kw_only=True)
class KeepRankings:
    """Finds customers' kept rankings, and keeps new ones.

    What is found is copied into a file of the run, once for each bundle. From then on the run uses that file:
    neither a message that comes twice, nor another run that ranks the same customers meanwhile, nor an item
    that expires can change for whom Personalize was asked.
    """

    items: Items
    objects: RankedObjects
    solution: str
    """The digest of what decides every ranking besides the data."""
    days: int
    fewest: int

    def bases(self, rows: Mapping[str, CustomerRows], to_rank: Container[str]) -> dict[str, str]:
        """Return what decides the rankings of those of these customers for whom products are ranked."""
        return {
            name: basis_of(self.solution, own.interactions, own.user)
            for name, own in rows.items()
            if name in to_rank
        }

    def read_units(self, settled: Settled) -> int:
        """Return what looking for rankings takes: a unit for each customer, and more for long rankings.

        It is reckoned from what was settled, so that a bundle that is prepared again says the same.
        """
        if not self.days:
            return 0
        sizes = (sum(map(len, one.product_ids)) for one in settled.rankings.values())
        return sum(max(1, -(-size // READ_UNIT_BYTES)) for size in sizes)

    async def settle(
        self, run: Run, first: int, bases: Mapping[str, str], is_sold: Callable[[str], bool]
    ) -> Settled:
        """Settle how a bundle's customers, here with the basis of each, get their rankings.

        `first` is the number of the bundle's first part.
        """
        if (known := await self.settled(run.run_id, first)).rankings:
            return known
        terms = Terms(
            days=self.days, fewest=self.fewest, now=int(run.created_at.timestamp()), is_sold=is_sold
        )
        ids: dict[str, str] = {}
        found: dict[str, RunRanking] = {}
        for some in batches(bases.items(), CUSTOMERS_AT_ONCE):
            kept = await self._kept([name for name, _ in some])
            chosen = await asyncio.to_thread(_chosen, dict(some), kept, terms)
            found |= {name: _sharing(ids, one) for name, one in chosen.items()}
        await self.objects.put_lines(learned_keys.rankings(run.run_id, first), found.values())
        return Settled(found)

    async def settled(self, run_id: str, first: int) -> Settled:
        """Return what was settled for a bundle; nothing if nothing was, or it has nobody to rank for."""
        ids: dict[str, str] = {}
        found: dict[str, RunRanking] = {}
        async for line in self.objects.lines(learned_keys.rankings(run_id, first)):
            if line.strip():
                one = _sharing(ids, RunRanking.model_validate_json(line))
                found[one.customer_id] = one
        return Settled(found)

    async def keep(self, run: Run, settled: Settled, ranked: Mapping[str, Sequence[str]]) -> int:
        """Keep what Personalize ranked for those for whom it was asked; return the write units.

        The items depend on the run alone: a part that is selected again puts the same.
        """
        if not self.days:
            return 0
        new = [
            KeptRanking(
                customer_id=name,
                basis=settled.rankings[name].basis,
                product_ids=tuple(ranked[name]),
                ranked_in=run.run_id,
                ranked_at=int(run.created_at.timestamp()),
            )
            for name in settled.asked
            if name in ranked
        ]
        items = [one.item() for one in new if one.fits]
        await self.items.put_all(items)
        return write_units(items)

    async def _kept(self, customer_ids: Sequence[str]) -> dict[str, KeptRanking]:
        items = await self.items.get_all(keys(customer_ids)) if self.days else ()
        return {one.customer_id: one for one in map(KeptRanking.from_item, items)}


def _chosen(bases: Mapping[str, str], kept: Mapping[str, KeptRanking], terms: Terms) -> dict[str, RunRanking]:
    return {
        name: RunRanking(
            customer_id=name,
            basis=basis,
            product_ids=one.product_ids if (one := kept.get(name)) and terms.allow(one, basis) else (),
        )
        for name, basis in bases.items()
    }


def _sharing(ids: dict[str, str], one: RunRanking) -> RunRanking:
    """Return a ranking whose ids are those in `ids`: each is in memory once, as in `batch.Rankings`."""
    return one.model_copy(
        update={"product_ids": tuple(ids.setdefault(each, each) for each in one.product_ids)}
    )
