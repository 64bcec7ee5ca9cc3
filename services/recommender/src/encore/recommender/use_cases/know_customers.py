"""Keeps what is known of customers over all runs, and lets a run read its own with all of it.

Only the run whose turn it is reads or writes histories. What a bundle's customers were known for before is
copied to a file of the run once, before their histories grow: a message that comes twice sees the same.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace

from encore.contracts import object_keys
from encore.contracts.records import Customer, ScoredReview
from encore.recommender.domain import learned_keys
from encore.recommender.domain.history import History
from encore.recommender.domain.prepared import PreparedBundle
from encore.recommender.domain.told import FilePart, Told, completed
from encore.recommender.ports import KeptEvents, RankedObjects, ScannedItems
from encore.runtime.batches import batches
from encore.runtime.storage import write_units

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

    async def settle(self, run_id: str, part: int) -> FilePart:
        """Return a part as the file has it, with what its customers were known for before the run.

        That is read from the table once, and then from a file.
        """
        key = learned_keys.history(run_id, part)
        found = await self._read(run_id, part)
        if await self.objects.find(key, max_bytes=0) is None:
            known: list[History] = []
            for some in batches(found.customers, CUSTOMERS_AT_ONCE):
                known += await self._known([one.customer_id for one in some])
            await self.objects.put_lines(key, known)
        return await self._with_earlier(run_id, part, found)

    async def remember(self, histories: Iterable[History]) -> int:
        """Put histories in the place of what was known before; return the write units."""
        items = [one.item() for one in histories]
        await self.items.put_all(items)
        return write_units(items)

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
        for gathered in await self.objects.find_lines(learned_keys.gathered(run_id, first), PreparedBundle):
            for number in range(1, gathered.other_files + 1):
                yield await self.objects.get_lines(learned_keys.others(run_id, first, number), History)

    async def told(self, run_id: str, part: int) -> Told:
        """Read a part, completed by what its customers were known for before the run."""
        found = await self._with_earlier(run_id, part, await self._read(run_id, part))
        return await asyncio.to_thread(completed, found)

    async def _known(self, customer_ids: Sequence[str]) -> list[History]:
        """Return what is known of customers; of those without a history, their events are all."""
        items = await self.items.get_all([{"customer_id": one} for one in customer_ids])
        known = {one.customer_id: one for one in map(History.from_item, items)}
        new = [History(customer_id=one, run_id="") for one in customer_ids if one not in known]
        return [*await self._with_events(list(known.values())), *await self._with_events(new, only=True)]

    async def _with_events(self, histories: Sequence[History], *, only: bool = False) -> list[History]:
        """Add to histories what their customers did since; `only` leaves out those who did nothing."""
        events = await self.events.of(one.customer_id for one in histories)
        return [
            one.with_events(events[one.customer_id]) if one.customer_id in events else one
            for one in histories
            if not only or one.customer_id in events
        ]

    async def _read(self, run_id: str, part: int) -> FilePart:
        customers, scored = await asyncio.gather(
            self.objects.get_lines(object_keys.customers(run_id, part), Customer),
            self.objects.get_lines(object_keys.sentiment(run_id, part), ScoredReview),
        )
        return FilePart(customers, scored)

    async def _with_earlier(self, run_id: str, part: int, found: FilePart) -> FilePart:
        histories = self._histories(learned_keys.history(run_id, part))
        return replace(found, earlier={one.customer_id: one async for one in histories})

    async def _histories(self, key: str) -> AsyncIterator[History]:
        async for line in self.objects.lines(key):
            if line.strip():
                yield History.model_validate_json(line)
