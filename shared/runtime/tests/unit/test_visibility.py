import asyncio
from collections.abc import Sequence

import pytest

from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Refused
from fondly.runtime.queue.visibility import LOST_AFTER
from tests.support.queues import InMemoryQueue, consume
from tests.support.virtual_time import in_virtual_time


async def test_the_message_of_a_slow_handler_stays_hidden() -> None:
    """Its visibility timeout is renewed long before its time is over."""
    queue = InMemoryQueue("slow", visibility_s=0.04)

    async def handle(_: Message) -> None:
        await asyncio.sleep(0.1)

    await consume(queue, handle, until=lambda: bool(queue.deleted))
    assert len(queue.visibility_changes) >= 2
    assert {seconds for _, seconds in queue.visibility_changes} == {0.04}


async def test_a_handler_is_stopped_when_its_message_is_lost() -> None:
    """Another consumer may be handling the message by now."""
    queue = InMemoryQueue("lost", visibility_s=0.02)
    stopped = asyncio.Event()

    async def refuse(messages: Sequence[Message], *, seconds: float) -> Refused:
        assert seconds
        return Refused(lost=list(messages), untouched=[])

    queue.change_visibility_batch = refuse  # type: ignore[method-assign] # the receipt is no longer valid

    async def handle(_: Message) -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            stopped.set()
            raise

    await consume(queue, handle, until=stopped.is_set)
    assert queue.deleted == []


@pytest.mark.usefixtures("rare_looks")
def test_a_handler_has_stopped_before_its_message_is_visible_again() -> None:
    """If the queue does not answer, the message is given up shortly before its timeout is over."""
    queue = InMemoryQueue("lost", visibility_s=60)
    stopped_after_s: list[float] = []

    async def never(messages: Sequence[Message], *, seconds: float) -> Refused:
        await asyncio.Event().wait()
        raise AssertionError(messages, seconds)

    queue.change_visibility_batch = never  # type: ignore[method-assign] # the calls hang

    async def handle(_: Message) -> None:
        started = asyncio.get_running_loop().time()
        try:
            await asyncio.sleep(600)
        finally:
            stopped_after_s.append(asyncio.get_running_loop().time() - started)

    in_virtual_time(consume(queue, handle, until=lambda: bool(stopped_after_s), patience_s=300))
    assert 60 * LOST_AFTER <= stopped_after_s[0] < 60
    assert queue.deleted == []


@pytest.mark.usefixtures("rare_looks")
def test_a_slow_renewal_loses_no_message() -> None:
    """A call may take half of the visibility timeout: the message is renewed early enough for that."""
    queue = InMemoryQueue("slow", visibility_s=60)
    change = queue.change_visibility_batch

    async def slow(messages: Sequence[Message], *, seconds: float) -> Refused:
        await asyncio.sleep(30)
        return await change(messages, seconds=seconds)

    queue.change_visibility_batch = slow  # type: ignore[method-assign] # takes its time

    handled: list[Message] = []

    async def handle(message: Message) -> None:
        handled.append(message)
        await asyncio.sleep(600)

    in_virtual_time(consume(queue, handle, until=lambda: bool(queue.deleted), patience_s=700))
    assert len(handled) == 1


@pytest.mark.usefixtures("rare_looks")
def test_a_renewal_that_hangs_is_followed_by_another() -> None:
    """One lost request must not end a handler."""
    queue = InMemoryQueue("slow", visibility_s=60)
    change = queue.change_visibility_batch
    calls = 0

    async def lossy(messages: Sequence[Message], *, seconds: float) -> Refused:
        nonlocal calls
        calls += 1
        if calls % 2:
            await asyncio.Event().wait()
        return await change(messages, seconds=seconds)

    queue.change_visibility_batch = lossy  # type: ignore[method-assign] # every other call hangs

    handled: list[Message] = []

    async def handle(message: Message) -> None:
        handled.append(message)
        await asyncio.sleep(600)

    in_virtual_time(consume(queue, handle, until=lambda: bool(queue.deleted), patience_s=700))
    assert len(handled) == 1


@pytest.mark.usefixtures("rare_looks")
def test_a_message_stays_hidden_while_the_service_drains() -> None:
    """A handler that finishes its work after SIGTERM has its message to itself until the end."""
    queue = InMemoryQueue("slow", visibility_s=30)
    stop = asyncio.Event()
    taken: list[Message] = []

    async def handle(_: Message) -> None:
        stop.set()
        await asyncio.sleep(100)

    async def drain() -> None:
        consumer = Consumer(queue, handle, concurrency=1, wait_s=1, drain_s=110)
        running = asyncio.create_task(consumer.run(stop))
        await stop.wait()
        while not running.done():
            taken.extend(await queue.receive(limit=1, wait_s=0))
            await asyncio.sleep(1)
        await running

    in_virtual_time(drain())
    assert queue.deleted == ["slow"]
    assert taken == []


@pytest.mark.usefixtures("rare_looks")
def test_a_deleted_message_is_not_renewed() -> None:
    """What is gone needs no lease: each renewal would be a refused call."""
    queue = InMemoryQueue("quick", visibility_s=30)
    idle_since: list[float] = []

    async def handle(_: Message) -> None:
        idle_since.append(asyncio.get_running_loop().time())

    def is_later() -> bool:
        return bool(idle_since) and asyncio.get_running_loop().time() > idle_since[0] + 90

    in_virtual_time(consume(queue, handle, until=is_later, patience_s=200))
    assert queue.deleted == ["quick"]
    assert queue.visibility_changes == []


@pytest.mark.usefixtures("rare_looks")
def test_a_message_is_renewed_until_its_deletion_has_succeeded() -> None:
    """While SQS does not answer to a deletion, nobody else may get the message."""
    queue = InMemoryQueue("done", visibility_s=30)
    delete = queue.delete_batch

    async def slow(messages: Sequence[Message]) -> Refused:
        await asyncio.sleep(100)
        return await delete(messages)

    queue.delete_batch = slow  # type: ignore[method-assign] # takes its time

    handled: list[Message] = []

    async def handle(message: Message) -> None:
        handled.append(message)

    in_virtual_time(consume(queue, handle, until=lambda: bool(queue.deleted), patience_s=200))
    assert len(handled) == 1
