"""Removes what older runs left in Personalize and the data bucket, and keeps what is still needed.

AWS deletes a solution version only with its solution, so each run has a solution of its own. Import and
batch jobs cannot be deleted: their records stay, and cost nothing.
"""

import re
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import RUN_ID
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import Plan
from fondly.recommender.domain.run_state import RecommenderState
from fondly.recommender.ports import Personalize, RankedObjects
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, StageName

KEEP_RUNS = 3
"""AWS allows ten solutions in a group."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class RemoveOldRuns:
    """Keeps what the newest `keep` runs made, and whatever a run that is not done here needs."""

    ledger: Ledger
    personalize: Personalize
    files: RankedObjects
    plan: Plan
    keep: int = KEEP_RUNS
    has_campaign: bool = False
    """Whether the dataset group has a campaign and an event tracker, for customers who wait."""

    async def run(self, run: Run) -> None:
        """Remove the rest. A failure is logged: no email depends on it, and the next run tries again."""
        try:
            if group_arn := await self.personalize.find(Kind.DATASET_GROUP, self.plan.dataset_group, {}):
                await self.solutions(group_arn, run)
                await (self._serve if self.has_campaign else self._serve_nobody)(group_arn, run)
        except Exception as error:  # noqa: BLE001 - whatever the cause, the run itself has all that it needs
            log.warning("old_runs_not_removed", error=repr(error))

    async def _serve(self, group_arn: str, run: Run) -> None:
        """Have the group's campaign answer by the run's version; without one it goes on as it is."""
        state = RecommenderState.of(run)
        if state.asks_for_rankings:
            await self.personalize.ensure(self.plan.event_tracker(group_arn))
            await self.personalize.ensure(self.plan.campaign(state.resources["solution_version"]))

    async def _serve_nobody(self, group_arn: str, _: Run) -> None:
        """Delete the group's campaign, which is billed as long as it exists, and its event tracker."""
        for one in (self.plan.campaign(""), self.plan.event_tracker(group_arn)):
            if arn := await self.personalize.find(one.kind, one.name, one.request):
                await self.personalize.delete(one.kind, arn)
                log.info("real_time_ended", deleted=arn)

    async def solutions(self, group_arn: str, run: Run) -> int:
        """Remove all but the newest solutions of runs, each after its files; return how many."""
        removed = kept = 0
        for name, solution_arn in (await self.personalize.solutions(group_arn)).items():
            run_id = name.removeprefix(f"{self.plan.dataset_group}-")
            if not re.fullmatch(RUN_ID, run_id):
                continue
            if kept < self.keep:
                kept += 1
            elif run_id != run.run_id and not _is_at_work(await self.ledger.find(run_id)):
                # The files first: the solution says that there may be some.
                await self.files.remove(object_keys.personalize(run_id, ""))
                removed += await self.personalize.delete(Kind.SOLUTION, solution_arn)
        if removed:
            log.info("old_runs_removed", solutions=removed)
        return removed


def _is_at_work(run: Run | None) -> bool:
    """Whether a run may still need what it made: it is open, and not all its products are selected."""
    if run is None or not run.is_open:
        return False
    return run.parts is None or bool(run.parts_to_do(StageName.RECOMMENDER))
