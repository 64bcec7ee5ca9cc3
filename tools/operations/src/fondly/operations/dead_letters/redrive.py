"""Sending dead letters back to the queue that they came from."""

import asyncio
from collections.abc import Callable

from botocore.exceptions import ClientError
from pydantic import BaseModel

from fondly.operations.audit import noted
from fondly.operations.dead_letters.dead_letter import Ids, Selection
from fondly.operations.dead_letters.received import receive_dead_letters
from fondly.operations.environment import Environment
from fondly.operations.errors import NoSuchDeadLetterError, OperationError
from fondly.runtime.errors import error_code

UNSUPPORTED = frozenset(
    {
        "500",  # moto: an HTML page instead of an error
        "AWS.SimpleQueueService.UnsupportedOperation",
        "InvalidAction",
        "NotImplemented",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedOperation",
    }
)
NOT_IMPLEMENTED = 501
POLL_S = 1.0
RUNNING = frozenset({"RUNNING", "CANCELLING"})


class Redriven(BaseModel):
    """How many dead letters went back to their queue, and what moved them: `sqs`, or this `command`."""

    queue: str
    moved: int
    by: str


async def redrive_dead_letters(
    environment: Environment, queue: str, *, run_id: str | None = None, message_ids: Ids = None, by: str
) -> Redriven:
    """Send dead letters back to their queue: all, those of a run, or some."""
    name, selection = environment.known_queue(queue), Selection(run_id, message_ids)
    done = await redrive(environment, name, selection, lambda _: None, by=by)
    if not (done.moved or selection.everything):
        raise NoSuchDeadLetterError(name)
    return done


async def redrive(
    environment: Environment, queue: str, selection: Selection, progress: Callable[[int], None], *, by: str
) -> Redriven:
    """Move the selected dead letters back to their queue; `progress` is called with the number so far.

    If all are selected, SQS moves them itself (`StartMessageMoveTask`), where it can. Raises `OperationError`
    if its task does not complete.
    """
    async with noted(environment, by=by, act="redrive", about=queue, details=selection.told) as told:
        done = await _redrive(environment, queue, selection, progress)
        told["moved"] = str(done.moved)
    return done


async def _redrive(
    environment: Environment, queue: str, selection: Selection, progress: Callable[[int], None]
) -> Redriven:
    if selection.everything:
        try:
            return Redriven(queue=queue, moved=await _by_sqs(environment, queue, progress), by="sqs")
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if error_code(error) not in UNSUPPORTED and status != NOT_IMPLEMENTED:
                raise  # SQS has refused; an emulator may lack the operation
    destination = await environment.queue_url(queue)
    async with receive_dead_letters(environment, queue) as received:
        moved = await received.move(selection.of(received.dead_letters), destination)
    return Redriven(queue=queue, moved=moved, by="command")


async def _by_sqs(environment: Environment, queue: str, progress: Callable[[int], None]) -> int:
    """Follow a move task; it names the queue, which SQS knows of nothing that a consumer dead-lettered."""
    source = await environment.queue_arn(await environment.dead_letter_url(queue))
    destination = await environment.queue_arn(await environment.queue_url(queue))
    await environment.sqs.start_message_move_task(SourceArn=source, DestinationArn=destination)
    while True:
        tasks = await environment.sqs.list_message_move_tasks(SourceArn=source, MaxResults=1)
        task = tasks["Results"][0]
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        progress(moved)
        if task["Status"] not in RUNNING:
            break
        await asyncio.sleep(POLL_S)
    if task["Status"] != "COMPLETED":
        reason = task.get("FailureReason", "no reason given")
        raise OperationError(f"the move ended as {task['Status']} after {moved} messages: {reason}")
    return moved
