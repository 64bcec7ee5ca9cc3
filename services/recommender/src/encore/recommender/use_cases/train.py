"""Takes a run through Personalize, one step at a time.

Nothing here waits: `advance` does whatever is possible now and returns whether every step is done.
"""

from dataclasses import dataclass

from encore.contracts.errors import PermanentError
from encore.recommender.domain.minimums import says_too_little_data
from encore.recommender.domain.plan import Plan, Step
from encore.recommender.domain.resources import ResourceSpec
from encore.recommender.ports import NotReadyError, Personalize, RefusedError, TooLittleDataError, Turns
from encore.recommender.use_cases.report_training import report_training
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
    turns: Turns
    plan: Plan

    async def advance(self, run: Run) -> bool:
        """Go as far as possible now; True when the batch results are in S3.

        Raises `TooLittleDataError` when Personalize cannot learn from the data, `RefusedError` when it
        fails for another reason.
        """
        step = Step(run.step.get("step", Step.SET_UP))
        if step is not Step.SELECT and not await self._has_turn(run.run_id):
            log.info("waiting_for_another_run")
            return False
        try:
            while step is not Step.SELECT:
                run = await self._pass(step, run)
                step = step.following
        except NotReadyError as reason:
            log.info("personalize_not_ready", step=step, reason=str(reason))
            return False
        return True

    async def run_in_turn(self) -> Run | None:
        """Return the open run whose turn it is, or None."""
        current = await self.turns.current()
        return await self._open_run(current) if current else None

    async def release(self, run_id: str) -> None:
        """End the run's turn, so that the next run may change the dataset group."""
        await self.turns.end(run_id)

    async def _has_turn(self, run_id: str) -> bool:
        """Take the turn, if need be from a run that has ended but still has it."""
        current = await self.turns.take(run_id)
        if current not in {run_id, None} and not await self._open_run(str(current)):
            current = await self.turns.take(run_id, instead_of=current)
        return current == run_id

    async def _open_run(self, run_id: str) -> Run | None:
        try:
            run = await self.ledger.run(run_id)
        except PermanentError:
            return None
        return run if run.is_open else None

    async def _pass(self, step: Step, run: Run) -> Run:
        """Complete one step; raise `NotReadyError` while any of its resources is still being created."""
        wanted = self.plan.wanted(step, run)
        for one in wanted:
            if one.key not in run.step:
                arn = await self.personalize.ensure(one)
                run = await self.ledger.set_step(run.run_id, **{one.key: arn})
        waiting = [one.name for one in wanted if not await self._is_active(one, run)]
        if waiting:
            raise NotReadyError(", ".join(waiting))
        run = await self.ledger.set_step(run.run_id, step=step.following)
        await report_training(run, self.stage)
        log.info("step_passed", step=step)
        return run

    async def _is_active(self, wanted: ResourceSpec, run: Run) -> bool:
        try:
            return await self.personalize.is_active(wanted.kind, run.step[wanted.key])
        except RefusedError as error:
            reason = str(error)
            if says_too_little_data(reason):
                raise TooLittleDataError(reason) from error
            raise RefusedError(f"Personalize could not make {wanted.kind} {wanted.name}: {reason}") from error
