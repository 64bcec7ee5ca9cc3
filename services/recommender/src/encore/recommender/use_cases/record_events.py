"""Records what customers did: kept with each of them, credited to the email's run, told to Personalize."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from encore.contracts.records import CustomerEvent
from encore.recommender.domain.customer_events import Tracker, Visit, visits
from encore.recommender.ports import EventSink, KeptEvents, NotReadyError, RefusedError
from encore.recommender.use_cases.know_tracker import KnowTracker
from encore.runtime.consent import forgotten
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Items, Objects
from encore.runtime.retry import PostponedError
from encore.runtime.runs.attribution import credited

AT_ONCE = 8
"""Customers whose events are kept, and calls of Personalize, at a time."""
log = get_logger()


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many events there were, how many of them were new, and how many Personalize took or refused."""

    events: int
    new: int
    told: int
    refused: int = 0


@dataclass(frozen=True, kw_only=True)
class RecordEvents:
    """Records events in an order that makes repeating harmless: kept first, then credited, then told.

    Each is kept and credited under its own id, and Personalize counts equal events once.
    """

    kept: KeptEvents
    credits: Items
    """The ledger's table."""
    suppressions: Items
    """Who has been forgotten: nothing is kept of what they do."""
    sink: EventSink
    tracker: KnowTracker
    objects: Objects

    async def batch(self, key: str) -> Recorded:
        """Record the events in an object; raise `PostponedError` while the event tracker is being made."""
        try:
            return await self.record(await self.objects.get_lines(key, CustomerEvent))
        except NotReadyError as reason:
            raise PostponedError(str(reason)) from reason

    async def record(self, events: Sequence[CustomerEvent]) -> Recorded:
        """Record events; raise `NotReadyError` if Personalize has to be told later: then record them again.

        As long as the dataset group has no data, Personalize is told nothing: the first import brings it all.
        """
        events = await self._but_of_forgotten(events)
        new = await self._keep(events)
        await self.credits.put_all(list(credited(events)))
        told, refused = await self._tell(list(visits(events)))
        recorded = Recorded(len(events), new, told, refused)
        log.info("events_recorded", events=recorded.events, new=new, told=told, refused=refused)
        return recorded

    async def _but_of_forgotten(self, events: Sequence[CustomerEvent]) -> Sequence[CustomerEvent]:
        left_out = await forgotten(self.suppressions, {each.customer_id for each in events})
        return [each for each in events if each.customer_id not in left_out]

    async def _keep(self, events: Iterable[CustomerEvent]) -> int:
        by_customer: dict[str, list[CustomerEvent]] = {}
        for event in events:
            by_customer.setdefault(event.customer_id, []).append(event)
        new: list[int] = []

        async def keep(customer_id: str) -> None:
            new.append(await self.kept.add(customer_id, by_customer[customer_id]))

        await for_each(by_customer, keep, parallel=AT_ONCE)
        return sum(new)

    async def _tell(self, found: Sequence[Visit]) -> tuple[int, int]:
        """Tell Personalize; return how many events it took, and how many it refused."""
        tracker = await self.tracker.get() if found else None
        if tracker is None:
            return 0, 0
        refused = await self._refused(tracker, found)
        if refused:
            now = await self.tracker.replaced()
            if now is None:
                return 0, 0
            refused = await self._refused(now, _one_by_one(refused))
        lost = sum(len(each.events) for each in refused)
        if lost:
            log.warning("events_refused", events=lost)
        return sum(len(each.events) for each in found) - lost, lost

    async def _refused(self, tracker: Tracker, found: Iterable[Visit]) -> list[Visit]:
        refused: list[Visit] = []

        async def put(visit: Visit) -> None:
            try:
                await self.sink.put(tracker.tracking_id, visit)
            except RefusedError:
                refused.append(visit)

        await for_each(found, put, parallel=AT_ONCE)
        return refused


def _one_by_one(found: Iterable[Visit]) -> list[Visit]:
    """Return visits of one event each, so that one that is refused costs no other."""
    return [Visit(each.customer_id, each.session_id, (event,)) for each in found for event in each.events]
