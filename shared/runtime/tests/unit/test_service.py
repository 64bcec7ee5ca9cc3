"""What a service does between its start and its first message."""

import asyncio
from typing import Any, cast

import pytest

from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.service import StoppedError, open_queue


class SilentSqs:
    """A client whose calls get no answer."""

    async def get_queue_attributes(self, **_: object) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class BrokenSqs:
    """A client that has no queue."""

    async def get_queue_attributes(self, **_: object) -> None:
        """Fail."""
        raise LookupError("no such queue")


async def test_asked_to_stop_a_service_does_not_wait_for_aws() -> None:
    """A dependency that does not answer holds up no deployment."""
    stop = asyncio.Event()
    async with asyncio.timeout(1):
        asyncio.get_running_loop().call_later(0.01, stop.set)
        with pytest.raises(StoppedError):
            await open_queue(SQSQueue(cast("Any", SilentSqs()), "queue"), stop=stop)


async def test_a_queue_that_cannot_be_opened_ends_the_service() -> None:
    """The failure is the process's, which whoever runs it starts again."""
    with pytest.raises(LookupError):
        await open_queue(SQSQueue(cast("Any", BrokenSqs()), "queue"), stop=asyncio.Event())
