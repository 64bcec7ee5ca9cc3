"""Removes from Personalize and the data bucket what older runs have left, but no version that is in use.

AWS deletes a solution version only with its solution, so each run has a solution of its own. Import and
batch jobs cannot be deleted: their records stay, and cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from encore.contracts import object_keys
from encore.recommender.domain.leftovers import is_our_schema, is_our_side_solution, is_our_solution
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.resources import Found, Kind
from encore.recommender.domain.schemas import DATASETS
from encore.recommender.ports import Files, Personalize, Standings
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run, StageName
from encore.runtime.tags import RUN

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class RemoveOldRuns:
    """Keeps what the newest `keep` runs made, and whatever a run that is not done here needs."""

    ledger: Ledger
    personalize: Personalize
    standings: Standings
    files: Files
    plan: Plan
    keep: int

    async def run(self, run: Run) -> None:
        """Remove what is old. A failure is logged: no email depends on it, and the next run tries again."""
        try:
            removed = await self.solutions(run)
            if removed:
                log.info("old_runs_removed", solutions=removed)
            await self._schemas()
        except Exception as error:  # noqa: BLE001 - whatever the cause, the run itself has all that it needs
            log.warning("old_runs_not_removed", error=repr(error))

    async def solutions(self, run: Run) -> int:
        """Remove the solutions of old runs with their versions, after their files; return how many."""
        if not (group_arn := run.step.get("dataset_group")):
            return 0
        removed, in_use = 0, (await self.standings.get()).solutions
        for solution in await self._old(group_arn):
            removed += await self._remove(solution, run, in_use=solution.arn in in_use)
        return removed

    async def _old(self, group_arn: str) -> Sequence[Found]:
        """Return what may go: all but the newest, and every side model, whose answers are kept elsewhere."""
        found, group = await self.personalize.solutions(group_arn), self.plan.dataset_group
        ours = [each for each in found if is_our_solution(each.name, group)]
        return [*ours[self.keep :], *(each for each in found if is_our_side_solution(each.name, group))]

    async def _remove(self, solution: Found, run: Run, *, in_use: bool) -> bool:
        """Remove one solution, the files of its run first: it says that they may be left.

        One of which a version is in use loses the files alone.
        """
        run_id = (await self.personalize.tags(solution.arn)).get(RUN)
        if run_id:
            if run_id == run.run_id or _is_at_work(await self.ledger.find(run_id)):
                return False
            if is_our_solution(solution.name, self.plan.dataset_group):
                await self.files.remove(object_keys.personalize(run_id, ""))
        elif solution.arn == run.step.get("solution"):
            return False
        return not in_use and await self.personalize.delete(Kind.SOLUTION, solution.arn)

    async def _schemas(self) -> None:
        """Remove the schemas of older releases that no dataset has any more."""
        current = {self.plan.schema_name(schema) for schema in DATASETS}
        for schema in await self.personalize.schemas():
            if schema.name not in current and is_our_schema(schema.name, self.plan.dataset_group):
                await self.personalize.delete(Kind.SCHEMA, schema.arn)


def _is_at_work(run: Run | None) -> bool:
    """Whether a run may still need what it made: it is open, and not all its products are selected."""
    if run is None or not run.is_open:
        return False
    return run.parts is None or bool(run.parts_to_do(StageName.RECOMMENDER))
