"""What becomes of messages whose receipts SQS refuses."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Refused
from fondly.runtime.queue.sqs import SQSQueue
from tests.support.queues import InMemoryQueue, consume


class RefusingSQS:
    """A client that refuses every entry of a batch in the same way."""

    def __init__(self, code: str, *, is_senders_fault: bool) -> None:
        self._entry = {"Code": code, "SenderFault": is_senders_fault, "Message": "refused"}

    async def delete_message_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - any request
        """Refuse to delete."""
        return {"Failed": [{"Id": entry["Id"], **self._entry} for entry in request["Entries"]]}

    change_message_visibility_batch = delete_message_batch


def message(number: int) -> Message:
    """A received message."""
    return Message(f"message-{number}", f"receipt-{number}", "body", receive_count=1, first_received_ms=0)


@pytest.mark.parametrize(
    ("code", "is_senders_fault", "is_lost"),
    [
        ("ReceiptHandleIsInvalid", True, True),
        ("InvalidParameterValue", True, True),  # the receipt handle has expired
        ("AWS.SimpleQueueService.MessageNotInflight", True, True),
        ("InternalError", False, False),
        ("RequestThrottled", True, False),
        ("KmsThrottled", True, False),
    ],
)
async def test_a_void_receipt_is_lost_and_any_other_refusal_is_not(
    code: str,
    is_senders_fault: bool,  # noqa: FBT001 - pytest gives them by name
    is_lost: bool,  # noqa: FBT001 - pytest gives them by name
) -> None:
    """Another consumer may have a message whose receipt is void; what was throttled is tried again."""
    queue = SQSQueue(cast("Any", RefusingSQS(code, is_senders_fault=is_senders_fault)), "http://queue")
    messages = [message(number) for number in range(3)]
    for refused in (
        await queue.delete_batch(messages),
        await queue.change_visibility_batch(messages, seconds=30),
    ):
        assert (refused.lost, refused.untouched) == ((messages, []) if is_lost else ([], messages))


async def test_a_message_that_was_handled_too_late_is_deleted_in_vain_once() -> None:
    """Its receipt is void: deleting it again and again would only hold up the end of the service."""
    queue = InMemoryQueue("late")
    calls: list[list[str]] = []

    async def void(messages: Sequence[Message]) -> Refused:
        calls.append([each.body for each in messages])
        return Refused(lost=list(messages), untouched=[])

    queue.delete_batch = void  # type: ignore[method-assign] # another consumer has the message

    async def handle(_: Message) -> None:
        pass

    await consume(queue, handle, until=lambda: bool(calls))
    assert calls == [["late"]]


async def test_a_prefetched_message_with_a_void_receipt_is_not_handled() -> None:
    """It has become visible while it waited for a slot: another consumer may have it."""
    queue = InMemoryQueue(*(str(number) for number in range(40)), visibility_s=0.1)
    handled: list[str] = []
    lost: list[str] = []
    blocked = asyncio.Event()

    async def void(messages: Sequence[Message], *, seconds: float) -> Refused:
        assert seconds
        waiting = [each for each in messages if each.receipt not in handled]
        lost.extend(each.receipt for each in waiting)
        if lost:
            blocked.set()
        return Refused(lost=waiting, untouched=[])

    queue.change_visibility_batch = void  # type: ignore[method-assign] # what waits is lost

    async def handle(each: Message) -> None:
        handled.append(each.receipt)
        if len(handled) > 10:  # quick at first, so that messages are prefetched
            await blocked.wait()

    await consume(queue, handle, until=lambda: len(queue.deleted) == 40)
    assert lost
    assert set(handled) & set(lost) == set()
