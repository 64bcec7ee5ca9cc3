"""Watches the campaign of a dataset group while it exists, and deletes it once nobody uses it.

The watch begins before the campaign is created, and each of its polls sends the next before it ends: a crash
anywhere leaves a message behind that goes on. A deletion is recorded before it is asked for, and whoever
finds it recorded asks again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from encore.contracts.events import CampaignPoll
from encore.recommender.domain.campaigns import Idleness, WatchedCampaign
from encore.recommender.domain.resources import Kind
from encore.recommender.ports import NotReadyError, Personalize, WatchedCampaigns
from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric, emit
from encore.runtime.ports import RecommenderPolls
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

REPORT = "campaign"
CAMPAIGN = "campaign"
"""The member of a run's step state with the ARN of the campaign."""
log = get_logger()


def utc_now() -> datetime:
    """The current time."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class RestCampaign:
    """Keeps a campaign no longer than it is used."""

    watched: WatchedCampaigns
    personalize: Personalize
    polls: RecommenderPolls
    name: str
    """The campaign's: that of the dataset group."""
    idleness: Idleness
    tps: int
    """The throughput with which it is created."""
    stage: Stage
    now: Callable[[], datetime] = utc_now

    async def require(self, run: Run) -> None:
        """Have the campaign stay for a run that is about to create it, or waits for it.

        Each run begins a watch of its own, which takes the place of the one before: if a message of that one
        was lost, nobody would delete the campaign. Raises `NotReadyError` while it is being deleted.
        """
        found = await self.watched.get()
        if found and found.is_resting:
            await self._delete(found)
            raise NotReadyError("the idle campaign is being deleted")
        if found and run.step.get(CAMPAIGN):
            await self.watched.use()
            return
        begun = WatchedCampaign(uuid4().hex, 0, uuid4().hex, run.run_id, self.now())
        if found and found.run_id == run.run_id:
            begun = begun._replace(since=found.since)
        elif found:
            await self._bill(found)
        await self._send(run.run_id, CampaignPoll(watch=begun.watch, number=0, beat=begun.beat))
        if not await self.watched.begin(begun):
            raise NotReadyError("the idle campaign is being deleted")

    async def use(self) -> None:
        """Leave a sign of use."""
        await self.watched.use()

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[None]:
        """Leave signs of use for as long as the body asks, however slowly the campaign answers."""
        await self.use()
        signs = asyncio.create_task(self._leave_signs())
        try:
            yield
        finally:
            signs.cancel()

    async def _leave_signs(self) -> None:
        while True:
            await asyncio.sleep(self.idleness.sign_s)
            try:
                await self.use()
            except Exception as error:  # noqa: BLE001 - the next sign may succeed; the requests go on
                log.warning("sign_of_use_not_left", error=repr(error))

    async def poll(self, run_id: str, poll: CampaignPoll) -> None:
        """Delete the campaign if it has been idle for long enough, else look again later."""
        found = await self.watched.get()
        if found is None or found.watch != poll.watch or poll.number < found.poll:
            log.info("stale_campaign_poll_dropped", number=poll.number)
            return
        self._measure(poll)
        if self.idleness.is_over(poll, found) and not found.is_resting:
            found = found._replace(is_resting=await self.watched.rest(found.watch, found.beat))
        if found.is_resting and await self._delete(found):
            return
        await self._send(run_id, self.idleness.following(poll, found))
        await self.watched.polled(poll.watch, poll.number + 1)

    async def _delete(self, found: WatchedCampaign) -> bool:
        """Ask for the deletion; return whether it has begun. Personalize refuses it during a change."""
        arn = await self.personalize.find(Kind.CAMPAIGN, self.name)
        if arn and not await self.personalize.delete(Kind.CAMPAIGN, arn):
            return False
        await self._bill(found)
        await self.watched.forget(found.watch)
        log.info("idle_campaign_deleted", campaign=arn)
        return True

    def _measure(self, poll: CampaignPoll) -> None:
        delay_s = self.idleness.delay_s
        emit(
            {
                Metric.CAMPAIGN_TPS_SECONDS: self.tps * delay_s,
                Metric.CAMPAIGN_IDLE_SECONDS: poll.quiet * delay_s,
            }
        )

    async def _bill(self, found: WatchedCampaign) -> None:
        """Report what the campaign has cost since it was kept for a run, which has usually ended by then."""
        result = PartResult(units=found.units(self.tps, self.now()))
        await self.stage.record(found.run_id, REPORT, found.since, result)

    async def _send(self, run_id: str, poll: CampaignPoll) -> None:
        await self.polls.send_campaign_poll(run_id, poll, delay_s=self.idleness.delay_s)
