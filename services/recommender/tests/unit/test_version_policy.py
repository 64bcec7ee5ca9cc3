"""When a version is used again, and which of two is worse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from encore.recommender.domain.standing import NDCG, Standing, Version
from encore.recommender.domain.version_policy import Situation, VersionPolicy

TRAINED_AT = datetime(2026, 11, 1, 23, 0, tzinfo=UTC)
POLICY = VersionPolicy()


def version(ndcg: float | None = 0.5, **facts: object) -> Version:
    """A version that was trained on 1,000 interactions."""
    known = {
        "arn": "arn:v",
        "solution_arn": "arn:s",
        "run_id": "run-1",
        "trained_at": TRAINED_AT,
        "settings": "a",
        "interactions": 1_000,
        "metrics": {} if ndcg is None else {NDCG: ndcg},
    }
    return Version.model_validate({**known, **facts})


STANDING = Standing(in_use=version())
SITUATION = Situation(
    now=TRAINED_AT + timedelta(days=1), settings="a", interactions=1_000, new_rows=0, reachable=True
)


def test_a_fresh_version_is_used_again() -> None:
    """As long as little is new since its training."""
    assert POLICY.why_train(STANDING, SITUATION) == ""
    assert POLICY.why_train(STANDING, replace(SITUATION, new_rows=100)) == ""


@pytest.mark.parametrize(
    ("standing", "situation", "reason"),
    [
        (Standing(), SITUATION, "there is no version"),
        (STANDING, replace(SITUATION, settings="b"), "recipe, weights or columns have changed"),
        (STANDING, replace(SITUATION, now=TRAINED_AT + timedelta(days=13, hours=1)), "was trained on"),
        (STANDING, replace(SITUATION, new_rows=101), "101 interactions are new since 1,000"),
        (STANDING, replace(SITUATION, interactions=1_101), "101 interactions are new since 1,000"),
        (STANDING.model_copy(update={"new_rows": 60}), replace(SITUATION, new_rows=41), "101 interactions"),
        (STANDING, replace(SITUATION, reachable=False), "what is new cannot all be put as events"),
    ],
)
def test_a_version_is_trained_otherwise(standing: Standing, situation: Situation, reason: str) -> None:
    """Days count by the calendar; what earlier runs added counts too, also if it was not imported."""
    assert reason in POLICY.why_train(standing, situation)


def test_versions_can_be_trained_for_every_run() -> None:
    """No day is fresh enough."""
    policy = replace(POLICY, days=0)
    assert (
        policy.why_train(STANDING, replace(SITUATION, now=TRAINED_AT))
        == "the latest was trained on 2026-11-01"
    )


def test_a_worse_version_counts_as_a_training() -> None:
    """The next run does not pay for another one; it keeps the better one, unless worse ones are accepted."""
    later = version(0.3, arn="arn:w", trained_at=TRAINED_AT + timedelta(days=20))
    standing = Standing(in_use=version(), refused=later)
    situation = replace(SITUATION, now=TRAINED_AT + timedelta(days=21))
    assert POLICY.why_train(standing, situation) == ""
    assert POLICY.choice(standing) == standing.in_use
    assert replace(POLICY, accept_worse=True).choice(standing) == later


@pytest.mark.parametrize(
    ("trained", "used", "worse"),
    [
        (version(0.44), version(0.5), True),
        (version(0.46), version(0.5), False),
        (version(0.6), version(0.5), False),
        (version(None), version(0.5), False),
        (version(0.1), version(None), False),
        (version(0.1), None, False),
        (version(0.1, settings="b"), version(0.5), False),
    ],
)
def test_a_version_is_worse_by_more_than_is_accepted(
    trained: Version,
    used: Version | None,
    worse: bool,  # noqa: FBT001 - a case's expectation
) -> None:
    """Nothing is worse if nobody can tell, or if other settings make it something else."""
    assert POLICY.is_worse(trained, used) is worse
    assert not replace(POLICY, accept_worse=True).is_worse(trained, used)
