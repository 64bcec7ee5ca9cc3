"""Sending dead letters back to the queue that they came from."""

import asyncio
from collections.abc import Callable

from botocore.exceptions import ClientError
from pydantic import BaseModel

from encore.cli.dead_letters import held
from encore.cli.domain.letters import Filter
from encore.cli.errors import OpsError
from encore.cli.place import Place
from encore.runtime.errors import error_code

LACKING = frozenset(
    {
        "500",  # moto's: a page instead of an error
        "AWS.SimpleQueueService.UnsupportedOperation",
        "InvalidAction",
        "NotImplemented",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedOperation",
    }
)
NOT_IMPLEMENTED = 501
FOLLOW_S = 1.0
RUNNING = frozenset({"RUNNING", "CANCELLING"})


class Redriven(BaseModel):
    """How many dead letters went back to their queue, and who moved them: SQS, or this command."""

    queue: str
    moved: int
    by: str


async def redrive(place: Place, queue: str, which: Filter, tell: Callable[[int], None]) -> Redriven:
    """Move the dead letters that are meant back to their queue; `tell` hears how many have gone so far.

    SQS moves them itself where all are meant and it can (`StartMessageMoveTask`); raises `OpsError` when it
    does not come to the end.
    """
    if which.is_open:
        try:
            return Redriven(queue=queue, moved=await _by_sqs(place, queue, tell), by="sqs")
        except ClientError as error:
            if not _is_lacking(error):
                raise
    return Redriven(queue=queue, moved=await _by_hand(place, queue, which), by="hand")


async def _by_sqs(place: Place, queue: str, tell: Callable[[int], None]) -> int:
    """Start a move task and follow it. Letters that a consumer sent know no source: the target is named."""
    dead = await place.queue_arn(await place.dead_letter_url(queue))
    target = await place.queue_arn(await place.queue_url(queue))
    await place.sqs.start_message_move_task(SourceArn=dead, DestinationArn=target)
    while True:
        tasks = await place.sqs.list_message_move_tasks(SourceArn=dead, MaxResults=1)
        task = tasks["Results"][0]
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        tell(moved)
        if task["Status"] not in RUNNING:
            break
        await asyncio.sleep(FOLLOW_S)
    if task["Status"] != "COMPLETED":
        why = task.get("FailureReason", "no reason given")
        raise OpsError(f"the move ended as {task['Status']} after {moved} messages: {why}")
    return moved


async def _by_hand(place: Place, queue: str, which: Filter) -> int:
    target = await place.queue_url(queue)
    async with held(place, queue) as hand:
        return await hand.move([letter for letter in hand.letters if which.takes(letter)], target)


def _is_lacking(error: ClientError) -> bool:
    """Tell whether an emulator does not know the operation, as opposed to refusing it."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return error_code(error) in LACKING or status == NOT_IMPLEMENTED
