"""Removes messages: all of every queue, or a run's dead letters."""

from contextlib import suppress

from fondly.operations.cleanup.scope import Scope
from fondly.operations.dead_letters.dead_letter import Selection
from fondly.operations.dead_letters.received import receive_dead_letters
from fondly.operations.environment import NO_QUEUE, Ignoring
from fondly.operations.errors import MissingResourceError
from fondly.operations.queues import depths
from fondly.operations.topology import DEAD_LETTER_SUFFIX

PURGED_LATELY = frozenset({"AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueueInProgress"})


async def purge_queues(scope: Scope) -> None:
    """Purge the queues of the topology."""
    for name in scope.environment.topology.queues:
        await _purge(scope, name, "messages")


async def purge_dead_letters(scope: Scope) -> None:
    """Purge the dead-letter queues, last: what a service was handling may still become a dead letter."""
    for name in scope.environment.topology.queues:
        await _purge(scope, name + DEAD_LETTER_SUFFIX, "dead letters")


async def delete_dead_letters(scope: Scope) -> None:
    """Delete the dead letters of the run."""
    for name in scope.environment.topology.queues:
        with suppress(MissingResourceError):
            async with receive_dead_letters(scope.environment, name) as received:
                selected = Selection(run_id=scope.run_id).of(received.dead_letters)
                deleted = len(selected) if scope.dry_run else await received.delete(selected)
            scope.report.deleted("dead letters", deleted)


async def _purge(scope: Scope, name: str, what: str) -> None:
    with suppress(MissingResourceError), Ignoring(NO_QUEUE):
        url = await scope.environment.queue_url(name)
        waiting = sum((await depths(scope.environment, url)).values())
        with Ignoring(PURGED_LATELY):
            if waiting and not scope.dry_run:
                await scope.environment.sqs.purge_queue(QueueUrl=url)
            scope.report.deleted(what, waiting)
            return
        scope.report.failure(what, "SQS purges a queue once a minute: run the command again", waiting)
