"""Adds to a run's datasets the customers of earlier files whom its own does not have.

They get no email of this run. What they reviewed and bought tells what others may like, as that of the
run's own customers does.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.bundles import Bundle, bundles_of
from encore.recommender.domain.dataset_files import DatasetFiles
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import History
from encore.recommender.domain.limits import exceeded
from encore.recommender.domain.prepared import (
    ENGINE,
    PERSONALIZE,
    POPULARITY,
    POPULARITY_REASON,
    RANKED,
    Prepared,
    PreparedBundle,
)
from encore.recommender.ports import RankedObjects, RefusedError
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.runtime.logs import get_logger
from encore.runtime.runs.run import Run

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class GatherCustomers:
    """Reads the table of histories in as many segments as the run has bundles, and sums the run up."""

    objects: RankedObjects
    know: KnowCatalogue
    customers: KnowCustomers

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a segment's customers and their rows for Personalize, file by file, and how much there is."""
        products, segments = await self.know.products(run.run_id), len(bundles_of(run))
        prepared, shared = Prepared(), SharedReviews()
        async for some in self.customers.gather(run.run_id, segment=bundle.number - 1, segments=segments):
            files = DatasetFiles()
            await asyncio.to_thread(files.add, some, products)
            shared.add(one.customer for one in some)
            prepared = prepared.plus(files.counted(others=len(some), other_files=1))
            await self._put(run.run_id, bundle.first, prepared.other_files, some, files)
        found = PreparedBundle(**prepared.model_dump(), shared=shared.counted())
        await self.objects.put_lines(learned_keys.gathered(run.run_id, bundle.first), [found])

    async def _put(
        self, run_id: str, first: int, number: int, histories: Sequence[History], files: DatasetFiles
    ) -> None:
        await self.objects.put_lines(learned_keys.others(run_id, first, number), histories)
        for key, body in (
            (personalize_keys.other_interactions(run_id, first, number), files.interactions),
            (personalize_keys.other_users(run_id, first, number), files.users),
        ):
            if body:
                await self.objects.put(key, body, content_type=personalize_keys.CSV_TYPE)

    async def close(self, run: Run) -> dict[str, str]:
        """Sum up all customers; return which engine the run is for, and what it has.

        Raises `RefusedError` if that is more than Personalize takes. Datasets that are too small, or serve
        nobody, are for no engine but popularity.
        """
        prepared, shared, items_bytes = Prepared(), SharedReviews(), int(run.step["items_bytes"])
        for bundle in bundles_of(run):
            for key in (learned_keys.prepared, learned_keys.gathered):
                (found,) = await self.objects.get_lines(key(run.run_id, bundle.first), PreparedBundle)
                await asyncio.to_thread(shared.merge, found.shared)
                prepared = prepared.plus(found)
        log.info("datasets_written", items_bytes=items_bytes, **prepared.model_dump())
        shortfall = run.step.get(POPULARITY_REASON) or prepared.shortfall
        too_much = exceeded(prepared, items=int(run.step["items"]), items_bytes=items_bytes)
        if too_much and not shortfall:
            raise RefusedError(too_much)
        await self.objects.put_lines(learned_keys.shared_reviews(run.run_id), [shared.counted()])
        return {
            ENGINE: POPULARITY if shortfall else PERSONALIZE,
            POPULARITY_REASON: shortfall or "",
            RANKED: str(prepared.ranked),
            "interactions": str(prepared.interactions),
            "csv_bytes": str(items_bytes + prepared.interactions_bytes + prepared.users_bytes),
            "others": str(prepared.others),
        }
