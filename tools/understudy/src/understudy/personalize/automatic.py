"""What Personalize does by itself: it trains versions by a schedule, and campaigns follow the latest one.

Source: Amazon Personalize developer guide, "Configuring automatic training", "Updating a solution to change
its automatic training configuration" and "Enabling automatic campaign updates".
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from understudy.personalize.campaign_operations import SYNC, CampaignOperations
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.kinds import (
    CAMPAIGN,
    DATASET_IMPORT_JOB,
    SOLUTION,
    SOLUTION_VERSION,
    UNFINISHED,
    Status,
)
from understudy.personalize.model_operations import STREAMED_UP_TO, ModelOperations
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.wire.errors import ServiceError

DAY_S = 86_400.0
HOURS_PER_DAY = 24
LOOKS_PER_HOUR = 60
USUAL_DAYS = 7
_NEXT, _FIRST, _SCHEDULE = "automaticNext", "automaticFirst", "automaticSchedule"
"""Members of a solution that no answer shows: when it is trained next, whether for the first time, and the
schedule by which that was said."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Automatic:
    """Looks at every solution and campaign once a minute, on the event loop of the registry."""

    registry: Registry
    data: DataOperations
    models: ModelOperations
    campaigns: CampaignOperations
    day_s: float = DAY_S
    """How long a day of a schedule takes; an hour is a part of it."""
    now: Callable[[], float] = time.time
    _task: "asyncio.Task[None] | None" = field(default=None)

    @property
    def hour_s(self) -> float:
        """How long an hour takes."""
        return self.day_s / HOURS_PER_DAY

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Train what is due, and update the campaigns that follow a newer version."""
        for solution in self.registry.find(SOLUTION):
            if solution.status is Status.ACTIVE:
                await self._look_at(solution)
        for campaign in self.registry.find(CAMPAIGN):
            if campaign.status is Status.ACTIVE and campaign.detail.get("campaignConfig", {}).get(SYNC):
                await self._follow(campaign)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self.hour_s / LOOKS_PER_HOUR)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the next look may succeed
                _log.exception("personalize_automatic_failed")

    async def _look_at(self, solution: Resource) -> None:
        if not solution.detail.get("performAutoTraining"):
            self._keep(solution, None)
            return
        days = _days(solution)
        if solution.detail.get(_SCHEDULE) != days:  # it is new, turned on, or has another schedule
            self._keep(solution, self._since(solution) + self.hour_s, first=True, days=days)
        if self.now() < solution.detail[_NEXT]:
            return
        period_s = days * self.day_s
        latest = self._latest(solution)
        if solution.detail[_FIRST] and latest and latest.created.timestamp() >= self._since(solution):
            self._keep(solution, latest.created.timestamp() + period_s, days=days)
            return
        if latest is None or self._has_news(solution, latest):
            with suppress(ServiceError):  # nothing has been imported yet, or too much is being trained
                await self.models.create_automatically(solution)
        self._keep(solution, self.now() + period_s, days=days)

    def _keep(
        self, solution: Resource, at: float | None, *, first: bool = False, days: int | None = None
    ) -> None:
        """Note when a solution is trained next; None if it is not."""
        if at is None and _NEXT not in solution.detail:
            return
        for member, value in ((_NEXT, at), (_FIRST, first), (_SCHEDULE, days)):
            solution.detail[member] = value
        if at is None:
            for member in (_NEXT, _FIRST, _SCHEDULE):
                del solution.detail[member]
        self.registry.changed(solution)

    def _since(self, solution: Resource) -> float:
        """Return since when a solution has its schedule: its creation, or its latest update."""
        update = solution.detail.get("latestSolutionUpdate")
        found = solution.updated if update is None else update["lastUpdatedDateTime"]
        return float(found.timestamp())

    def _latest(self, solution: Resource) -> Resource | None:
        versions = self.registry.find(SOLUTION_VERSION, links=(solution.arn,))
        return versions[-1] if versions else None

    def _has_news(self, solution: Resource, latest: Resource) -> bool:
        """Tell whether interactions have come since a version was trained, in bulk or one by one."""
        interactions = only_of("INTERACTIONS", self.data.datasets(solution.detail["datasetGroupArn"]))
        if interactions is None:
            return False
        if self.registry.store.last_streamed(interactions.arn) > latest.detail[STREAMED_UP_TO]:
            return True
        jobs = self.registry.find(DATASET_IMPORT_JOB, links=(interactions.arn,))
        return any(job.status is Status.ACTIVE and job.updated > latest.created for job in jobs)

    async def _follow(self, campaign: Resource) -> None:
        """Let a campaign answer by the latest version of its solution, unless it does or is about to."""
        update = campaign.detail.get("latestCampaignUpdate")
        if update and update["status"] in UNFINISHED:
            return
        solution = campaign.detail["solutionVersionArn"].rpartition("/")[0]
        trained = [
            version
            for version in self.registry.find(SOLUTION_VERSION, links=(solution,))
            if version.status is Status.ACTIVE
        ]
        if trained and trained[-1].arn != campaign.detail["solutionVersionArn"]:
            await self.campaigns.follow_latest(campaign, solution)


def _days(solution: Resource) -> int:
    """Return after how many days a solution is trained again."""
    config = solution.detail.get("solutionConfig", {}).get("autoTrainingConfig", {})
    schedule = config.get("schedulingExpression")
    return USUAL_DAYS if schedule is None else int(schedule.removeprefix("rate(").split()[0])
