"""The messages that a run waits for, by the ledger alone."""

from typing import Any

import pytest

from fondly.operations.errors import OperationError
from fondly.operations.runs.missing import MissingMessage, missing_messages
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.run import CLEARING, MAKING, Run, RunStatus, StageName, StageState
from tests.support.runs import START

ALL = frozenset({1, 2, 3})


def a_run(parts: int | None = 3, **values: Any) -> Run:  # noqa: ANN401 - fields of a run
    """Return a running run; the keywords are stages, with their finished parts or a whole state."""
    stages = {
        stage: state
        if isinstance(state := values.pop(stage, frozenset()), StageState)
        else StageState(done=state)
        for stage in MAKING
    }
    return Run(
        run_id="run-1",
        source="s3://b/uploads/a.csv",
        created_at=START,
        parts=parts,
        stages=stages,
        **{"cleared": CLEARING, **values},
    )


def wanted(run: Run) -> list[tuple[StageName, int]]:
    """Return the messages that a run needs: each with its part, or the attempt of a poll."""
    return [(missing.stage, missing.part or missing.attempt) for missing in missing_messages(run)]


@pytest.mark.parametrize("done", [frozenset(), frozenset({1})])
def test_a_run_that_is_not_ingested_needs_its_upload(done: frozenset[int]) -> None:
    """Ingest continues where it stopped, so one notification is enough."""
    assert wanted(a_run(None if not done else 3, ingest=done))[0] == (StageName.INGEST, 0)


def test_parts_that_are_ingested_but_not_scored_are_announced_again() -> None:
    """Only those, whether or not ingest is complete."""
    run = a_run(ingest=frozenset({1, 2}), sentiment=frozenset({2}))
    assert wanted(run) == [(StageName.INGEST, 0), (StageName.SENTIMENT, 1)]


def test_a_run_that_a_stage_has_not_cleared_is_told_of_again() -> None:
    """Before its parts, which wait for that; once all have cleared it, they are left alone."""
    waiting = a_run(ingest=ALL, sentiment=frozenset({1, 2}), cleared=frozenset({StageName.MAILER}))
    assert wanted(waiting) == [(StageName.SENTIMENT, 0), (StageName.SENTIMENT, 3)]


def test_a_complete_stage_is_announced_by_the_part_that_completed_it() -> None:
    """No other part may announce it."""
    reached = StageState(done=ALL, reached_by="part-2")
    assert wanted(a_run(ingest=ALL, sentiment=reached)) == [(StageName.SENTIMENT, 2)]


def test_a_complete_stage_without_such_a_part_is_announced_by_any() -> None:
    """The crash came between the last part and the closing."""
    assert wanted(a_run(ingest=ALL, sentiment=ALL)) == [(StageName.SENTIMENT, 1)]


@pytest.mark.parametrize("attempt", [0, 7])
def test_the_recommender_gets_the_poll_of_the_ledgers_attempt(attempt: int) -> None:
    """An older one would be dropped as stale."""
    scored = StageState(done=ALL, reached_by="part-3", announced=True)
    state = RecommenderState(attempt=attempt).stored()
    run = a_run(ingest=ALL, sentiment=scored, states={StageName.RECOMMENDER: state} if attempt else {})
    assert wanted(run) == [(StageName.RECOMMENDER, attempt)]


def test_recommended_parts_that_are_not_mailed_are_announced_again() -> None:
    """While the recommender is incomplete, its next poll is sent as well."""
    scored = StageState(done=ALL, announced=True)
    run = a_run(ingest=ALL, sentiment=scored, recommender=frozenset({1, 3}), mailer=frozenset({1}))
    assert wanted(run) == [(StageName.RECOMMENDER, 0), (StageName.MAILER, 3)]


def test_a_run_that_is_mailed_but_not_finished_is_finished_by_its_owner() -> None:
    """The crash came before the end was recorded."""
    scored = StageState(done=ALL, announced=True)
    mailed = StageState(done=ALL, reached_by="part-3")
    run = a_run(ingest=ALL, sentiment=scored, recommender=ALL, mailer=mailed)
    assert wanted(run) == [(StageName.MAILER, 3)]


def test_every_missing_message_has_a_reason() -> None:
    """An operator sees what the message is for."""
    unscored = MissingMessage(StageName.SENTIMENT, "part 1 is not scored", part=1)
    assert unscored in missing_messages(a_run(ingest=ALL))


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (RunStatus.FAILED, "no such column", r"no such column.*another key"),
    ],
)
def test_a_run_that_has_ended_is_refused(status: RunStatus, reason: str | None, words: str) -> None:
    """The error has the reason and what to do instead."""
    with pytest.raises(OperationError, match=words):
        missing_messages(a_run(status=status, reason=reason))
