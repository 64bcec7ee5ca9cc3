"""How a service opens its queue."""

import asyncio
from typing import Any, cast

import pytest

from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.service import StoppedError, open_queue


class UnresponsiveSQS:
    """A client whose calls never return."""

    async def get_queue_attributes(self, **_: object) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class FailingSQS:
    """A client whose calls fail."""

    async def get_queue_attributes(self, **_: object) -> None:
        """Fail."""
        raise LookupError("no such queue")


async def test_a_stop_does_not_wait_for_aws() -> None:
    """An unresponsive dependency does not delay a deployment."""
    stop = asyncio.Event()
    async with asyncio.timeout(1):
        asyncio.get_running_loop().call_later(0.01, stop.set)
        with pytest.raises(StoppedError):
            await open_queue(SQSQueue(cast("Any", UnresponsiveSQS()), "queue"), stop=stop)


async def test_a_queue_that_cannot_be_opened_ends_the_service() -> None:
    """The process fails and is started again from outside."""
    with pytest.raises(LookupError):
        await open_queue(SQSQueue(cast("Any", FailingSQS()), "queue"), stop=asyncio.Event())
