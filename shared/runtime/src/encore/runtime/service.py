"""What every service's `__main__` does around its own wiring."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from encore.runtime import liveness
from encore.runtime.announcer import SNSAnnouncer
from encore.runtime.aws import CONFIG
from encore.runtime.logs import configure_logging, exporting_spans, get_logger
from encore.runtime.metrics import namespace
from encore.runtime.queue.consumer import Consumer, Handler
from encore.runtime.queue.publisher import Publisher
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.runs.budget import Budget
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.locks import Locks
from encore.runtime.runs.run import StageName
from encore.runtime.runs.stage import Stage
from encore.runtime.settings import ServiceSettings, load_settings
from encore.runtime.storage import DynamoDBItems, S3Objects

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_s3.client import S3Client

Settings = TypeVar("Settings", bound=ServiceSettings)
CLIENTS: dict[str, dict[str, Any]] = {
    "s3": {},
    "sqs": {},
    "sns": {},
    "dynamodb": {"parameter_validation": False},
}
"""The AWS services that every service of ours calls, and what sets a client's configuration apart.

Checking an item's shape takes botocore longer than encoding it, and `dynamodb_types` gave it that shape."""


class StoppedError(Exception):
    """The service was asked to stop before it had received any message."""


@dataclass(frozen=True)
class Runtime(Generic[Settings]):
    """What every service needs, opened once; each service adds its own adapters."""

    settings: Settings
    queue: SQSQueue
    ledger: Ledger
    locks: Locks
    objects: S3Objects
    announcer: SNSAnnouncer
    stage: Stage
    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    new_client: Callable[..., Awaitable[Any]]
    """Open a client by its AWS service's name, closed at the end; keywords go to its config."""

    def items(self, table: str, *, expires: bool = True) -> DynamoDBItems:
        """Open a table by name; its items expire after the retention period, or never."""
        return DynamoDBItems(
            self.dynamodb, table, keep_days=self.settings.retention_days if expires else None
        )


MakeHandler = Callable[[Runtime[Settings]], Awaitable[Handler]]
Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run_service(name: StageName, kind: type[Settings], make_handler: MakeHandler[Settings]) -> None:
    """Handle the messages of the service's queue until SIGTERM or SIGINT."""
    run_process(name, kind, lambda settings, stop: serve(name, settings, make_handler, stop=stop))


def run_process(name: str, kind: type[Settings], work: Serve[Settings]) -> None:
    """Load settings, set up logs and spans, and run `work`; SIGTERM and SIGINT set its stop event."""
    settings = load_settings(kind)
    configure_logging(service=name, level=settings.log_level)
    namespace.set(settings.metrics_namespace)
    with exporting_spans(name, endpoint=settings.otlp_endpoint):
        asyncio.run(_work(settings, work))


@asynccontextmanager
async def open_runtime(
    name: StageName, settings: Settings, *, stop: asyncio.Event
) -> AsyncIterator[Runtime[Settings]]:
    """Open clients, queue, ledger and locks; raise `StoppedError` if `stop` is set before AWS answers."""
    session: Any = get_session()
    async with AsyncExitStack() as stack:

        async def new_client(service: str, **config: Any) -> Any:  # noqa: ANN401 - clients have no common type
            merged = CONFIG.merge(AioConfig(**config)) if config else CONFIG
            return await stack.enter_async_context(session.create_client(service, config=merged))

        s3, sqs, sns, dynamodb = [await new_client(each, **config) for each, config in CLIENTS.items()]
        queue = await open_queue(SQSQueue(sqs, settings.queue_url), stop=stop)
        ledger = Ledger(dynamodb, settings.runs_table, keep_days=settings.retention_days)
        locks = Locks(
            dynamodb, settings.runs_table, quiet_s=queue.visibility_s, keep_days=settings.retention_days
        )
        announcer = SNSAnnouncer(Publisher(sns), source=name, topic_arns=settings.topic_arns)
        budget = Budget(
            dynamodb,
            settings.runs_table,
            ledger,
            usd=settings.run_budget_usd,
            keep_days=settings.retention_days,
        )
        yield Runtime(
            settings=settings,
            queue=queue,
            ledger=ledger,
            locks=locks,
            objects=S3Objects(s3, settings.data_bucket),
            announcer=announcer,
            stage=Stage(name, ledger=ledger, locks=locks, announcer=announcer, budget=budget),
            s3=s3,
            dynamodb=dynamodb,
            new_client=new_client,
        )


async def serve(
    name: StageName, settings: Settings, make_handler: MakeHandler[Settings], *, stop: asyncio.Event
) -> None:
    """Handle the queue's messages until `stop` is set, then finish those being handled."""
    async with open_runtime(name, settings, stop=stop) as runtime:
        consumer = Consumer(
            runtime.queue,
            await make_handler(runtime),
            concurrency=settings.concurrency,
            wait_s=settings.receive_wait_s,
            drain_s=settings.drain_s,
        )
        await consumer.run(stop)


async def _work(settings: Settings, work: Serve[Settings]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log = get_logger()
    log.info("service_started")
    with suppress(StoppedError):
        async with _heartbeat(settings.liveness_file):
            await work(settings, stop)
    log.info("service_stopped")


@asynccontextmanager
async def _heartbeat(file: Path | None) -> AsyncIterator[None]:
    """Keep touching the file; a blocked event loop stops doing so."""
    if file is None:
        yield
        return
    liveness.beat(file)
    heartbeat = asyncio.create_task(_keep_beating(file))
    try:
        yield
    finally:
        heartbeat.cancel()


async def _keep_beating(file: Path) -> None:
    while True:
        await asyncio.sleep(liveness.BEAT_S)
        liveness.beat(file)


async def open_queue(queue: SQSQueue, *, stop: asyncio.Event) -> SQSQueue:
    """Read the queue's attributes; raise `StoppedError` if `stop` is set first."""
    opening, stopping = asyncio.create_task(queue.open()), asyncio.create_task(stop.wait())
    await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not opening.done():
        opening.cancel()
        raise StoppedError
    await opening
    return queue
