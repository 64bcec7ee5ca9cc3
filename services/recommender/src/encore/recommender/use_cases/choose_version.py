"""Chooses the version that a run asks for rankings: one that there is, or its own, unless that is worse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.recommender.domain.engines import Engine
from encore.recommender.domain.imports import Delta, can_reach_a_version
from encore.recommender.domain.plan import Step
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.standing import Standing, Version
from encore.recommender.domain.version_policy import Situation, VersionPolicy
from encore.recommender.domain.version_steps import CHOICE, REASON, Choice, chosen, told, told_of_trained
from encore.recommender.ports import Personalize, Standings
from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric, emit
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run

log = get_logger()


def utc_now() -> datetime:
    """The current time."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class ChooseVersion:
    """Decides once for each run, and notes in the standing what was trained."""

    ledger: Ledger
    personalize: Personalize
    standings: Standings
    policy: VersionPolicy
    trains_with: Callable[[Run], str]
    """Returns the digest of what a run's version is trained with besides the data: `Plan.trains_with`."""
    now: Callable[[], datetime] = utc_now

    async def decide(self, run: Run) -> Run:
        """Return the run with its choice between a version that there is and a training of its own."""
        if chosen(run.step):
            return run
        standing = await self.standings.get()
        reason = await self._why_train(run, standing)
        choice = Choice.TRAINED if reason else Choice.REUSED
        log.info("version_chosen", choice=choice, reason=reason or None)
        return await self.ledger.set_step(run.run_id, **{CHOICE: choice, REASON: reason})

    async def reuse(self, run: Run) -> Run | None:
        """Return the run with the version that it uses again, ready to be asked; None if it trains one."""
        run = await self.decide(run)
        standing = await self.standings.get()
        version = self.policy.choice(standing)
        if chosen(run.step) is not Choice.REUSED or version is None:
            return None
        await self.standings.change(standing, in_use=version, refused=_other(standing.refused, version))
        emit({Metric.VERSIONS_REUSED: 1})
        facts = told(Choice.REUSED, version, "")
        return await self.ledger.set_step(run.run_id, **facts, step=Step.FILTER)

    async def judge(self, run: Run) -> Mapping[str, str]:
        """Compare the version that the run has trained with the one in use.

        Returns what the run's step state keeps of the better one. Repeating it changes nothing.
        """
        standing = await self.standings.get()
        if standing.in_use and standing.in_use.arn == run.step["solution_version"]:
            return told(Choice.TRAINED, standing.in_use, run.step.get(REASON, ""))
        trained = await self._trained(run)
        used = await self._existing(standing.in_use)
        if used and self.policy.is_worse(trained, used):
            return await self._refuse(trained, used, standing)
        await self.standings.change(standing, in_use=trained, refused=None, new_rows=0)
        return told(Choice.TRAINED, trained, run.step.get(REASON, ""))

    async def _refuse(self, trained: Version, used: Version, standing: Standing) -> Mapping[str, str]:
        reason = f"NDCG@25 of the version trained is {trained.ndcg:.4f}, of the one in use {used.ndcg:.4f}"
        log.warning("version_not_used", version=trained.arn, in_use=used.arn, reason=reason)
        emit({Metric.VERSIONS_REFUSED: 1})
        await self.standings.change(standing, in_use=used, refused=trained, new_rows=0)
        return {**told(Choice.EARLIER, used, reason), **told_of_trained(trained)}

    async def _why_train(self, run: Run, standing: Standing) -> str:
        version = self.policy.choice(standing)
        if version and not await self._existing(version):
            return "the version in use no longer exists"
        delta = Delta.of(run)
        situation = Situation(
            now=self.now(),
            settings=self.trains_with(run),
            interactions=delta.interactions,
            new_rows=delta.new_interactions,
            reachable=not Engine.of_run(run.step).learns_from_events or can_reach_a_version(delta, standing),
        )
        return self.policy.why_train(standing, situation)

    async def _existing(self, version: Version | None) -> Version | None:
        if version and await self.personalize.exists(Kind.SOLUTION_VERSION, version.arn):
            return version
        return None

    async def _trained(self, run: Run) -> Version:
        arn = run.step["solution_version"]
        return Version(
            arn=arn,
            solution_arn=run.step["solution"],
            run_id=run.run_id,
            trained_at=self.now(),
            settings=self.trains_with(run),
            interactions=int(run.step["interactions"]),
            metrics=dict(await self.personalize.metrics(arn)),
        )


def _other(refused: Version | None, used: Version) -> Version | None:
    return None if refused and refused.arn == used.arn else refused
