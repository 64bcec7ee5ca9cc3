"""What every service's `__main__` does around its own wiring."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from encore.runtime import liveness
from encore.runtime.logs import configure_logging, exporting_spans, get_logger
from encore.runtime.metrics import namespace
from encore.runtime.queue.consumer import Consumer, Handler
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.settings import ServiceSettings, load_settings

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

Settings = TypeVar("Settings", bound=ServiceSettings)
Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]


class StoppedError(Exception):
    """The service was asked to stop before it had anything in hand."""


def run_service(name: str, kind: type[Settings], serve: Serve[Settings]) -> None:
    """Load settings, set up logs, and serve until SIGTERM or SIGINT asks to stop."""
    settings = load_settings(kind)
    configure_logging(service=name, level=settings.log_level)
    namespace.set(settings.metrics_namespace)
    with exporting_spans(name, endpoint=settings.otlp_endpoint):
        asyncio.run(_serve(settings, serve))


async def _serve(settings: Settings, serve: Serve[Settings]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log = get_logger()
    log.info("service_started")
    with suppress(StoppedError):
        async with _beating(settings.liveness_file):
            await serve(settings, stop)
    log.info("service_stopped")


@asynccontextmanager
async def _beating(file: Path | None) -> AsyncIterator[None]:
    """Touch the file for as long as the event loop turns: one that is blocked falls silent."""
    if file is None:
        yield
        return
    liveness.beat(file)
    beating = asyncio.create_task(_beat(file))
    try:
        yield
    finally:
        beating.cancel()


async def _beat(file: Path) -> None:
    while True:
        await asyncio.sleep(liveness.BEAT_S)
        liveness.beat(file)


async def open_queue(sqs: "SQSClient", url: str, *, stop: asyncio.Event) -> SQSQueue:
    """Return the queue, knowing its lease; raise `StoppedError` if asked to stop before AWS answers."""
    queue = SQSQueue(sqs, url)
    opening, stopping = asyncio.create_task(queue.open()), asyncio.create_task(stop.wait())
    await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not opening.done():
        opening.cancel()
        raise StoppedError
    await opening
    return queue


async def consume(
    queue: SQSQueue, handle: Handler, *, settings: ServiceSettings, stop: asyncio.Event
) -> None:
    """Handle the queue's messages until `stop`, then finish what is in hand."""
    consumer = Consumer(
        queue,
        handle,
        concurrency=settings.concurrency,
        wait_s=settings.receive_wait_s,
        drain_s=settings.drain_s,
    )
    await consumer.run(stop)
