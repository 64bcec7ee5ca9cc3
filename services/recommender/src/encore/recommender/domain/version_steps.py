"""Where a run's step state keeps which version its rankings are asked of, and why."""

import json
from collections.abc import Mapping
from enum import StrEnum

from encore.recommender.domain.standing import Version
from encore.runtime.runs.run import Run

CHOICE = "version_choice"
REASON = "version_reason"
TRAINED_VERSION = "trained_version"
METRICS, TRAINED_METRICS = "version_metrics", "trained_metrics"
DECIDED = (CHOICE, REASON)


class Choice(StrEnum):
    """Which version a run uses."""

    TRAINED = "trained"
    """Its own."""
    REUSED = "reused"
    """An earlier run's: the run trains none."""
    EARLIER = "earlier"
    """An earlier run's, because its own is worse."""


def chosen(step: Mapping[str, str]) -> Choice | None:
    """Return what a run has decided; None before it has."""
    found = step.get(CHOICE)
    return Choice(found) if found else None


def trains(run: Run) -> bool:
    """Whether a run pays for a training, as far as it has decided."""
    return chosen(run.step) is not Choice.REUSED


def told(choice: Choice, version: Version, reason: str) -> dict[str, str]:
    """Return what a run's step state keeps of the version that it uses."""
    return {
        CHOICE: choice.value,
        REASON: reason,
        "solution_version": version.arn,
        "version_run": version.run_id,
        "version_trained_at": version.trained_at.isoformat(timespec="seconds"),
        METRICS: json.dumps(dict(version.metrics)),
    }


def told_of_trained(version: Version) -> dict[str, str]:
    """Return what a run's step state keeps of its own version, which it does not use."""
    return {TRAINED_VERSION: version.arn, TRAINED_METRICS: json.dumps(dict(version.metrics))}
