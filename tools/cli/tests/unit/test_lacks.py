"""What a run waits for, told from the ledger alone."""

from typing import Any

import pytest

from encore.cli.domain.lacks import Lack, lacks
from encore.cli.errors import OpsError
from encore.runtime.runs.run import Run, RunStatus, StageName, StageState
from tests.support.runs import START

ALL = frozenset({1, 2, 3})


def a_run(parts: int | None = 3, **values: Any) -> Run:  # noqa: ANN401 - fields of a run
    """Return an open run whose stages stand as the keywords say: parts done, or a whole state."""
    stages = {
        stage: state
        if isinstance(state := values.pop(stage, frozenset()), StageState)
        else StageState(done=state)
        for stage in StageName
    }
    return Run(
        run_id="run-1", source="s3://b/uploads/a.csv", created_at=START, parts=parts, stages=stages, **values
    )


def wanted(run: Run) -> list[tuple[StageName, int]]:
    """Return the messages that a run lacks, without the words."""
    return [(lack.stage, lack.number) for lack in lacks(run)]


@pytest.mark.parametrize("done", [frozenset(), frozenset({1})])
def test_a_run_that_is_not_read_lacks_its_upload(done: frozenset[int]) -> None:
    """Ingest goes on where it stopped, so one notification is all that it takes."""
    assert wanted(a_run(None if not done else 3, ingest=done))[0] == (StageName.INGEST, 0)


def test_parts_that_are_ingested_but_not_scored_are_announced_again() -> None:
    """Exactly those, whether the rest of ingest is done or not."""
    run = a_run(ingest=frozenset({1, 2}), sentiment=frozenset({2}))
    assert wanted(run) == [(StageName.INGEST, 0), (StageName.SENTIMENT, 1)]


def test_a_complete_stage_is_announced_by_the_part_that_reached_it() -> None:
    """Any other part would find that it does not own the announcement."""
    reached = StageState(done=ALL, reached_by="part-2")
    assert wanted(a_run(ingest=ALL, sentiment=reached)) == [(StageName.SENTIMENT, 2)]


def test_a_complete_stage_that_nobody_reached_is_announced_by_any_part() -> None:
    """The crash came between the last part and the closing."""
    assert wanted(a_run(ingest=ALL, sentiment=ALL)) == [(StageName.SENTIMENT, 1)]


@pytest.mark.parametrize("attempt", [0, 7])
def test_the_recommender_gets_the_newest_message_of_its_chain(attempt: int) -> None:
    """An older one would be dropped as stale."""
    scored = StageState(done=ALL, reached_by="part-3", announced=True)
    run = a_run(ingest=ALL, sentiment=scored, step={"attempt": str(attempt)} if attempt else {})
    assert wanted(run) == [(StageName.RECOMMENDER, attempt)]


def test_recommended_parts_that_are_not_mailed_are_announced_again() -> None:
    """While the recommender is still at work its own next look is sent as well."""
    scored = StageState(done=ALL, announced=True)
    run = a_run(ingest=ALL, sentiment=scored, recommender=frozenset({1, 3}), mailer=frozenset({1}))
    assert wanted(run) == [(StageName.RECOMMENDER, 0), (StageName.MAILER, 3)]


def test_a_run_that_is_mailed_but_not_finished_is_finished_by_its_owner() -> None:
    """The crash came before the end was recorded."""
    scored = StageState(done=ALL, announced=True)
    mailed = StageState(done=ALL, reached_by="part-3")
    run = a_run(ingest=ALL, sentiment=scored, recommender=ALL, mailer=mailed)
    assert wanted(run) == [(StageName.MAILER, 3)]


def test_every_lack_says_why() -> None:
    """An operator sees what the message is for."""
    assert Lack(StageName.SENTIMENT, 1, "part 1 is not scored") in lacks(a_run(ingest=ALL))


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (RunStatus.FINISHED, None, "run-1 has finished"),
        (RunStatus.FAILED, "no such column", r"no such column.*another key"),
    ],
)
def test_a_run_that_has_ended_is_refused(status: RunStatus, reason: str | None, words: str) -> None:
    """With the reason, and with what can be done instead."""
    with pytest.raises(OpsError, match=words):
        lacks(a_run(status=status, reason=reason))
