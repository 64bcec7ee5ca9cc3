"""Records what customers did: kept with each of them, credited to the email's run, told to a campaign."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

from fondly.contracts.records import CustomerEvent
from fondly.recommender.domain.history.customer_events import Visit, visits
from fondly.recommender.ports import KeptEvents
from fondly.runtime.consent import forgotten
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Items, Objects
from fondly.runtime.runs.attribution import credited

AT_ONCE = 8
"""Customers whose events are kept, and calls of Personalize, at a time."""
Tell = Callable[[Visit], Awaitable[bool]]
"""Tells Personalize of a visit; returns whether it took the events."""
log = get_logger()


@dataclass(slots=True)
class Recorded:
    """How many events there were, how many of them were new, and how many Personalize took."""

    events: int
    new: int = 0
    told: int = 0


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
    tell: Tell | None
    """None where no campaign is kept that would learn of events at once."""
    objects: Objects

    async def batch(self, key: str) -> Recorded:
        """Record the events in an object."""
        return await self.record(await self.objects.get_lines(key, CustomerEvent))

    async def record(self, events: Sequence[CustomerEvent]) -> Recorded:
        """Record events; return what became of them."""
        left_out = await forgotten(self.suppressions, {each.customer_id for each in events})
        events = [each for each in events if each.customer_id not in left_out]
        recorded, by_customer = Recorded(len(events)), defaultdict[str, list[CustomerEvent]](list)
        for event in events:
            by_customer[event.customer_id].append(event)

        async def keep(customer_id: str) -> None:
            new = await self.kept.add(customer_id, by_customer[customer_id])
            recorded.new += new

        async def tell(visit: Visit) -> None:
            if self.tell and await self.tell(visit):
                recorded.told += len(visit.events)

        await for_each(by_customer, keep, parallel=AT_ONCE)
        await self.credits.put_all(list(credited(events)))
        await for_each(visits(events), tell, parallel=AT_ONCE)
        log.info("events_recorded", **asdict(recorded))
        return recorded
