"""The messages that a running run waits for, and that have to be sent again if they are lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fondly.contracts.revisions import RunRevisions
from fondly.operations.delivery.views import standing
from fondly.operations.errors import OperationError
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.run import Progress, Run, RunStatus, StageName

_PART_CAUSE = re.compile(r"part-(\d+)")


@dataclass(frozen=True)
class MissingMessage:
    """A message that `stage` needs: about a part, or a poll with its attempt, or neither."""

    stage: StageName
    why: str
    part: int = 0
    attempt: int = 0


def missing_messages(
    run: Run, delivery: Delivery | None = None, revisions: RunRevisions | None = None
) -> list[MissingMessage]:
    """Return what the run waits for, in the order of the flow; raise `OperationError` if that is nothing.

    The ledger does not show whether the messages are still queued: sending them twice is harmless.
    """
    if run.status is RunStatus.STOPPED:
        raise OperationError(f"{run.run_id} is stopped: {run.reason}. `fondly run resume` goes on with it")
    if run.status is RunStatus.FAILED:
        raise OperationError(
            f"{run.run_id} has failed for good: {run.reason}. To process the file again, fix the cause"
            " and upload it under another key"
        )
    if run.status is RunStatus.FINISHED:
        if revisions and revisions.rendering:
            return list(_unrevised(revisions))
        return list(_undelivered(run, delivery))
    not_ingested = MissingMessage(StageName.INGEST, f"{run.source} is not ingested")
    upload = [] if _complete(run, StageName.INGEST) else [not_ingested]
    return [*upload, *_unscored(run), *_recommendations(run), *_unmailed(run)]


def _unrevised(revisions: RunRevisions) -> Iterator[MissingMessage]:
    """Any part's message has the index made anew once all are through."""
    for part in sorted(revisions.pending) or [1]:
        why = f"part {part} is not rendered anew" if revisions.pending else "its index is not made anew"
        yield MissingMessage(StageName.MAILER, why, part=part)


def _undelivered(run: Run, delivery: Delivery | None) -> Iterator[MissingMessage]:
    """The sender drops polls with another attempt than the delivery's, and skips emails that are settled."""
    stage = StageName.SENDER
    if delivery is None:
        yield MissingMessage(stage, "the run has finished, and has no delivery")
        return
    if not delivery.status.goes_out:
        raise OperationError(standing(delivery))
    yield MissingMessage(stage, "its delivery goes on by polls", attempt=delivery.attempt)
    for part in run.parts_to_do(stage) if delivery.released == delivery.release else ():
        wanted = delivery.status is DeliveryStatus.APPROVED or part in delivery.sample_parts
        if wanted and part not in delivery.due:  # it should be queued, or in a worker's hands
            yield MissingMessage(stage, f"part {part} is not delivered", part=part)


def _unscored(run: Run) -> Iterator[MissingMessage]:
    stage = StageName.SENTIMENT
    if run.stage(stage).announced:
        return
    if _complete(run, StageName.INGEST) and not run.is_cleared:
        yield MissingMessage(stage, "not every stage has said that the run can end")
    for part in sorted(_done(run, StageName.INGEST) - _done(run, stage)):
        yield MissingMessage(stage, f"part {part} is not scored", part=part)
    if _complete(run, stage):
        yield MissingMessage(stage, "all parts are scored, not announced", part=_closing_part(run, stage))


def _recommendations(run: Run) -> Iterator[MissingMessage]:
    """The recommender drops polls older than the attempt in the ledger."""
    stage = StageName.RECOMMENDER
    if run.stage(StageName.SENTIMENT).announced and not _complete(run, stage):
        attempt = RecommenderState.of(run).attempt
        yield MissingMessage(stage, "not all parts have recommendations", attempt=attempt)


def _unmailed(run: Run) -> Iterator[MissingMessage]:
    stage = StageName.MAILER
    for part in sorted(_done(run, StageName.RECOMMENDER) - _done(run, stage)):
        yield MissingMessage(stage, f"part {part} is not mailed", part=part)
    if _complete(run, stage):
        yield MissingMessage(stage, "all parts are mailed, not announced", part=_closing_part(run, stage))


def _closing_part(run: Run, stage: StageName) -> int:
    """The part whose message may close the stage: the one that completed it; any, if none is recorded."""
    reached = _PART_CAUSE.fullmatch(run.stage(stage).reached_by or "")
    return int(reached[1]) if reached else min(_done(run, stage), default=1)


def _complete(run: Run, stage: StageName) -> bool:
    return Progress(run=run, stage=stage).complete


def _done(run: Run, stage: StageName) -> frozenset[int]:
    return run.stage(stage).done
