import asyncio
from collections.abc import Awaitable, Callable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from shared.bus import Consumer, Message
from shared.errors import PermanentError, TransientError

LEASE_S = 30


class FakeQueue:
    """Gives out its messages once and remembers how each was settled."""

    def __init__(self, *bodies: str) -> None:
        self.visibility_s = LEASE_S
        self.waiting = [Message(body, f"receipt-{body}", body, 1, 0) for body in bodies]
        self.deleted: list[str] = []
        self.leases: list[tuple[str, float]] = []
        self.buried: list[tuple[str, str, str]] = []
        self.limits: list[int] = []

    async def receive(self, *, limit: int, wait_s: int) -> list[Message]:
        """Hand out up to `limit` messages; wait a moment when there are none."""
        self.limits.append(limit)
        given, self.waiting = self.waiting[:limit], self.waiting[limit:]
        if not given:
            await asyncio.sleep(min(wait_s, 0.01))
        return given

    async def delete(self, message: Message) -> None:
        """Remember the deletion."""
        self.deleted.append(message.body)

    async def lease(self, message: Message, *, seconds: float) -> None:
        """Remember the lease."""
        self.leases.append((message.body, seconds))

    async def bury(self, message: Message, *, reason: str, exception: str) -> None:
        """Remember the burial."""
        self.buried.append((message.body, reason, exception))


async def consume(
    queue: FakeQueue,
    handle: Callable[[Message], Awaitable[None]],
    *,
    until: Callable[[], bool],
    concurrency: int = 2,
    drain_s: float = 1.0,
) -> None:
    """Run a consumer until a condition holds, then stop it the way SIGTERM does."""
    stop = asyncio.Event()
    consumer = Consumer(queue, handle, concurrency=concurrency, wait_s=1, drain_s=drain_s)
    running = asyncio.create_task(consumer.run(stop))
    async with asyncio.timeout(5):
        while not until():  # noqa: ASYNC110 - the conditions look at a queue's memory
            await asyncio.sleep(0.005)
    stop.set()
    await running


async def test_a_message_is_deleted_only_after_its_handler_succeeded() -> None:
    """The work is done before the message goes."""
    queue = FakeQueue("a", "b", "c")
    deleted_before: list[list[str]] = []

    async def handle(message: Message) -> None:
        await asyncio.sleep(0)
        assert message.body not in queue.deleted
        deleted_before.append(list(queue.deleted))

    await consume(queue, handle, until=lambda: len(queue.deleted) == 3)
    assert sorted(queue.deleted) == ["a", "b", "c"]
    assert queue.buried == []


async def test_permanent_failures_go_to_the_dead_letters_at_once_with_their_reason() -> None:
    """No retry for what can never succeed; neighbours are not touched."""
    queue = FakeQueue("bad", "good")

    async def handle(message: Message) -> None:
        if message.body == "bad":
            raise PermanentError("no such run")

    await consume(queue, handle, until=lambda: bool(queue.buried and queue.deleted))
    assert queue.buried == [("bad", "no such run", "PermanentError")]
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
    """Neither deleted nor buried: the message is given back for later."""
    queue = FakeQueue("a")

    async def handle(_: Message) -> None:
        raise error

    await consume(queue, handle, until=lambda: bool(queue.leases))
    assert queue.deleted == []
    assert queue.buried == []
    [(body, delay_s)] = queue.leases
    assert body == "a"
    assert 1 <= delay_s <= 300


async def test_no_more_messages_are_in_hand_than_allowed() -> None:
    """Concurrency bounds the messages received, so that none waits leased and idle."""
    queue = FakeQueue(*"abcdefgh")
    in_hand = 0
    most = 0

    async def handle(_: Message) -> None:
        nonlocal in_hand, most
        in_hand += 1
        most = max(most, in_hand)
        await asyncio.sleep(0.01)
        in_hand -= 1

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

    async def refuse(message: Message, *, seconds: float) -> None:
        raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, f"{message}{seconds}")

    queue.lease = refuse  # type: ignore[method-assign] # the lease is gone

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
    monkeypatch.setattr("shared.bus.consumer.RECEIVE_RETRY_S", 0.01)
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
