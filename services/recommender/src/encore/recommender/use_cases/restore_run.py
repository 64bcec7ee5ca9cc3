"""Lets a run go on when something that it made in Personalize no longer exists.

Somebody has deleted it, or a stand-in that keeps everything in memory was restarted.
"""

from dataclasses import dataclass

from encore.recommender.domain import import_steps, version_steps
from encore.recommender.domain.plan import REMADE, Step
from encore.recommender.domain.side_models import PINS
from encore.recommender.domain.vanished import MADE, TYPES, VERSION, Restart, earliest, recorded, restart
from encore.recommender.ports import Personalize, RefusedError, VanishedError
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run

MAX_REMADE = 5
"""Who deletes what a run makes more often than this means it."""
TURN_LOST = "turn_lost"
"""The member of a run's step state that names the run that has taken its turn over."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class RestoreRun:
    """Forgets what is gone, and what has to be made again because of it."""

    ledger: Ledger
    personalize: Personalize

    async def require_all(self, run: Run) -> None:
        """Raise `VanishedError` if anything that the run has made is gone.

        Personalize trains without a dataset of items or users: nobody would notice that it is missing.
        """
        if gone := await self._gone(run):
            raise VanishedError(", ".join(gone))

    async def after_vanishing(self, run: Run, at: Step, reason: str) -> Run:
        """Return the run at the step that makes what is missing; raise `RefusedError` the sixth time.

        `reason` is what Personalize said is gone. It may be none of the run's own resources: then the run
        stays where it is, and tries again as often.
        """
        if (remade := int(run.step.get(REMADE) or 0)) >= MAX_REMADE:
            raise RefusedError(f"what the run made in Personalize was gone {remade + 1} times: {reason}")
        gone = await self._gone(run)
        log.warning("personalize_resources_gone", gone=gone, step=at, reason=reason)
        return await self._go_back(run, restart(recorded(run.step), gone, at), remade + 1)

    async def after_losing_its_turn(self, run: Run, at: Step) -> Run:
        """Return the run at the step that imports its data, which another run has replaced.

        A training that has begun has read the data already.
        """
        known, remade = recorded(run.step), int(run.step.get(REMADE) or 0)
        log.info("turn_regained", lost_to=run.step[TURN_LOST], step=at)
        if VERSION in known:
            return await self._go_back(run, Restart(at, ()), remade)
        imported = restart(known, [f"import_{each}" for each in TYPES], at)
        again = Restart(earliest(imported.step, Step.IMPORT), imported.forgotten)
        return await self._go_back(run, again, remade + 1)

    async def _gone(self, run: Run) -> list[str]:
        made = recorded(run.step).items()
        return [key for key, arn in made if not await self.personalize.exists(MADE[key].kind, arn)]

    async def _go_back(self, run: Run, to: Restart, remade: int) -> Run:
        forgotten = dict.fromkeys((*to.forgotten, *_undecided(to)), "")
        return await self.ledger.set_step(
            run.run_id, **forgotten, **{"step": to.step, REMADE: str(remade), TURN_LOST: ""}
        )


def _undecided(to: Restart) -> tuple[str, ...]:
    """What a run that goes back has to decide anew: what to import, and which version to use."""
    imports = () if to.step.is_past(Step.IMPORT) else (*import_steps.DECIDED, import_steps.EVENTS_PUT_AT)
    again = imports if to.step.is_past(Step.SOLUTION) else (*imports, *version_steps.DECIDED)
    return again if to.step.is_past(Step.SIDE_SOLUTION) else (*again, PINS.reused)
