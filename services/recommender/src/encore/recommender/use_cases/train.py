"""Takes a run through Personalize, a step at a time.

Nothing here waits: `advance` does whatever can be done now and tells whether all of it is done.
"""

from encore.contracts.errors import PermanentError
from encore.recommender.domain.minimums import says_too_little_data
from encore.recommender.domain.plan import Plan, Step
from encore.recommender.ports import (
    Lease,
    NotReadyError,
    Personalize,
    RefusedError,
    TooLittleDataError,
    Wanted,
)
from encore.recommender.use_cases.report_training import report_training
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import Stage

log = get_logger()


class Training:
    """Imports, trains and infers for one run after the other: they share the dataset group."""

    def __init__(
        self, *, ledger: Ledger, stage: Stage, personalize: Personalize, lease: Lease, plan: Plan
    ) -> None:
        self._ledger = ledger
        self._stage = stage
        self._personalize = personalize
        self._lease = lease
        self._plan = plan

    async def advance(self, run: Run) -> bool:
        """Go as far as possible now; True when the batch results lie in S3.

        Raises `TooLittleDataError` when Personalize will not learn from the data, `RefusedError` when it
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
        """Return the run that may change the dataset group now, if there is one under way."""
        holder = await self._lease.held_by()
        return await self._open_run(holder) if holder else None

    async def release(self, run_id: str) -> None:
        """Let the next run use the dataset group."""
        await self._lease.release(run_id)

    async def _has_turn(self, run_id: str) -> bool:
        """Hold the dataset group, taking over from a run that ended without letting go."""
        holder = await self._lease.hold(run_id)
        if holder not in {run_id, None} and not await self._open_run(str(holder)):
            holder = await self._lease.hold(run_id, instead_of=holder)
        return holder == run_id

    async def _open_run(self, run_id: str) -> Run | None:
        try:
            run = await self._ledger.run(run_id)
        except PermanentError:
            return None
        return run if run.is_open else None

    async def _pass(self, step: Step, run: Run) -> Run:
        """Leave one step behind; raise `NotReadyError` while something of it is still being made."""
        wanted = self._plan.wanted(step, run)
        for one in wanted:
            if one.key not in run.step:
                arn = await self._personalize.ensure(one)
                run = await self._ledger.set_step(run.run_id, **{one.key: arn})
        waiting = [one.name for one in wanted if not await self._is_active(one, run)]
        if waiting:
            raise NotReadyError(", ".join(waiting))
        run = await self._ledger.set_step(run.run_id, step=step.following)
        await report_training(run, self._stage)
        log.info("step_passed", step=step)
        return run

    async def _is_active(self, wanted: Wanted, run: Run) -> bool:
        try:
            return await self._personalize.is_active(wanted.kind, run.step[wanted.key])
        except RefusedError as error:
            reason = str(error)
            if says_too_little_data(reason):
                raise TooLittleDataError(reason) from error
            raise RefusedError(f"Personalize could not make {wanted.kind} {wanted.name}: {reason}") from error
