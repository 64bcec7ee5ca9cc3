"""Takes a run through Personalize, one phase at a time.

Nothing here waits: a phase is passed as soon as all that it makes is active. Every resource is started under
its name, so what exists is found again; its ARN is noted at once.
"""

from dataclasses import dataclass

from fondly.contracts.errors import PermanentError
from fondly.recommender import ports
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import Plan, ResourceSpec
from fondly.recommender.domain.personalize.rows import says_too_little_data
from fondly.recommender.domain.run_state import Outcome, Passed, Phase, RecommenderState
from fondly.recommender.use_cases.remove_old_runs import RemoveOldRuns
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.stage import PartResult, Stage
from fondly.runtime.training_minimums import MIN_INTERACTIONS

MOST_REMADE = 3
"""How often a run makes everything again: whoever deletes it more often does so on purpose."""
VERSION = "solution_version"
REPORT = "training"
BUDGET_PIECE = "Personalize"
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Train:
    """Imports, trains and infers for one run at a time, since all runs share the dataset group."""

    ledger: Ledger
    stage: Stage
    personalize: ports.Personalize
    remove_old_runs: RemoveOldRuns
    plan: Plan

    async def run(self, run: Run) -> Passed | None:
        """Do what a phase can do now; None while something is being made, or if another run has the turn.

        Raises `RefusedError` when Personalize fails for another reason than too little data.
        """
        state = RecommenderState.of(run)
        if state.turn_lost_to:
            return None
        await self.stage.reserve(run.run_id, BUDGET_PIECE, _units(state))
        try:
            return await self._pass(state.phase, run)
        except ports.NotReadyError as reason:
            log.info("personalize_not_ready", phase=state.phase, reason=str(reason))
            return None
        except ports.VanishedError as error:
            return _start_over(state, str(error))
        except ports.TooLittleDataError as error:
            await self.stage.correct(run.run_id, BUDGET_PIECE, {})
            return Passed(Outcome.TOO_LITTLE_DATA, {"popularity_reason": str(error)})

    async def require(self, interactions: int) -> None:
        """Raise `PermanentError` if Personalize refuses the first, free steps of a run that it may rank."""
        if interactions < MIN_INTERACTIONS:
            return
        try:
            for wanted in self.plan.set_up():
                await self.personalize.ensure(wanted)
        except ports.RefusedError as error:
            raise PermanentError(str(error)) from error

    def regain(self, state: RecommenderState) -> RecommenderState:
        """Have a run that has its turn again import its data again, which another run has replaced.

        A training that has begun has read the data already.
        """
        if not state.turn_lost_to:
            return state
        log.info("turn_regained", lost_to=state.turn_lost_to)
        if state.resources.get(VERSION) or not state.resources:
            return state.having(turn_lost_to=None)
        return state.passing(state.phase, _start_over(state, "its turn was lost"))

    async def _pass(self, phase: Phase, run: Run) -> Passed:
        """Complete a phase; raise `NotReadyError` while any of its resources is still being made."""
        wanted = self.plan.wanted(phase, run)
        for one in wanted:
            if one.key not in RecommenderState.of(run).resources:
                run = await self._note(run, one.key, await self._ensure(one, run))
        made = RecommenderState.of(run).resources
        waiting = [one.name for one in wanted if not await self._is_active(one, made[one.key])]
        if waiting:
            raise ports.NotReadyError(", ".join(waiting))
        return Passed(members=_counted(phase, RecommenderState.of(run)))

    async def _note(self, run: Run, key: str, arn: str) -> Run:
        def noted(state: RecommenderState) -> RecommenderState:
            return state.having(resources={**state.resources, key: arn})

        return await self.ledger.change_state(run, RecommenderState, noted)

    async def _ensure(self, wanted: ResourceSpec, run: Run) -> str:
        made = RecommenderState.of(run).resources
        if wanted.kind is Kind.SOLUTION_VERSION:  # trained without items or users, too
            for one in self.plan.wanted(Phase.DATASETS, run):
                await self.personalize.is_active(one.kind, made[one.key])
        try:
            return await self.personalize.ensure(wanted)
        except ports.QuotaError:
            if wanted.kind is Kind.SOLUTION and await self.remove_old_runs.solutions(
                made["dataset_group"], run
            ):
                raise ports.NotReadyError("solutions of old runs are being deleted") from None
            raise

    async def _is_active(self, wanted: ResourceSpec, arn: str) -> bool:
        try:
            return await self.personalize.is_active(wanted.kind, arn)
        except ports.RefusedError as error:
            reason = str(error)
            if says_too_little_data(reason):
                raise ports.TooLittleDataError(reason) from error
            raise ports.RefusedError(
                f"Personalize could not make {wanted.kind} {wanted.name}: {reason}"
            ) from error


def _start_over(state: RecommenderState, reason: str) -> Passed:
    """Begin again at the first phase: whatever still exists, such as a paid training, is found again.

    Jobs get new names, for what they were for may be gone. Raises `RefusedError` the fourth time.
    """
    remade = state.remade + 1
    if remade > MOST_REMADE:
        raise ports.RefusedError(f"what the run made in Personalize was gone {remade} times: {reason}")
    log.warning("personalize_begun_again", phase=state.phase, reason=reason)
    return Passed(Outcome.MADE_AGAIN, {"resources": {}, "remade": remade, "turn_lost_to": None})


async def report_training(run: Run, stage: Stage) -> None:
    """Report a prepared run, whatever phase it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its phase is passed, so a run that fails shows its cost as well.
    """
    state = RecommenderState.of(run)
    units = {
        "dynamodb.reads": state.others,
        "personalize.ingested_bytes": state.imports * state.csv_bytes,
        "personalize.trained_interactions": state.trainings * state.interactions,
    }
    started_at = state.started_at or run.created_at
    await stage.record(run.run_id, REPORT, started_at, PartResult(units=units))


def _counted(phase: Phase, state: RecommenderState) -> dict[str, object]:
    """Return the state's members that count a phase which has just been passed."""
    if phase is Phase.IMPORT:
        return {"imports": state.imports + 1}
    version = state.resources.get(VERSION)
    if phase is Phase.TRAIN and version != state.counted_version:
        return {"trainings": state.trainings + 1, "counted_version": version}
    return {}


def _units(state: RecommenderState) -> dict[str, int]:
    """What Personalize charges for a run: an import, a training, and a ranking for each customer without."""
    return {
        "personalize.ingested_bytes": state.csv_bytes,
        "personalize.trained_interactions": state.interactions,
        "personalize.recommendations": state.ranked,
    }
