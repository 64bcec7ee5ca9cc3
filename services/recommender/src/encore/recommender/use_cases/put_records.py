"""Puts what is new in a run one by one, for which an import is too much, or comes too late."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from encore.recommender.domain import personalize_keys
from encore.recommender.domain.bundles import bundles_of
from encore.recommender.domain.plan import EVENT_TRACKER
from encore.recommender.domain.records import Event, read_events, read_users
from encore.recommender.domain.resources import Kind
from encore.recommender.ports import Personalize, Records, RefusedError, VanishedError
from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run

RECORDS_PER_CALL = 10
PARALLEL_CALLS = 8
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class PutRecords:
    """Puts the files of what is new, bundle by bundle; repeating it changes nothing."""

    objects: Objects
    personalize: Personalize
    records: Records

    async def events(self, run: Run) -> None:
        """Put the new interactions, a call for up to ten of one customer."""
        tracker, put = run.step[EVENT_TRACKER], 0
        tracking_id = await self.personalize.tracking_id(tracker)

        async def send(events: list[Event]) -> None:
            await self.records.put_events(tracking_id, events)

        for bundle in bundles_of(run):
            found = await self.objects.find(personalize_keys.new_interactions(run.run_id, bundle.first))
            events = list(read_events(found)) if found else []
            try:
                await for_each(_by_customer(events), send, parallel=PARALLEL_CALLS)
            except RefusedError as error:
                if not await self.personalize.exists(Kind.EVENT_TRACKER, tracker):
                    raise VanishedError(str(error)) from error
                raise
            put += len(events)
        log.info("events_put", events=put)

    async def users(self, run: Run) -> None:
        """Put the new customers, and those who are described otherwise than before, ten at a time."""
        dataset, put = run.step["dataset_users"], 0
        for bundle in bundles_of(run):
            found = await self.objects.find(personalize_keys.new_users(run.run_id, bundle.first))
            for users in batches(read_users(found) if found else (), RECORDS_PER_CALL):
                await self.records.put_users(dataset, users)
                put += len(users)
        log.info("users_put", users=put)


def _by_customer(events: list[Event]) -> Iterator[list[Event]]:
    for _, own in groupby(events, key=attrgetter("user_id")):
        yield from batches(own, RECORDS_PER_CALL)
