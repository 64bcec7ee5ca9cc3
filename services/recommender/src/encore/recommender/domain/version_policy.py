"""When a solution version is used again instead of training another, and which of two is better."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.recommender.domain.standing import Standing, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a run finds: how much there is to learn from, and how much of it is new."""

    now: datetime
    settings: str
    """The digest of what would decide the rankings of a version that is trained now."""
    interactions: int
    new_rows: int
    """Interactions that are new or changed in this run."""
    reachable: bool
    """Whether all of them can be put as events: a version knows nothing of what is imported in bulk later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPolicy:
    """How long a version is good enough, and how much worse another one may be."""

    days: int = 14
    """For how many days, by the calendar (UTC); 0 trains for every run."""
    new_share: float = 0.1
    """How much may be new since the training, as a share of what it had."""
    accept_worse: bool = False
    worse_by: float = 0.1
    """By which share of the other one's NDCG@25 a version is worse.

    Metrics are measured on one customer in ten, so a smaller difference says little.
    """

    def choice(self, standing: Standing) -> Version | None:
        """Return the version that would be used again: a worse one only if that is accepted."""
        return standing.latest if self.accept_worse else standing.in_use

    def why_train(self, standing: Standing, situation: Situation) -> str:
        """Return why another version must be trained; empty if the one that there is is good enough.

        A version that turned out worse counts as a training all the same: the next one would hardly be
        better, and would be paid for.
        """
        latest, chosen = standing.latest, self.choice(standing)
        if latest is None or chosen is None:
            return "there is no version"
        if {latest.settings, chosen.settings} != {situation.settings}:
            return "recipe, weights or columns have changed"
        if _day(situation.now) - _day(latest.trained_at) >= timedelta(days=self.days):
            return f"the latest was trained on {latest.trained_at:%Y-%m-%d}"
        new = max(standing.new_rows + situation.new_rows, situation.interactions - latest.interactions)
        if new > self.new_share * latest.interactions:
            return f"{new:,} interactions are new since {latest.interactions:,} were trained on"
        if not situation.reachable:
            return "what is new cannot all be put as events"
        return ""

    def is_worse(self, trained: Version, used: Version | None) -> bool:
        """Whether a version is worse than the one in use by more than is accepted; not if nobody can tell."""
        if self.accept_worse or used is None or trained.ndcg is None or used.ndcg is None:
            return False
        if used.settings != trained.settings:
            return False  # other weights or columns: the metrics measure something else
        return trained.ndcg < used.ndcg * (1 - self.worse_by)


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
