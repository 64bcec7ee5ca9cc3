"""Tells Personalize at once of products that have changed, where an import of all would be too much.

An import takes a job and its minutes, and comes after everything that a run prepares. Until then filters and
campaigns would go by the old catalogue, and offer what is sold out. A run that asks Personalize for nothing
has no import at all. Source: Amazon Personalize developer guide, "Importing individual records".
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from encore.recommender.domain import personalize_keys
from encore.recommender.domain.imports import ITEMS
from encore.recommender.domain.item_changes import item_changes
from encore.recommender.domain.records import ItemRecord
from encore.recommender.domain.standing import KnownDataset, Standing
from encore.recommender.ports import (
    NotReadyError,
    Personalize,
    Records,
    RefusedError,
    Standings,
    VanishedError,
)
from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric, emit
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run

ITEMS_PUT, ITEMS_PUT_BYTES = "items_put", "items_put_bytes"
"""Where a run's `step` keeps how many products it has put, and what is ingested of them."""
MOST_PUT = 1_000
"""Products that are put one by one at most: ten seconds of what AWS takes of a dataset group."""
MOST_COMPARED_BYTES = 64 * 2**20
"""The size of a file of items up to which it is compared with another: both are in memory."""
RECORDS_PER_CALL = 10
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class TellProducts:
    """Puts what differs from the catalogue that Personalize has; if that fails, an import does it later.

    Only the run whose turn it is may do so. The standing says that it has begun before the first product is
    put, and that it has finished: if it never does, the next run imports the whole catalogue.
    """

    objects: Objects
    personalize: Personalize
    records: Records
    standings: Standings
    only_full: bool = False
    """Whether everything is imported every time."""

    async def run(self, run: Run) -> dict[str, str]:
        """Put a run's changed products; return what its `step` keeps of it. Repeating it changes nothing."""
        standing = await self.standings.get()
        changed = await self._changed(run, standing)
        if not changed:
            return {ITEMS_PUT: "0"}
        try:
            await self._put(run, standing, changed)
        except (NotReadyError, VanishedError, RefusedError) as error:
            log.warning("products_not_put", products=len(changed), reason=str(error))
            return {ITEMS_PUT: "0"}
        emit({Metric.PRODUCTS_PUT: len(changed)})
        log.info("products_put", products=len(changed))
        size = sum(len(f"{one.item_id}{one.properties}".encode()) for one in changed)
        return {ITEMS_PUT: str(len(changed)), ITEMS_PUT_BYTES: str(size)}

    async def _changed(self, run: Run, standing: Standing) -> Sequence[ItemRecord]:
        """Return what Personalize has to be told; nothing if an import of all is better, or nobody knows."""
        if self.only_full or standing.importing or standing.telling not in {"", run.run_id}:
            return ()
        if not standing.items_run or run.step["items_digest"] == standing.items_digest:
            return ()
        if int(run.step["items_bytes"]) > MOST_COMPARED_BYTES:
            return ()
        before = await self._file(standing.items_run)
        now = await self._file(run.run_id)
        if not before or not now:  # with the files of old runs
            return ()
        return await asyncio.to_thread(item_changes, before, now, most=MOST_PUT) or ()

    async def _file(self, run_id: str) -> bytes:
        """Return a run's items; nothing if they are gone, or too large."""
        found = await self.objects.find(personalize_keys.items(run_id), max_bytes=MOST_COMPARED_BYTES + 1)
        return found if found and len(found) <= MOST_COMPARED_BYTES else b""

    async def _put(self, run: Run, standing: Standing, changed: Sequence[ItemRecord]) -> None:
        dataset = await self._dataset(standing)
        standing = await self.standings.change(standing, telling=run.run_id)
        for some in batches(changed, RECORDS_PER_CALL):
            await self.records.put_items(dataset.arn, some)
        await self.standings.change(
            standing, telling="", items_digest=run.step["items_digest"], items_run=run.run_id
        )

    async def _dataset(self, standing: Standing) -> KnownDataset:
        known = standing.datasets.get(ITEMS)
        if known is None:
            raise VanishedError("the dataset of items")
        if await self.personalize.dataset(known.arn) != known:
            raise VanishedError("the dataset of items that was imported to")
        return known
