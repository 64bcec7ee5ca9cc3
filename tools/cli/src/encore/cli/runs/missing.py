"""The messages that a running run waits for, and that have to be sent again if they are lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from encore.cli.errors import CommandError
from encore.runtime.runs.run import Progress, Run, RunStatus, StageName

FIRST_PART = 1
_PART_CAUSE = re.compile(r"part-(\d+)")


@dataclass(frozen=True)
class MissingMessage:
    """A message that `stage` needs. `number` is a part, or the recommender's attempt, or zero."""

    stage: StageName
    number: int
    why: str


def missing_messages(run: Run) -> list[MissingMessage]:
    """Return what the run waits for, in the order of the flow; raise `CommandError` if it has ended.

    That is every part that one stage has finished and the next has not; the part whose message closes a
    stage that is complete but not announced; the recommender's next poll; and the upload while ingest is
    incomplete. The ledger does not show whether the messages are still queued: sending them twice is
    harmless.
    """
    _require_open(run)
    return [*_upload(run), *_unscored(run), *_recommendations(run), *_unmailed(run)]


def _require_open(run: Run) -> None:
    if run.status is RunStatus.FINISHED:
        raise CommandError(f"{run.run_id} has finished: there is nothing to retry")
    if run.status is RunStatus.FAILED:
        raise CommandError(
            f"{run.run_id} has failed for good: {run.reason}. To process the file again, fix the cause"
            " and upload it under another key"
        )


def _upload(run: Run) -> Iterator[MissingMessage]:
    if not _complete(run, StageName.INGEST):
        yield MissingMessage(StageName.INGEST, 0, f"{run.source} is not ingested")


def _unscored(run: Run) -> Iterator[MissingMessage]:
    for part in sorted(_done(run, StageName.INGEST) - _done(run, StageName.SENTIMENT)):
        yield MissingMessage(StageName.SENTIMENT, part, f"part {part} is not scored")
    if _complete(run, StageName.SENTIMENT) and not run.stage(StageName.SENTIMENT).announced:
        yield MissingMessage(
            StageName.SENTIMENT,
            _closing_part(run, StageName.SENTIMENT),
            "all parts are scored, not announced",
        )


def _recommendations(run: Run) -> Iterator[MissingMessage]:
    """The recommender drops polls older than the attempt in the ledger."""
    if run.stage(StageName.SENTIMENT).announced and not _complete(run, StageName.RECOMMENDER):
        yield MissingMessage(
            StageName.RECOMMENDER, int(run.step.get("attempt", 0)), "not all parts have recommendations"
        )


def _unmailed(run: Run) -> Iterator[MissingMessage]:
    for part in sorted(_done(run, StageName.RECOMMENDER) - _done(run, StageName.MAILER)):
        yield MissingMessage(StageName.MAILER, part, f"part {part} is not mailed")
    if _complete(run, StageName.MAILER):
        yield MissingMessage(
            StageName.MAILER, _closing_part(run, StageName.MAILER), "all parts are mailed, not announced"
        )


def _closing_part(run: Run, stage: StageName) -> int:
    """The part whose message may close the stage: the one that completed it; any, if none is recorded."""
    reached = _PART_CAUSE.fullmatch(run.stage(stage).reached_by or "")
    return int(reached[1]) if reached else min(_done(run, stage), default=FIRST_PART)


def _complete(run: Run, stage: StageName) -> bool:
    return Progress(run=run, stage=stage).complete


def _done(run: Run, stage: StageName) -> frozenset[int]:
    return run.stage(stage).done
