"""Work that takes longer than SQS hides a message, or than the service runs, costs no receive."""

import asyncio

import pytest
from pydantic import ValidationError

from fondly.contracts.errors import NewerReleaseError
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.visibility import HeldTooLongError, in_time
from fondly.runtime.quota.turns import StoppingError
from fondly.runtime.retry import PostponedError
from tests.support.queues import InMemoryQueue, consume
from tests.support.virtual_time import VirtualTimeLoop

MESSAGE = Message("id", "receipt", "body", receive_count=1, first_received_ms=0)


def test_a_handler_is_stopped_before_its_message_shows_itself_to_others() -> None:
    """SQS hides it for twelve hours at most; the handler ends what it has begun."""
    ended_at: list[float] = []

    async def wait_for_a_quota(_: Message) -> None:
        try:
            await asyncio.sleep(20 * 3_600)
        finally:
            ended_at.append(asyncio.get_running_loop().time())

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner, pytest.raises(HeldTooLongError):
        runner.run(in_time(wait_for_a_quota)(MESSAGE))  # type: ignore[arg-type] # a coroutine
    assert ended_at == [pytest.approx(11.5 * 3_600)]


async def test_a_timeout_of_the_handler_is_its_own() -> None:
    """It counts as a transient failure, as ever."""

    async def time_out(_: Message) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await in_time(time_out)(MESSAGE)


@pytest.mark.parametrize("error", [StoppingError("stops"), HeldTooLongError("too long")])
async def test_a_message_that_is_not_to_blame_is_sent_anew(error: PostponedError) -> None:
    """However often that happens, it never becomes a dead letter: each is received once."""
    queue = InMemoryQueue("part")
    receives: list[int] = []

    async def handle(message: Message) -> None:
        receives.append(message.receive_count)
        if len(receives) < 20:
            raise error

    await consume(queue, handle, until=lambda: bool(queue.deleted))
    assert receives == [1] * 20
    assert queue.sent_anew == ["part"] * 19
    assert queue.dead_letters == []


@pytest.mark.parametrize(
    "error", [NewerReleaseError("format 2"), ValidationError.from_exception_data("R", [])]
)
async def test_a_message_for_a_newer_release_waits_as_long_as_a_deployment_takes(error: Exception) -> None:
    """Five minutes each time, also for a value that an enumeration has only there: eight are enough."""
    queue = InMemoryQueue("part")

    async def handle(_: Message) -> None:
        raise error

    await consume(queue, handle, until=lambda: bool(queue.visibility_changes))
    assert queue.visibility_changes[:1] == [("part", 300)]
    assert queue.dead_letters == []
