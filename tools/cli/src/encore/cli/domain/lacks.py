"""What an open run waits for: the messages that have to be sent again when they are lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from encore.cli.errors import OpsError
from encore.runtime.runs.run import Progress, Run, RunStatus, StageName

FIRST_PART = 1
_PART_CAUSE = re.compile(r"part-(\d+)")


@dataclass(frozen=True)
class Lack:
    """A message that `stage` has to get. `number` is a part, or the recommender's attempt, or zero."""

    stage: StageName
    number: int
    why: str


def lacks(run: Run) -> list[Lack]:
    """Return what the run waits for, in the order of the flow; raise `OpsError` for a run that has ended.

    Every part that one stage has finished and the next has not; the part that owns the closing of a stage
    which is complete but not announced; the recommender's own next look; the upload while ingest is
    incomplete. Whether the messages still lie in a queue cannot be seen from here: to send them twice is
    harmless.
    """
    _require_open(run)
    return [*_upload(run), *_unscored(run), *_recommendations(run), *_unmailed(run)]


def _require_open(run: Run) -> None:
    if run.status is RunStatus.FINISHED:
        raise OpsError(f"{run.run_id} has finished: there is nothing to retry")
    if run.status is RunStatus.FAILED:
        raise OpsError(
            f"{run.run_id} has failed and stays so: {run.reason}. To run the file again, mend the cause and"
            " upload it under another key"
        )


def _upload(run: Run) -> Iterator[Lack]:
    if not _complete(run, StageName.INGEST):
        yield Lack(StageName.INGEST, 0, f"{run.source} is not taken in")


def _unscored(run: Run) -> Iterator[Lack]:
    for part in sorted(_done(run, StageName.INGEST) - _done(run, StageName.SENTIMENT)):
        yield Lack(StageName.SENTIMENT, part, f"part {part} is not scored")
    if _complete(run, StageName.SENTIMENT) and not run.stage(StageName.SENTIMENT).announced:
        yield Lack(
            StageName.SENTIMENT, _closing_part(run, StageName.SENTIMENT), "all is scored, but not announced"
        )


def _recommendations(run: Run) -> Iterator[Lack]:
    """Its messages are a numbered chain of which the ledger knows the last: an older one would be dropped."""
    if run.stage(StageName.SENTIMENT).announced and not _complete(run, StageName.RECOMMENDER):
        yield Lack(StageName.RECOMMENDER, int(run.step.get("attempt", 0)), "not all is recommended")


def _unmailed(run: Run) -> Iterator[Lack]:
    for part in sorted(_done(run, StageName.RECOMMENDER) - _done(run, StageName.MAILER)):
        yield Lack(StageName.MAILER, part, f"part {part} is not mailed")
    if _complete(run, StageName.MAILER):
        yield Lack(StageName.MAILER, _closing_part(run, StageName.MAILER), "all is mailed, but not announced")


def _closing_part(run: Run, stage: StageName) -> int:
    """The part whose message may close the stage: the one that reached it; any, if none has."""
    reached = _PART_CAUSE.fullmatch(run.stage(stage).reached_by or "")
    return int(reached[1]) if reached else min(_done(run, stage), default=FIRST_PART)


def _complete(run: Run, stage: StageName) -> bool:
    return Progress(run=run, stage=stage).complete


def _done(run: Run, stage: StageName) -> frozenset[int]:
    return run.stage(stage).done
