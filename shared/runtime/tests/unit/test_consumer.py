import asyncio
from collections.abc import Sequence

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from structlog.testing import capture_logs

from fondly.contracts.errors import PermanentError, TransientError
from fondly.runtime.queue.circuit import Circuit
from fondly.runtime.queue.deletions import LINGER_S
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.ports import Refused
from tests.support.queues import DeadLetter, InMemoryQueue, consume


async def test_a_message_is_deleted_only_after_its_handler_succeeded() -> None:
    """Until then it could be delivered again."""
    queue = InMemoryQueue("a", "b", "c")
    too_early: list[str] = []

    async def handle(message: Message) -> None:
        await asyncio.sleep(2 * LINGER_S)  # longer than a deletion waits for others
        too_early.extend({message.body} & set(queue.deleted))

    await consume(queue, handle, until=lambda: len(queue.deleted) == 3)
    assert too_early == []
    assert sorted(queue.deleted) == ["a", "b", "c"]
    assert queue.dead_letters == []


async def test_a_permanent_failure_is_dead_lettered_at_once_with_its_reason() -> None:
    """It is not retried; other messages are not affected."""
    queue = InMemoryQueue("bad", "good")

    async def handle(message: Message) -> None:
        if message.body == "bad":
            raise PermanentError("unknown run")

    await consume(queue, handle, until=lambda: bool(queue.dead_letters and queue.deleted))
    assert queue.dead_letters == [DeadLetter("bad", "unknown run", "PermanentError", "handle")]
    assert queue.deleted == ["good"]


@pytest.mark.parametrize(
    "error",
    [
        TransientError("later"),
        TimeoutError(),
        EndpointConnectionError(endpoint_url="http://nowhere"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "Op"),
        ClientError({"ResponseMetadata": {"HTTPStatusCode": 503}}, "Op"),  # type: ignore[typeddict-item] # the least that botocore may return
        ValueError("unknown"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_other_failures_are_retried_after_a_backoff(error: Exception) -> None:
    """The message is neither deleted nor dead-lettered."""
    queue = InMemoryQueue("a")

    async def handle(_: Message) -> None:
        raise error

    await consume(queue, handle, until=lambda: bool(queue.visibility_changes))
    assert queue.deleted == []
    assert queue.dead_letters == []
    [(body, delay_s)] = queue.visibility_changes
    assert body == "a"
    assert 1 <= delay_s <= 300


async def test_no_more_messages_are_received_than_can_be_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most `concurrency` are handled at a time; none is prefetched while handlers are slow."""
    queue = InMemoryQueue(*"abcdefgh")
    running = 0
    most = 0

    async def handle(_: Message) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    monkeypatch.setattr("fondly.runtime.queue.consumer.PREFETCH_S", 0.005)
    await consume(queue, handle, until=lambda: len(queue.deleted) == 8, concurrency=3)
    assert most == 3
    assert max(queue.limits) == 3


async def test_stopping_finishes_the_messages_being_handled() -> None:
    """A running handler may finish, and its message is deleted."""
    queue = InMemoryQueue("a")
    started = asyncio.Event()

    async def handle(_: Message) -> None:
        started.set()
        await asyncio.sleep(0.05)

    await consume(queue, handle, until=started.is_set)
    assert queue.deleted == ["a"]


async def test_stopping_does_not_wait_beyond_the_drain_time() -> None:
    """A handler that takes longer is cancelled; its message becomes visible again by itself."""
    queue = InMemoryQueue("a")
    started = asyncio.Event()

    async def handle(_: Message) -> None:
        started.set()
        await asyncio.sleep(60)

    await consume(queue, handle, until=started.is_set, drain_s=0.02)
    assert queue.deleted == []


async def test_an_unreachable_queue_does_not_end_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A failed receive is retried."""
    monkeypatch.setattr("fondly.runtime.queue.consumer.RECEIVE_RETRY_S", 0.01)
    queue = InMemoryQueue("a")
    receive = queue.receive
    failures = [OSError("down"), OSError("still down")]

    async def flaky(*, limit: int, wait_s: int) -> list[Message]:
        if failures:
            raise failures.pop()
        return await receive(limit=limit, wait_s=wait_s)

    queue.receive = flaky  # type: ignore[method-assign] # fails at first

    async def handle(_: Message) -> None:
        pass

    await consume(queue, handle, until=lambda: bool(queue.deleted))
    assert failures == []


async def test_messages_are_prefetched_only_while_handlers_are_quick() -> None:
    """Prefetched messages that are not handled before the stop are returned to the queue."""
    queue = InMemoryQueue(*(str(number) for number in range(100)))
    slow = asyncio.Event()

    async def handle(message: Message) -> None:
        if int(message.body) >= 50:
            slow.set()
            await asyncio.sleep(0.05)

    await consume(queue, handle, until=slow.is_set, concurrency=10)
    returned = [body for body, seconds in queue.visibility_changes if seconds == 0]
    assert returned
    assert len(returned) <= 10
    assert len(queue.deleted) + len(returned) == queue.received


async def test_no_messages_are_received_while_a_dependency_is_down() -> None:
    """After several failures in a row there is a pause, then one at a time until one succeeds."""
    queue = InMemoryQueue(*(str(number) for number in range(40)))
    handled: list[str] = []
    is_down = True
    circuit = Circuit(failures=3, pause_s=0.05)

    async def handle(message: Message) -> None:
        handled.append(message.body)
        if is_down:
            raise TransientError("down")

    running = asyncio.create_task(
        consume(queue, handle, until=lambda: len(queue.deleted) >= 30, concurrency=3, circuit=circuit)
    )
    await asyncio.sleep(0.3)
    assert 3 <= queue.received <= 9
    is_down = False
    await running
    assert not circuit.is_trying
    assert sorted(queue.deleted) == sorted(handled[-len(queue.deleted) :])


async def test_a_failed_delete_is_repeated_but_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Messages that SQS refuses to delete are deleted again; an exception is only logged."""
    queue = InMemoryQueue(*"abc")
    calls: list[list[str]] = []

    async def delete_batch(messages: Sequence[Message]) -> Refused:
        calls.append([message.body for message in messages])
        if len(calls) == 1:
            return Refused(lost=[], untouched=list(messages[1:]))
        raise OSError("gone")

    queue.delete_batch = delete_batch  # type: ignore[method-assign] # fails

    async def handle(_: Message) -> None:
        pass

    await consume(queue, handle, until=lambda: len(calls) == 2, concurrency=3)
    assert calls == [["a", "b", "c"], ["b", "c"]]
    assert caplog.records == []


async def test_metrics_of_many_messages_are_written_in_one_line() -> None:
    """Counts are summed and durations listed, in CloudWatch's embedded metric format."""
    queue = InMemoryQueue(*"abcde")

    async def handle(message: Message) -> None:
        if message.body == "a":
            raise TransientError("later")

    with capture_logs() as lines:
        await consume(queue, handle, until=lambda: len(queue.deleted) == 4)
    [measured] = [line for line in lines if "messages_received" in line]
    assert measured["messages_received"] == 5
    assert measured["messages_succeeded"] == 4
    assert measured["messages_retried"] == 1
    assert len(measured["handler_seconds"]) == 5
    assert any(line.get("queue_backlog") is not None for line in lines)
