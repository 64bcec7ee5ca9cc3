import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from structlog.testing import capture_logs

from encore.contracts.errors import PermanentError, TransientError
from encore.runtime.queue.circuit import Circuit
from encore.runtime.queue.consumer import Consumer
from encore.runtime.queue.deletions import LINGER_S
from encore.runtime.queue.message import Message
from encore.runtime.queue.sqs import Depth, Refused

LEASE_S = 30


class FakeQueue:
    """Gives out its messages once and remembers how each was settled."""

    name = "fake"

    def __init__(self, *bodies: str) -> None:
        self.visibility_s = LEASE_S
        self.waiting = [Message(body, f"receipt-{body}", body, 1, 0) for body in bodies]
        self.deleted: list[str] = []
        self.leases: list[tuple[str, float]] = []
        self.dead_lettered: list[tuple[str, str, str]] = []
        self.handlers: list[str] = []
        self.limits: list[int] = []

    async def receive(self, *, limit: int, wait_s: int) -> list[Message]:
        """Hand out up to `limit` messages; wait a moment when there are none."""
        self.limits.append(limit)
        given, self.waiting = self.waiting[:limit], self.waiting[limit:]
        if not given:
            await asyncio.sleep(min(wait_s, 0.01))
        return given

    async def delete_all(self, messages: Sequence[Message]) -> Refused:
        """Remember the deletions."""
        self.deleted += [message.body for message in messages]
        return Refused([], [])

    async def lease(self, message: Message, *, seconds: float) -> None:
        """Remember the lease."""
        self.leases.append((message.body, seconds))

    async def lease_all(self, messages: Sequence[Message], *, seconds: float) -> Refused:
        """Remember the leases."""
        self.leases += [(message.body, seconds) for message in messages]
        return Refused([], [])

    async def dead_letter(self, message: Message, *, reason: str, exception: str, handler: str) -> None:
        """Remember the burial."""
        self.dead_lettered.append((message.body, reason, exception))
        self.handlers.append(handler)

    async def depth(self) -> Depth:
        """What is left."""
        return Depth(visible=len(self.waiting), in_flight=0)


async def consume(
    queue: FakeQueue,
    handle: Callable[[Message], Awaitable[None]],
    *,
    until: Callable[[], bool],
    concurrency: int = 2,
    drain_s: float = 1.0,
    circuit: Circuit | None = None,
) -> None:
    """Run a consumer until a condition holds, then stop it the way SIGTERM does."""
    stop = asyncio.Event()
    consumer = Consumer(queue, handle, concurrency=concurrency, wait_s=1, drain_s=drain_s, circuit=circuit)
    running = asyncio.create_task(consumer.run(stop))
    async with asyncio.timeout(5):
        while not until():  # noqa: ASYNC110 - the conditions look at a queue's memory
            await asyncio.sleep(0.005)
    stop.set()
    await running


async def test_a_message_is_deleted_only_after_its_handler_succeeded() -> None:
    """The work is done before the message goes."""
    queue = FakeQueue("a", "b", "c")
    too_early: list[str] = []

    async def handle(message: Message) -> None:
        await asyncio.sleep(2 * LINGER_S)  # longer than a deletion waits for company
        too_early.extend({message.body} & set(queue.deleted))

    await consume(queue, handle, until=lambda: len(queue.deleted) == 3)
    assert too_early == []
    assert sorted(queue.deleted) == ["a", "b", "c"]
    assert queue.dead_lettered == []


async def test_permanent_failures_go_to_the_dead_letters_at_once_with_their_reason() -> None:
    """No retry for what can never succeed; neighbours are not touched."""
    queue = FakeQueue("bad", "good")

    async def handle(message: Message) -> None:
        if message.body == "bad":
            raise PermanentError("no such run")

    await consume(queue, handle, until=lambda: bool(queue.dead_lettered and queue.deleted))
    assert queue.dead_lettered == [("bad", "no such run", "PermanentError")]
    assert queue.handlers == ["handle"]
    assert queue.deleted == ["good"]


@pytest.mark.parametrize(
    "error",
    [
        TransientError("later"),
        TimeoutError(),
        EndpointConnectionError(endpoint_url="http://nowhere"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "Op"),
        ClientError({"ResponseMetadata": {"HTTPStatusCode": 503}}, "Op"),  # type: ignore[typeddict-item] # as thin as it may come
        ValueError("unknown"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_other_failures_come_back_after_a_backoff(error: Exception) -> None:
    """Neither deleted nor dead_lettered: the message is given back for later."""
    queue = FakeQueue("a")

    async def handle(_: Message) -> None:
        raise error

    await consume(queue, handle, until=lambda: bool(queue.leases))
    assert queue.deleted == []
    assert queue.dead_lettered == []
    [(body, delay_s)] = queue.leases
    assert body == "a"
    assert 1 <= delay_s <= 300


async def test_no_more_messages_are_in_hand_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Concurrency bounds the messages handled; while handlers take long, none waits leased and idle."""
    queue = FakeQueue(*"abcdefgh")
    in_hand = 0
    most = 0

    async def handle(_: Message) -> None:
        nonlocal in_hand, most
        in_hand += 1
        most = max(most, in_hand)
        await asyncio.sleep(0.01)
        in_hand -= 1

    monkeypatch.setattr("encore.runtime.queue.prefetch.AHEAD_S", 0.005)
    await consume(queue, handle, until=lambda: len(queue.deleted) == 8, concurrency=3)
    assert most == 3
    assert max(queue.limits) == 3


async def test_a_long_handler_keeps_its_lease() -> None:
    """The lease is renewed at half its time while the handler works."""
    queue = FakeQueue("slow")
    queue.visibility_s = 0.04  # type: ignore[assignment] # a short lease for a short test

    async def handle(_: Message) -> None:
        await asyncio.sleep(0.1)

    await consume(queue, handle, until=lambda: bool(queue.deleted))
    assert len(queue.leases) >= 2
    assert {seconds for _, seconds in queue.leases} == {0.04}


async def test_a_handler_whose_lease_is_lost_is_stopped() -> None:
    """Work that somebody else may be doing by now is not finished twice."""
    queue = FakeQueue("lost")
    queue.visibility_s = 0.02  # type: ignore[assignment] # a short lease for a short test
    stopped = asyncio.Event()

    async def refuse(messages: Sequence[Message], *, seconds: float) -> Refused:
        assert seconds
        return Refused(lost=list(messages), untouched=[])

    queue.lease_all = refuse  # type: ignore[method-assign] # the lease is gone

    async def handle(_: Message) -> None:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            stopped.set()
            raise

    await consume(queue, handle, until=stopped.is_set)
    assert queue.deleted == []


async def test_stopping_finishes_what_is_in_hand() -> None:
    """SIGTERM drains: a handler that is working may finish and its message is deleted."""
    queue = FakeQueue("a")
    started = asyncio.Event()

    async def handle(_: Message) -> None:
        started.set()
        await asyncio.sleep(0.05)

    await consume(queue, handle, until=started.is_set)
    assert queue.deleted == ["a"]


async def test_stopping_does_not_wait_beyond_the_drain_time() -> None:
    """A handler that takes too long is cancelled; its message comes back by its lease."""
    queue = FakeQueue("a")
    started = asyncio.Event()

    async def handle(_: Message) -> None:
        started.set()
        await asyncio.sleep(60)

    await consume(queue, handle, until=started.is_set, drain_s=0.02)
    assert queue.deleted == []


async def test_an_unreachable_queue_does_not_end_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Receiving is tried again after a failure."""
    monkeypatch.setattr("encore.runtime.queue.consumer.RECEIVE_RETRY_S", 0.01)
    queue = FakeQueue("a")
    receive = queue.receive
    failures = [OSError("down"), OSError("still down")]

    async def flaky(*, limit: int, wait_s: int) -> list[Message]:
        if failures:
            raise failures.pop()
        return await receive(limit=limit, wait_s=wait_s)

    queue.receive = flaky  # type: ignore[method-assign] # a queue that fails at first

    async def handle(_: Message) -> None:
        pass

    await consume(queue, handle, until=lambda: bool(queue.deleted))
    assert failures == []


async def test_a_handler_is_stopped_when_its_lease_could_not_be_renewed_in_time() -> None:
    """Without an answer from the queue the lease counts as lost when its time is up, and not before."""
    queue = FakeQueue("lost")
    queue.visibility_s = 0.1  # type: ignore[assignment] # a short lease for a short test
    tries = 0
    worked_s = 0.0

    async def refuse(messages: Sequence[Message], *, seconds: float) -> Refused:
        nonlocal tries
        tries += 1
        raise TimeoutError(f"{len(messages)} {seconds}")

    queue.lease_all = refuse  # type: ignore[method-assign] # the queue cannot be reached

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


async def test_messages_are_taken_ahead_only_while_handlers_are_quick() -> None:
    """Then the next ones are there before a slot is free; and what waits at the end is given back."""
    queue = FakeQueue(*(str(number) for number in range(100)))
    slow = asyncio.Event()

    async def handle(message: Message) -> None:
        if int(message.body) >= 50:
            slow.set()
            await asyncio.sleep(0.05)

    await consume(queue, handle, until=slow.is_set, concurrency=10)
    given_back = [body for body, seconds in queue.leases if seconds == 0]
    assert given_back
    assert len(given_back) <= 10
    taken = 100 - len(queue.waiting)
    assert len(queue.deleted) + len(given_back) == taken


async def test_a_down_dependency_stops_the_taking_of_messages() -> None:
    """After failures in a row nothing is taken for a pause, then one at a time; a success ends it."""
    queue = FakeQueue(*(str(number) for number in range(40)))
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
    burnt = 40 - len(queue.waiting)
    assert 3 <= burnt <= 9
    is_down = False
    await running
    assert not circuit.is_trying
    assert sorted(queue.deleted) == sorted(handled[-len(queue.deleted) :])


async def test_a_failing_delete_costs_only_a_repetition(caplog: pytest.LogCaptureFixture) -> None:
    """What SQS refuses for now is asked for again; an exception ends nothing."""
    queue = FakeQueue(*"abc")
    calls: list[list[str]] = []

    async def delete_all(messages: Sequence[Message]) -> Refused:
        calls.append([message.body for message in messages])
        if len(calls) == 1:
            return Refused(lost=[], untouched=list(messages[1:]))
        raise OSError("gone")

    queue.delete_all = delete_all  # type: ignore[method-assign] # a queue that fails

    async def handle(_: Message) -> None:
        pass

    await consume(queue, handle, until=lambda: len(calls) == 2, concurrency=3)
    assert calls == [["a", "b", "c"], ["b", "c"]]
    assert caplog.records == []


async def test_metrics_of_many_messages_come_in_one_line() -> None:
    """Counts are added up and durations listed, in CloudWatch's embedded metric format."""
    queue = FakeQueue(*"abcde")

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
