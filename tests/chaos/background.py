"""The proxy in a thread of its own, for tests whose stack outlives their event loops."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from queue import SimpleQueue

from aiobotocore.session import get_session

from fondly.stack.provision import Resources
from tests.chaos.faults import FaultPlan, Odds
from tests.chaos.like_aws import LikeAWS, table_keys
from tests.chaos.messages import MessageFaults
from tests.chaos.proxy import FaultProxy
from tests.chaos.tally import Tally

MAX_VISIBILITY_S = 43_200
"""SQS's own maximum: no visibility timeout is cut short."""
COPY_DELAY_S = 1
EVERY_DAY = Odds(duplicated=0.1)
"""What happens without any fault: a message comes twice."""


@contextmanager
def like_aws(resources: Resources, *, emulator: str, understudy: str) -> Iterator[str]:
    """Serve the emulator as AWS would behave, without faults; yields the address.

    Messages come out of order, and some of them twice.
    """
    ready: SimpleQueue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event] | BaseException] = SimpleQueue()

    async def serve() -> None:
        async with AsyncExitStack() as opened:
            sqs = await opened.enter_async_context(get_session().create_client("sqs", endpoint_url=emulator))
            tally, plan, stop = Tally(), FaultPlan(0, EVERY_DAY), asyncio.Event()
            messages = MessageFaults(
                sqs, plan, tally, max_hidden_s=MAX_VISIBILITY_S, max_copy_delay_s=COPY_DELAY_S
            )
            proxy = FaultProxy(
                emulator=emulator,
                understudy=understudy,
                plan=plan,
                messages=messages,
                tally=tally,
                like_aws=LikeAWS(table_keys(resources), tally),
            )
            address = await opened.enter_async_context(proxy.serving())
            ready.put((address, asyncio.get_running_loop(), stop))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised where the proxy is waited for
            ready.put(error)

    thread = threading.Thread(target=run, name="like-aws", daemon=True)
    thread.start()
    started = ready.get()
    if isinstance(started, BaseException):
        raise started
    address, loop, stop = started
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
