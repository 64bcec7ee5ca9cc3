"""Removes messages: all of every queue, or a run's dead letters."""

from typing import Any

from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import Scope
from fondly.operations.dead_letters.dead_letter import Selection
from fondly.operations.dead_letters.received import receive_dead_letters
from fondly.operations.environment import NO_QUEUE
from fondly.operations.errors import MissingResourceError
from fondly.operations.topology import DEAD_LETTER_SUFFIX
from fondly.runtime.errors import error_code

PURGED_LATELY = frozenset({"AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueueInProgress"})
COUNTS: Any = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


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
        try:
            async with receive_dead_letters(scope.environment, name) as received:
                selected = Selection(run_id=scope.run_id).of(received.dead_letters)
                deleted = len(selected) if scope.dry_run else await received.delete(selected)
        except MissingResourceError:
            continue
        scope.report.deleted("dead letters", deleted)


async def _purge(scope: Scope, name: str, what: str) -> None:
    sqs = scope.environment.sqs
    try:
        url = await scope.environment.queue_url(name)
        found = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(COUNTS))
        waiting = sum(int(each) for each in found.get("Attributes", {}).values())
        if waiting and not scope.dry_run:
            await sqs.purge_queue(QueueUrl=url)
    except MissingResourceError:
        return
    except ClientError as error:
        if error_code(error) in NO_QUEUE:
            return
        if error_code(error) not in PURGED_LATELY:
            raise
        scope.report.failure(what, "SQS purges a queue once a minute: run the command again", waiting)
        return
    scope.report.deleted(what, waiting)
