"""Takes a run through Personalize, one step at a time.

Nothing here waits: `advance` does whatever is possible now and returns whether every step is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from encore.recommender.domain.minimums import says_too_little_data
from encore.recommender.domain.plan import Plan, Step
from encore.recommender.domain.prepared import asks_for_rankings
from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.domain.side_models import SideModel, side_model_of
from encore.recommender.ports import (
    NotReadyError,
    Personalize,
    QuotaError,
    RefusedError,
    TooLittleDataError,
    VanishedError,
)
from encore.recommender.use_cases.choose_side_versions import ChooseSideVersions
from encore.recommender.use_cases.choose_version import ChooseVersion
from encore.recommender.use_cases.import_data import ImportData
from encore.recommender.use_cases.remove_old_runs import RemoveOldRuns
from encore.recommender.use_cases.report_training import counted, report_training
from encore.recommender.use_cases.rest_campaign import RestCampaign
from encore.recommender.use_cases.restore_run import TURN_LOST, RestoreRun
from encore.recommender.use_cases.take_turns import TakeTurns
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import Stage

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Train:
    """Imports, trains and infers for one run at a time, since all runs share the dataset group."""

    ledger: Ledger
    stage: Stage
    personalize: Personalize
    take_turns: TakeTurns
    import_data: ImportData
    choose_version: ChooseVersion
    side_versions: ChooseSideVersions
    restore_run: RestoreRun
    remove_old_runs: RemoveOldRuns
    rest_campaign: RestCampaign
    plan: Plan

    async def advance(self, run: Run) -> bool:
        """Go as far as possible now; True when the batch results are in S3.

        Raises `TooLittleDataError` when Personalize cannot learn from the data, `RefusedError` when it
        fails for another reason.
        """
        step = _step(run)
        if step is not Step.SELECT and not await self.take_turns.has_turn(run):
            log.info("waiting_for_another_run")
            return False
        try:
            while step is not Step.SELECT:
                run = await self._further(step, run)
                step = _step(run)
        except NotReadyError as reason:
            log.info("personalize_not_ready", step=step, reason=str(reason))
            return False
        return True

    async def run_in_turn(self) -> Run | None:
        """Return the open run whose turn it is, or None."""
        return await self.take_turns.run_in_turn()

    async def release(self, run_id: str) -> None:
        """End the run's turn, so that the next run may change the dataset group."""
        await self.take_turns.end(run_id)

    async def _further(self, step: Step, run: Run) -> Run:
        """Complete one step, or go back to an earlier one if what that made is gone."""
        if run.step.get(TURN_LOST):
            return await self.restore_run.after_losing_its_turn(run, step)
        try:
            return await self._pass(step, run)
        except VanishedError as error:
            run = await self.ledger.run(run.run_id)
            return await self.restore_run.after_vanishing(run, step, str(error))

    async def _pass(self, step: Step, run: Run) -> Run:
        """Complete one step; raise `NotReadyError` while any of its resources is still being created.

        A run that uses an earlier one's version passes over the steps that make one.
        """
        if step is Step.SOLUTION and not asks_for_rankings(run.step):  # a side model alone is asked
            return await self.ledger.set_step(run.run_id, step=Step.FILTER)
        if step is Step.SOLUTION and (reusing := await self.choose_version.reuse(run)):
            await report_training(reusing, self.stage)
            return reusing
        run = await self._make(step, await self._begin(step, run))
        facts = await self._finish(step, run)
        run = await self.ledger.set_step(run.run_id, **facts, step=step.following, **counted(step, run))
        await report_training(run, self.stage)
        log.info("step_passed", step=step)
        return run

    async def _begin(self, step: Step, run: Run) -> Run:
        """Prepare a step; return the run with what is decided about it."""
        if step is Step.IMPORT:
            return await self.import_data.begin(run)
        if step is Step.SIDE_SOLUTION:
            return await self.side_versions.choose(run)
        if step is Step.INFER:
            self.import_data.require_settled(run)
        return run

    async def _make(self, step: Step, run: Run) -> Run:
        """Return the run with everything that the step needs, once it is active."""
        wanted = self.plan.wanted(step, run)
        if any(one.kind is Kind.CAMPAIGN for one in wanted):
            await self.rest_campaign.require(run)
        waiting = []
        for one in wanted:
            try:
                if not run.step.get(one.key):
                    arn = await self._ensure(one, run)
                    run = await self.ledger.set_step(run.run_id, **{one.key: arn})
            except RefusedError as error:
                run = await self._do_without(one, run, error)
        for one in wanted:
            try:
                if one.is_awaited and run.step.get(one.key) and not await self._is_active(one, run):
                    waiting.append(one.name)
            except (RefusedError, TooLittleDataError) as error:
                run = await self._do_without(one, run, error)
        if waiting:
            raise NotReadyError(", ".join(waiting))
        return run

    async def _do_without(self, refused: ResourceSpec, run: Run, error: Exception) -> Run:
        """Let the run go on without the side model of a resource; raise the error if it is of none."""
        side: SideModel | None = side_model_of(refused.key)
        if side is None:
            raise error
        log.warning("side_model_refused", model=side.name, reason=str(error))
        return await self.ledger.set_step(run.run_id, **{side.refused: str(error)})

    async def _finish(self, step: Step, run: Run) -> Mapping[str, str]:
        """Complete a step whose resources are active; return what the step state keeps of it."""
        if step is Step.IMPORT:
            await self.import_data.finish(run)
        if step is Step.FILTER:
            await self.side_versions.note(run)
        return await self.choose_version.judge(run) if step is Step.TRAIN else {}

    async def _ensure(self, wanted: ResourceSpec, run: Run) -> str:
        if wanted.kind is Kind.SOLUTION_VERSION:
            await self.restore_run.require_all(run)
        try:
            return await self.personalize.ensure(wanted)
        except QuotaError:
            if wanted.kind is Kind.SOLUTION and await self.remove_old_runs.solutions(run):
                raise NotReadyError("solutions of old runs are being deleted") from None
            raise

    async def _is_active(self, wanted: ResourceSpec, run: Run) -> bool:
        try:
            return await self.personalize.is_active(wanted.kind, run.step[wanted.key])
        except RefusedError as error:
            reason = str(error)
            if says_too_little_data(reason):
                raise TooLittleDataError(reason) from error
            raise RefusedError(f"Personalize could not make {wanted.kind} {wanted.name}: {reason}") from error


def _step(run: Run) -> Step:
    return Step(run.step.get("step", Step.SET_UP))
