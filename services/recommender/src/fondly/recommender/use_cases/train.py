"""Takes a run through Personalize, one step at a time.

Nothing here waits: `advance` does whatever is possible now and returns whether every step is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fondly.recommender.adapters.personalize.plan import ARNS, REMADE, Kind, Plan, ResourceSpec, Step
from fondly.recommender.domain.personalize.prepared import says_too_little_data
from fondly.recommender.ports import (
    NotReadyError,
    Personalize,
    QuotaError,
    RefusedError,
    TooLittleDataError,
    VanishedError,
)
from fondly.recommender.use_cases.remove_old_runs import RemoveOldRuns
from fondly.recommender.use_cases.take_turns import TURN_LOST
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.stage import PartResult, Stage

MOST_REMADE = 3
"""Who deletes what a run makes more often than this means it."""
VERSION = "solution_version"
REPORT = "training"
IMPORTS, TRAININGS = "imports", "trainings"
"""Where a run's step state counts what Personalize has charged for: what vanishes is paid for again."""
COUNTED_VERSION = "counted_version"
"""The latest version whose training is counted: one that is found again is not paid for again."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Train:
    """Imports, trains and infers for one run at a time, since all runs share the dataset group."""

    ledger: Ledger
    stage: Stage
    personalize: Personalize
    remove_old_runs: RemoveOldRuns
    plan: Plan

    async def advance(self, run: Run) -> bool:
        """Go as far as possible now; True when the batch results are in S3.

        Raises `TooLittleDataError` when Personalize cannot learn from the data, `RefusedError` when it
        fails for another reason.
        """
        if step_of(run) is Step.SELECT:
            return True
        run = await self._after_losing_its_turn(await self.ledger.run(run.run_id))
        try:
            while step_of(run) is not Step.SELECT and not run.step.get(TURN_LOST):
                run = await self._further(run)
        except NotReadyError as reason:
            log.info("personalize_not_ready", step=step_of(run), reason=str(reason))
        return step_of(run) is Step.SELECT

    async def _after_losing_its_turn(self, run: Run) -> Run:
        """Have a run whose data another run has replaced import it again.

        A training that has begun has read the data already.
        """
        if not run.step.get(TURN_LOST):
            return run
        log.info("turn_regained", lost_to=run.step[TURN_LOST])
        if run.step.get(VERSION):
            return await self.ledger.set_step(run.run_id, **{TURN_LOST: ""})
        return await self._start_over(run, "its turn was lost")

    async def _start_over(self, run: Run, reason: str) -> Run:
        """Return the run at its first step: whatever still exists, such as a paid training, is found again.

        Jobs get new names, for what they were for may be gone. Raises `RefusedError` the fourth time.
        """
        remade = int(run.step.get(REMADE, 0)) + 1
        if remade > MOST_REMADE:
            raise RefusedError(f"what the run made in Personalize was gone {remade} times: {reason}")
        log.warning("personalize_begun_again", step=step_of(run), reason=reason)
        facts = {**dict.fromkeys(ARNS, ""), "step": Step.SET_UP, REMADE: str(remade), TURN_LOST: ""}
        return await self.ledger.set_step(run.run_id, **facts)

    async def _further(self, run: Run) -> Run:
        """Complete a step, or begin again if something that the run made no longer exists."""
        try:
            return await self._pass(step_of(run), run)
        except VanishedError as error:
            return await self._start_over(run, str(error))

    async def _pass(self, step: Step, run: Run) -> Run:
        """Complete one step; raise `NotReadyError` while any of its resources is still being created."""
        wanted = self.plan.wanted(step, run)
        for one in wanted:
            if not run.step.get(one.key):
                arn = await self._ensure(one, run)
                run = await self.ledger.set_step(run.run_id, **{one.key: arn})
        waiting = [one.name for one in wanted if not await self._is_active(one, run)]
        if waiting:
            raise NotReadyError(", ".join(waiting))
        run = await self.ledger.set_step(run.run_id, step=step.following, **_counted(step, run))
        await report_training(run, self.stage)
        log.info("step_passed", step=step)
        return run

    async def _ensure(self, wanted: ResourceSpec, run: Run) -> str:
        if wanted.kind is Kind.SOLUTION_VERSION:
            await self._require_datasets(run)
        try:
            return await self.personalize.ensure(wanted)
        except QuotaError:
            if wanted.kind is Kind.SOLUTION and await self.remove_old_runs.solutions(
                run.step["dataset_group"], run
            ):
                raise NotReadyError("solutions of old runs are being deleted") from None
            raise

    async def _require_datasets(self, run: Run) -> None:
        """Raise `VanishedError` if a dataset is gone: Personalize trains without one of items or users."""
        for one in self.plan.wanted(Step.DATASETS, run):
            await self.personalize.is_active(one.kind, run.step[one.key])

    async def _is_active(self, wanted: ResourceSpec, run: Run) -> bool:
        try:
            return await self.personalize.is_active(wanted.kind, run.step[wanted.key])
        except RefusedError as error:
            reason = str(error)
            if says_too_little_data(reason):
                raise TooLittleDataError(reason) from error
            raise RefusedError(f"Personalize could not make {wanted.kind} {wanted.name}: {reason}") from error


def step_of(run: Run) -> Step:
    """Return what a run is waiting for."""
    return Step(run.step.get("step", Step.SET_UP))


async def report_training(run: Run, stage: Stage) -> None:
    """Report a prepared run, whatever step it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its step is passed, so a run that fails shows its cost as well.
    """
    units = {
        "dynamodb.reads": _number("others", run),
        "personalize.ingested_bytes": _number(IMPORTS, run) * _number("csv_bytes", run),
        "personalize.trained_interactions": _number(TRAININGS, run) * _number("interactions", run),
    }
    await stage.record(
        run.run_id, REPORT, datetime.fromisoformat(run.step["started_at"]), PartResult(units=units)
    )


def _counted(step: Step, run: Run) -> Mapping[str, str]:
    """Return the changes of the step state that count a step which has just been passed."""
    if step is Step.IMPORT:
        return {IMPORTS: str(_number(IMPORTS, run) + 1)}
    if step is Step.TRAIN and run.step[VERSION] != run.step.get(COUNTED_VERSION):
        return {TRAININGS: str(_number(TRAININGS, run) + 1), COUNTED_VERSION: run.step[VERSION]}
    return {}


def _number(name: str, run: Run) -> int:
    return int(run.step.get(name, 0))
