"""Records what customers did: kept with each of them, credited to the email's run, told to a campaign."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from encore.contracts.records import CustomerEvent
from encore.recommender.domain.customer_events import Visit, visits
from encore.recommender.ports import EventSink, KeptEvents
from encore.runtime.consent import forgotten
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Items, Objects
from encore.runtime.runs.attribution import credited

AT_ONCE = 8
"""Customers whose events are kept, and calls of Personalize, at a time."""
log = get_logger()


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many events there were, how many of them were new, and how many Personalize took."""

    events: int
    new: int
    told: int


@dataclass(frozen=True, kw_only=True)
class RecordEvents:
    """Records events in an order that makes repeating harmless: kept first, then credited, then told.

    Each is kept and credited under its own id, and Personalize counts equal events once. What it is not told
    it gets with the next run's import.
    """

    kept: KeptEvents
    credits: Items
    """The ledger's table."""
    suppressions: Items
    """Who has been forgotten: nothing is kept of what they do."""
    sink: EventSink | None
    """None where no campaign is kept that would learn of events at once."""
    objects: Objects

    async def batch(self, key: str) -> Recorded:
        """Record the events in an object."""
        return await self.record(await self.objects.get_lines(key, CustomerEvent))

    async def record(self, events: Sequence[CustomerEvent]) -> Recorded:
        """Record events; return what became of them."""
        left_out = await forgotten(self.suppressions, {each.customer_id for each in events})
        events = [each for each in events if each.customer_id not in left_out]
        new = await self._keep(events)
        await self.credits.put_all(list(credited(events)))
        recorded = Recorded(len(events), new, await self._tell(list(visits(events))))
        log.info("events_recorded", **asdict(recorded))
        return recorded

    async def _keep(self, events: Iterable[CustomerEvent]) -> int:
        by_customer: dict[str, list[CustomerEvent]] = {}
        for event in events:
            by_customer.setdefault(event.customer_id, []).append(event)
        new: list[int] = []

        async def keep(customer_id: str) -> None:
            new.append(await self.kept.add(customer_id, by_customer[customer_id]))

        await for_each(by_customer, keep, parallel=AT_ONCE)
        return sum(new)

    async def _tell(self, found: Sequence[Visit]) -> int:
        """Tell Personalize; return how many events it took."""
        told: list[int] = []
        if sink := self.sink:

            async def put(visit: Visit) -> None:
                if await sink.put(visit):
                    told.append(len(visit.events))

            await for_each(found, put, parallel=AT_ONCE)
        return sum(told)
