"""`InMemoryQueue` behaves as `SQSQueue` does: the same tests, on both."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

import pytest

from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Depth, Queue, Refused
from fondly.runtime.queue.sqs import SQSQueue
from tests.support.queues import DeadLetter, InMemoryQueue
from tests.support.stores import Emulated


class SendableQueue(Queue, Protocol):
    """A queue that a test can fill."""

    async def send(self, body: str) -> None:
        """Add a message."""


DeadLetters = Callable[[], Awaitable[list[DeadLetter]]]


@pytest.fixture
async def queue_and_dead_letters(emulated: Emulated | None) -> tuple[SendableQueue, DeadLetters]:
    """An empty queue, and a function that receives its dead letters."""
    if emulated is None:
        double = InMemoryQueue()

        async def kept() -> list[DeadLetter]:
            return double.dead_letters

        return double, kept
    clients, resources = emulated
    original = SQSQueue(clients.sqs, resources.queue_urls["ops"])
    await original.open()

    async def received() -> list[DeadLetter]:
        reply = await clients.sqs.receive_message(
            QueueUrl=resources.dead_letter_urls["ops"], MessageAttributeNames=["All"], MaxNumberOfMessages=10
        )
        return [
            DeadLetter(
                found["Body"],
                *(
                    found["MessageAttributes"][name]["StringValue"]
                    for name in ("reason", "exception", "handler")
                ),
            )
            for found in reply.get("Messages", [])
        ]

    return original, received


@pytest.fixture
def queue(queue_and_dead_letters: tuple[SendableQueue, DeadLetters]) -> SendableQueue:
    """An empty queue."""
    return queue_and_dead_letters[0]


async def receive(queue: Queue, limit: int = 10, *, wait_s: int = 0) -> list[Message]:
    """Receive messages, in the order of their bodies."""
    return sorted(await queue.receive(limit=limit, wait_s=wait_s), key=lambda message: message.body)


async def test_a_receive_returns_at_most_its_limit(queue: SendableQueue) -> None:
    """The rest stays visible for the next receive."""
    for body in "abc":
        await queue.send(body)
    first = await receive(queue, 2)
    assert len(first) == 2
    assert await queue.depth() == Depth(visible=1, in_flight=2)
    second = await receive(queue)
    assert sorted(message.body for message in first + second) == ["a", "b", "c"]
    assert {message.receive_count for message in first + second} == {1}


async def test_a_received_message_is_hidden_until_it_is_made_visible(queue: SendableQueue) -> None:
    """It then comes back as the same message, received once more, under a new receipt."""
    await queue.send("a")
    [message] = await receive(queue)
    assert await receive(queue) == []
    await queue.change_visibility(message, seconds=0)
    [again] = await receive(queue)
    assert (again.message_id, again.receive_count) == (message.message_id, 2)
    assert again.first_received_ms == message.first_received_ms
    assert again.receipt != message.receipt
    assert await queue.change_visibility_batch([again], seconds=0) == Refused([], [])
    assert [each.receive_count for each in await receive(queue)] == [3]


async def test_a_message_comes_back_when_its_visibility_timeout_runs_out(queue: SendableQueue) -> None:
    """A receive waits for it."""
    await queue.send("a")
    [message] = await receive(queue)
    await queue.change_visibility(message, seconds=1)
    assert await receive(queue) == []
    assert [each.body for each in await receive(queue, wait_s=5)] == ["a"]


async def test_a_deleted_message_never_comes_back(queue: SendableQueue) -> None:
    """Deleting it again succeeds; it can no longer be hidden or made visible."""
    for body in "ab":
        await queue.send(body)
    first, second = await receive(queue)
    assert await queue.delete_batch([first]) == Refused([], [])
    assert await queue.delete_batch([first]) == Refused([], [])
    assert await queue.change_visibility_batch([first, second], seconds=0) == Refused([first], [])
    with pytest.raises(Exception, match=r"receipt|message-1"):
        await queue.change_visibility(first, seconds=0)
    assert [message.body for message in await receive(queue)] == ["b"]


async def test_unknown_receipts_of_a_batch_are_refused(queue: SendableQueue) -> None:
    """The valid ones of the same batch take effect."""
    await queue.send("a")
    [message] = await receive(queue)
    unknown = replace(message, receipt="unknown")
    assert await queue.change_visibility_batch([unknown, message], seconds=30) == Refused([unknown], [])
    assert await queue.delete_batch([unknown, message]) == Refused([unknown], [])
    assert await queue.depth() == Depth(visible=0, in_flight=0)


async def test_a_dead_letter_carries_the_reason_and_leaves_the_queue(
    queue_and_dead_letters: tuple[SendableQueue, DeadLetters],
) -> None:
    """The body is kept; exception and handler say where the reason comes from."""
    queue, dead_letters = queue_and_dead_letters
    await queue.send("a")
    [message] = await receive(queue)
    await queue.dead_letter(message, reason="not an event", exception="PermanentError", handler="handle")
    assert await queue.depth() == Depth(visible=0, in_flight=0)
    assert await dead_letters() == [DeadLetter("a", "not an event", "PermanentError", "handle")]
