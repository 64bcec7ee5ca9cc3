"""Chooses the versions of a run's side models: ones that there are while they are good, or its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from encore.recommender.domain.imports import Delta, can_reach_a_version
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.side_models import NO, PINS, YES, SideModel, asked
from encore.recommender.domain.standing import Standing, Version
from encore.recommender.domain.version_policy import Situation, VersionPolicy
from encore.recommender.ports import Personalize, Standings
from encore.recommender.use_cases.choose_version import utc_now
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ChooseSideVersions:
    """Uses the version that ranks pins again by the same policy as that of the rankings.

    Related items are kept themselves: when they are asked for, data has changed, and a version is trained.
    """

    ledger: Ledger
    personalize: Personalize
    standings: Standings
    policy: VersionPolicy
    trains_with: Callable[[SideModel, Run], str]
    """Returns the digest of what a version is trained with besides the data: `Plan.side_trains_with`."""
    now: Callable[[], datetime] = utc_now

    async def choose(self, run: Run) -> Run:
        """Return the run with its choice between the version that there is and one of its own.

        It is made once: what a run has imported says nothing of what an older version knows.
        """
        if not PINS.is_asked(run.step) or run.step.get(PINS.reused):
            return run
        standing = await self.standings.get()
        version = standing.sides.get(PINS.name)
        if version is None or (reason := await self._why_train(run, version, standing)):
            log.info("side_model_trained", model=PINS.name, reason=reason if version else "there is none")
            return await self.ledger.set_step(run.run_id, **{PINS.reused: NO})
        log.info("side_version_reused", model=PINS.name, trained_by=version.run_id)
        return await self.ledger.set_step(run.run_id, **{PINS.version: version.arn, PINS.reused: YES})

    async def note(self, run: Run) -> None:
        """Note in the standing what the run has trained; repeating it changes nothing."""
        if PINS not in asked(run.step) or not PINS.is_trained(run.step):
            return
        standing = await self.standings.get()
        known = standing.sides.get(PINS.name)
        if known and known.arn == run.step[PINS.version]:
            return
        trained = Version(
            arn=run.step[PINS.version],
            solution_arn=run.step[PINS.solution],
            run_id=run.run_id,
            trained_at=self.now(),
            settings=self.trains_with(PINS, run),
            interactions=int(run.step["interactions"]),
        )
        await self.standings.change(standing, sides={**standing.sides, PINS.name: trained})

    async def _why_train(self, run: Run, version: Version, standing: Standing) -> str:
        if not await self.personalize.exists(Kind.SOLUTION_VERSION, version.arn):
            return "the version in use no longer exists"
        delta = Delta.of(run)
        situation = Situation(
            now=self.now(),
            settings=self.trains_with(PINS, run),
            interactions=delta.interactions,
            new_rows=delta.new_interactions,
            reachable=can_reach_a_version(delta, standing),
        )
        return self.policy.why_train(Standing(in_use=version), situation)
