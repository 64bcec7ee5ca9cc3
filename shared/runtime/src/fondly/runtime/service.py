"""What every service's `__main__` does around its own wiring."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from aiobotocore.session import get_session

from fondly.runtime.aws import NewClient, client_opener
from fondly.runtime.heartbeat import Silence, heartbeat
from fondly.runtime.logs import get_logger
from fondly.runtime.process import run_main
from fondly.runtime.queue.consumer import Consumer, Handler
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.shared import DynamoDBSharedQuota
from fondly.runtime.readiness import problem_of, unanswered
from fondly.runtime.recording import recording
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.stage import Stage
from fondly.runtime.settings import ServiceSettings
from fondly.runtime.storage import DynamoDBItems, S3Objects

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_sns.client import SNSClient

Settings = TypeVar("Settings", bound=ServiceSettings)
CLIENTS = ("s3", "sqs", "sns", "dynamodb")
"""The AWS services that every service of ours calls."""
log = get_logger()


class StoppedError(Exception):
    """The service was asked to stop before it had received any message."""


@dataclass(frozen=True)
class Runtime(Generic[Settings]):
    """What every service needs, opened once; each service adds its own adapters."""

    name: str
    settings: Settings
    queue: SQSQueue
    ledger: Ledger
    locks: Locks
    objects: S3Objects
    announcer: SNSAnnouncer
    budget: Budget
    s3: "S3Client"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"
    stop: asyncio.Event
    """Set when the service is asked to stop."""
    new_client: NewClient
    """Open a client by its AWS service's name, closed at the end; keywords go to its config."""
    enter: Callable[[AbstractAsyncContextManager[Any]], Awaitable[Any]]
    """Open something else that is to be closed at the end, and return it."""

    @cached_property
    def stage(self) -> Stage:
        """The stage that the service does of every run; raise `ValueError` if it does none."""
        return Stage(
            StageName(self.name),
            ledger=self.ledger,
            locks=self.locks,
            announcer=self.announcer,
            budget=self.budget,
        )

    def items(self, table: str, *, expires: bool = True) -> DynamoDBItems:
        """Open a table by name; its items expire after the retention period, or never."""
        return DynamoDBItems(
            self.dynamodb, table, keep_days=self.settings.retention_days if expires else None
        )

    def limiter(self, api: str, *, requests_per_s: float, tokens_per_s: float = math.inf) -> Limiter:
        """Share the account's quota for an API with all tasks; its client must have `NO_SDK_RETRIES`."""
        shared = DynamoDBSharedQuota(self.dynamodb, self.settings.runs_table, api)
        return Limiter(requests_per_s, tokens_per_s=tokens_per_s, shared=shared, stop=self.stop)


MakeHandler = Callable[[Runtime[Settings]], Awaitable[Handler]]


def run_service(
    name: str, kind: type[Settings], make_handler: MakeHandler[Settings], *, process: str | None = None
) -> None:
    """Handle the messages of the service's queue until SIGTERM or SIGINT; with `--check`, none.

    A further process of the service, which has a queue of its own, has a name of its own in logs and metrics.
    """
    run_main(
        process or name,
        kind,
        module=f"fondly.{name}.{process}" if process else f"fondly.{name}",
        description="Handle the messages of a queue.",
        serve=lambda settings, stop: serve(name, settings, make_handler, stop=stop),
        check=lambda settings, stop: check(name, settings, make_handler, stop=stop),
    )


@asynccontextmanager
async def open_runtime(
    name: str, settings: Settings, *, stop: asyncio.Event
) -> AsyncIterator[Runtime[Settings]]:
    """Open clients, queue, ledger and locks; raise `StoppedError` if `stop` is set before AWS answers."""
    async with AsyncExitStack() as stack:
        new_client = client_opener(stack, validate=settings.validate_requests, session=get_session())
        s3, sqs, sns, dynamodb = [await new_client(each) for each in CLIENTS]
        objects = S3Objects(s3, settings.data_bucket)
        if settings.record_calls:
            new_client = recording(new_client, objects)
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
            name=name,
            settings=settings,
            queue=queue,
            ledger=ledger,
            locks=locks,
            objects=objects,
            announcer=announcer,
            budget=budget,
            s3=s3,
            sns=sns,
            dynamodb=dynamodb,
            stop=stop,
            new_client=new_client,
            enter=stack.enter_async_context,
        )


async def serve(
    name: str, settings: Settings, make_handler: MakeHandler[Settings], *, stop: asyncio.Event
) -> None:
    """Handle the queue's messages until `stop` is set, then finish those being handled."""
    log.info("service_started")
    with suppress(StoppedError):
        silence = Silence()
        async with (
            heartbeat(settings.liveness_file, silence, stop=stop),
            open_runtime(name, settings, stop=stop) as runtime,
        ):
            consumer = Consumer(
                runtime.queue,
                await make_handler(runtime),
                concurrency=settings.concurrency,
                wait_s=settings.receive_wait_s,
                drain_s=settings.drain_s,
                silence=silence,
            )
            await consumer.run(stop)
    log.info("service_stopped")


async def check(
    name: str, settings: Settings, make_handler: MakeHandler[Settings], *, stop: asyncio.Event
) -> str:
    """Open and wire everything as `serve` does; return what fails or does not answer, empty if nothing."""

    async def look() -> str:
        async with open_runtime(name, settings, stop=stop) as runtime:
            await make_handler(runtime)
            return await unanswered(settings, s3=runtime.s3, dynamodb=runtime.dynamodb, sns=runtime.sns)

    return await problem_of(look())


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
