"""A service is healthy as long as it could handle a message."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.errors import TransientError
from fondly.runtime import liveness
from fondly.runtime.heartbeat import (
    GIVE_UP_AFTER_S,
    UNHEALTHY_AFTER_S,
    Silence,
    UnreachableQueueError,
    heartbeat,
)
from fondly.runtime.queue.circuit import Circuit
from fondly.runtime.queue.consumer import Consumer
from fondly.runtime.queue.message import Message
from tests.support.queues import InMemoryQueue
from tests.support.virtual_time import in_virtual_time

pytestmark = pytest.mark.usefixtures("rare_looks")
GONE = ClientError({"Error": {"Code": "QueueDoesNotExist"}}, "ReceiveMessage")
DENIED = ClientError({"Error": {"Code": "AccessDenied"}}, "ReceiveMessage")


class Service:
    """A consumer with a heartbeat, in virtual time; `receive_fails` says with what, if it does."""

    def __init__(self, file: Path, *bodies: str, visibility_s: float = 30) -> None:
        self.file = file
        self.queue = InMemoryQueue(*bodies, visibility_s=visibility_s)
        self.receive_fails: Exception | None = None
        self.stop = asyncio.Event()
        self.circuit = Circuit()
        self._receive = self.queue.receive
        self.queue.receive = self._received  # type: ignore[method-assign] # may fail

    async def _received(self, *, limit: int, wait_s: int) -> list[Message]:
        if self.receive_fails:
            raise self.receive_fails
        return await self._receive(limit=limit, wait_s=wait_s)

    async def handle(self, message: Message) -> None:
        """Take as many seconds as the message says; fail if it says so."""
        if message.body == "down":
            raise TransientError("down")
        await asyncio.sleep(float(message.body))

    async def run(self) -> None:
        """Serve until the stop, as `fondly.runtime.service.serve` does."""
        silence = Silence()
        async with heartbeat(self.file, silence, stop=self.stop):
            consumer = Consumer(self.queue, self.handle, concurrency=2, circuit=self.circuit, silence=silence)
            await consumer.run(self.stop)

    async def is_beating(self) -> bool:
        """Whether the file is touched within the next few beats."""
        os.utime(self.file, (0, 0))
        await asyncio.sleep(3 * liveness.BEAT_S)
        return liveness.age_s(self.file) < liveness.MAX_AGE_S


def serving(file: Path, *bodies: str, story: Callable[[Service], object], visibility_s: float = 30) -> None:
    """Run a service and a story about it until the story ends."""

    async def main() -> None:
        service = Service(file, *bodies, visibility_s=visibility_s)
        running = asyncio.create_task(service.run())
        try:
            await story(service)  # type: ignore[misc] # a coroutine function
        finally:
            service.stop.set()
            if not running.done():
                await running

    in_virtual_time(main())


def test_a_service_beats_while_its_queue_is_empty(tmp_path: Path) -> None:
    """An empty answer is an answer, for hours."""

    async def story(service: Service) -> None:
        await asyncio.sleep(600)
        assert await service.is_beating()

    serving(tmp_path / "alive", story=story)


@pytest.mark.parametrize("error", [GONE, DENIED], ids=["gone", "denied"])
def test_a_service_that_cannot_receive_for_minutes_is_unhealthy(tmp_path: Path, error: ClientError) -> None:
    """Its queue is gone, or its role is wrong: it must not look alive; once it receives again, it is."""

    async def story(service: Service) -> None:
        await asyncio.sleep(60)
        service.receive_fails = error
        await asyncio.sleep(UNHEALTHY_AFTER_S / 2)
        assert await service.is_beating()
        await asyncio.sleep(UNHEALTHY_AFTER_S / 2 + 5)
        assert not await service.is_beating()
        service.receive_fails = None
        await asyncio.sleep(20)
        assert await service.is_beating()

    serving(tmp_path / "alive", story=story)


def test_a_service_that_cannot_receive_for_longer_ends(tmp_path: Path) -> None:
    """Docker restarts what has ended, not what is unhealthy."""

    async def main() -> float:
        service = Service(tmp_path / "alive")
        service.receive_fails = GONE
        started = asyncio.get_running_loop().time()
        async with asyncio.timeout(2 * GIVE_UP_AFTER_S):
            with pytest.raises(UnreachableQueueError):
                await service.run()
        return asyncio.get_running_loop().time() - started

    assert GIVE_UP_AFTER_S <= in_virtual_time(main()) <= GIVE_UP_AFTER_S + 30


def test_a_handler_at_work_is_a_sign_of_life(tmp_path: Path) -> None:
    """With all its handlers busy for an hour, a service receives nothing and is healthy."""

    async def story(service: Service) -> None:
        await asyncio.sleep(GIVE_UP_AFTER_S + 60)
        assert await service.is_beating()
        assert service.queue.deleted == []

    serving(tmp_path / "alive", "3600", "3600", story=story, visibility_s=60)


def test_a_planned_pause_is_no_silence(tmp_path: Path) -> None:
    """While the circuit is open, up to five minutes, a service receives nothing and is healthy."""

    async def story(service: Service) -> None:
        await asyncio.sleep(1)
        while service.circuit.remaining_s < UNHEALTHY_AFTER_S + 30:  # noqa: ASYNC110 - reads a state
            await asyncio.sleep(5)
        await asyncio.sleep(UNHEALTHY_AFTER_S)
        assert service.circuit.remaining_s > 0
        assert await service.is_beating()

    serving(tmp_path / "alive", *["down"] * 40, story=story)


def test_a_handler_whose_queue_is_gone_is_none(tmp_path: Path) -> None:
    """Its message cannot be renewed, so it is stopped, and the silence counts."""

    async def story(service: Service) -> None:
        await asyncio.sleep(1)
        service.receive_fails = GONE

        async def gone(*_: object, **__: object) -> None:
            raise GONE

        service.queue.change_visibility_batch = gone  # type: ignore[method-assign, assignment] # as the queue
        await asyncio.sleep(60 + UNHEALTHY_AFTER_S + 10)
        assert not await service.is_beating()

    serving(tmp_path / "alive", "3600", story=story, visibility_s=60)


async def test_a_file_that_cannot_be_touched_ends_the_service(tmp_path: Path) -> None:
    """The error says why, rather than a health check that fails for no reason."""
    with pytest.raises(FileNotFoundError):
        async with heartbeat(tmp_path / "missing" / "alive", Silence(), stop=asyncio.Event()):
            pass
