import asyncio
from collections.abc import Sequence

from encore.runtime.queue.message import Message
from encore.runtime.queue.ports import Refused
from tests.support.queues import InMemoryQueue, consume


async def test_the_message_of_a_slow_handler_stays_hidden() -> None:
    """Its visibility timeout is renewed after half its time."""
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


async def test_a_handler_is_stopped_when_its_visibility_timeout_runs_out() -> None:
    """If the queue does not answer, the message counts as lost once the timeout is over, not before."""
    queue = InMemoryQueue("lost", visibility_s=0.1)
    tries = 0
    worked_s = 0.0

    async def refuse(messages: Sequence[Message], *, seconds: float) -> Refused:
        nonlocal tries
        tries += 1
        raise TimeoutError(f"{len(messages)} {seconds}")

    queue.change_visibility_batch = refuse  # type: ignore[method-assign] # the queue cannot be reached

    async def handle(_: Message) -> None:
        nonlocal worked_s
        started = asyncio.get_running_loop().time()
        try:
            await asyncio.sleep(5)
        finally:
            worked_s = asyncio.get_running_loop().time() - started

    await consume(queue, handle, until=lambda: worked_s > 0)
    assert tries > 1
    assert 0.1 <= worked_s < 2
    assert queue.deleted == []
