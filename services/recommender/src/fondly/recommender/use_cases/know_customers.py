"""Keeps what is known of customers over all runs, and lets a run read its own with all of it.

Only the run whose turn it is reads or writes histories. What is known of a part's customers, by the run's
file too, is written to a file of the run once, before it is put into the table: a message that comes twice
sees the same.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, ScoredReview
from fondly.recommender.domain.history.history import History, Told
from fondly.recommender.domain.history.preferences import Scores, scores_by_review
from fondly.recommender.domain.personalize.rows import Prepared
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.ports import KeptEvents, RankedObjects, ScannedItems
from fondly.runtime.batches import batches
from fondly.runtime.runs.run import Run

CUSTOMERS_AT_ONCE = 1_000
"""Whose histories are in memory as items, beside the records made of them."""
OTHERS_PER_FILE = 10_000
"""How many customers of earlier files are in memory at a time: some 50 MB, however many are known."""


@dataclass(frozen=True, kw_only=True)
class KnowCustomers:
    """The table of histories, and the files of a run that come from it."""

    items: ScannedItems
    objects: RankedObjects
    events: KeptEvents

    async def remember(self, run: Run, part: int, customers: Sequence[Customer]) -> list[History]:
        """Return all that is known of a part's customers, and replace what was known before."""
        key = learned_keys.history(run.run_id, part)
        if await self.objects.find(key, max_bytes=0) is None:
            await self.objects.put_lines(key, await self._grown(run, part, customers))
        histories = await self.histories(run.run_id, part)
        await self.items.put_all([one.item() for one in histories])
        return histories

    async def histories(self, run_id: str, part: int) -> list[History]:
        """Return all that is known of a part's customers, in their order."""
        return await self.objects.get_lines(learned_keys.history(run_id, part), History)

    async def customers(self, run_id: str, part: int) -> list[Customer]:
        """Return a part's customers as the run's file has them."""
        return await self.objects.get_lines(object_keys.customers(run_id, part), Customer)

    async def told(self, run_id: str, part: int) -> Told:
        """Read a part with all that is known of its customers."""
        customers, scored, histories = await asyncio.gather(
            self.customers(run_id, part), self._scored(run_id, part), self.histories(run_id, part)
        )
        known = {one.customer_id: one for one in histories}  # somebody may be forgotten meanwhile
        whole = [known[one.customer_id].completing(one) for one in customers if one.customer_id in known]
        reviews = {one.customer_id: one.reviews for one in customers}
        excluded = {one.customer_id for one in customers if one.exclusion}
        lost = sum(bool(one.exclusion) and one.customer_id not in excluded for one in whole)
        return Told(whole, scored, scores_of(histories), reviews, lost)

    async def gather(self, run_id: str, *, segment: int, segments: int) -> AsyncIterator[list[History]]:
        """Yield the customers of a segment of the table whom the run's file lacks, some at a time.

        The histories of those whom it has say so: they have been put before.
        """
        some: list[History] = []
        async for item in self.items.scan(segment=segment, segments=segments):
            if item["run_id"] != run_id:
                some.append(History.from_item(item))
            if len(some) == OTHERS_PER_FILE:
                yield await self._with_events(some)
                some = []
        if some:
            yield await self._with_events(some)

    async def others(self, run_id: str, first: int) -> AsyncIterator[list[History]]:
        """Yield what was gathered for a bundle, file by file; nothing if nothing was."""
        for gathered in await self.objects.find_lines(learned_keys.gathered(run_id, first), Prepared):
            for number in range(1, gathered.other_files + 1):
                yield await self.objects.get_lines(learned_keys.others(run_id, first, number), History)

    async def _grown(self, run: Run, part: int, customers: Sequence[Customer]) -> list[History]:
        """Add what the run's file tells to what was known before."""
        scores, now = scores_by_review(await self._scored(run.run_id, part)), int(run.created_at.timestamp())

        def grow(some: Sequence[Customer], before: Sequence[History]) -> list[History]:
            told = zip(some, before, strict=True)
            return [History.of(one, scores, run_id=run.run_id, now=now, before=own) for one, own in told]

        found: list[History] = []
        for some in batches(customers, CUSTOMERS_AT_ONCE):
            before = await self._known([one.customer_id for one in some])
            found += await asyncio.to_thread(grow, some, before)
        return found

    async def _known(self, customer_ids: Sequence[str]) -> list[History]:
        items = await self.items.get_all([{"customer_id": one} for one in customer_ids])
        known = {one.customer_id: one for one in map(History.from_item, items)}
        return await self._with_events([known.get(one, History(customer_id=one)) for one in customer_ids])

    async def _with_events(self, histories: Sequence[History]) -> list[History]:
        """Add to histories what their customers did since."""
        events = await self.events.of(one.customer_id for one in histories)
        return [one.with_events(events.get(one.customer_id, ())) for one in histories]

    async def _scored(self, run_id: str, part: int) -> list[ScoredReview]:
        return await self.objects.get_lines(object_keys.sentiment(run_id, part), ScoredReview)


def scores_of(histories: Sequence[History]) -> Scores:
    """Return the scores of some customers' reviews."""
    return {review: found for one in histories for review, found in one.scores.items()}
