"""Queues and their dead letters."""

from pydantic import BaseModel

from fondly.operations.dead_letters.dead_letter import DeadLetter, Selection
from fondly.operations.dead_letters.received import discarding
from fondly.operations.dead_letters.redrive import Redriven, redrive
from fondly.operations.dead_letters.snapshot import Snapshot, Snapshots
from fondly.operations.environment import Environment
from fondly.operations.errors import NoSuchDeadLetterError

Ids = list[str] | None


class DiscardedLetters(BaseModel):
    """Dead letters that were deleted for good, to be kept elsewhere."""

    queue: str
    discarded: list[DeadLetter]


async def dead_letters(environment: Environment, queue: str) -> Snapshot:
    """Show a queue's dead letters with their reasons."""
    return await Snapshots(environment, max_age_s=0).of(queue)


async def redrive_dead_letters(
    environment: Environment, queue: str, *, run_id: str | None = None, message_ids: Ids = None, by: str
) -> Redriven:
    """Send dead letters back to their queue: all, those of a run, or some."""
    name, selection = environment.known_queue(queue), Selection(run_id, message_ids)
    done = await redrive(environment, name, selection, lambda _: None, by=by)
    if not (done.moved or selection.everything):
        raise NoSuchDeadLetterError(name)
    return done


async def discard_dead_letters(
    environment: Environment, queue: str, *, run_id: str | None = None, message_ids: Ids = None, by: str
) -> DiscardedLetters:
    """Delete dead letters for good, and return them: all, those of a run, or some."""
    async with discarding(environment, queue, Selection(run_id, message_ids)) as found:
        selected = found.selected
        await found.delete(by=by)
        left = {each.message_id for each in found.received.dead_letters}
    gone = [each for each in selected if each.message_id not in left]
    return DiscardedLetters(queue=found.queue, discarded=gone)
