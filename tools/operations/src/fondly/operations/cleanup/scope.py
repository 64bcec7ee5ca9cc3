"""What a clean-up is about, and the clients that it needs besides the environment's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fondly.operations.cleanup.report import Report
from fondly.operations.environment import Environment, is_aws, open_client
from fondly.runtime.clients import PersonalizeClient

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 15.0
RUNS = "runs/"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Everything of an environment, or what one run has made; `dry_run` only counts."""

    environment: Environment
    personalize: PersonalizeClient
    bucket: str
    run_id: str | None = None
    dry_run: bool = False
    timeout_s: float = 3_600.0
    dataset_groups: frozenset[str] = frozenset()
    """Dataset groups that carry no tag of this environment, but are its own all the same."""
    keeps_infrastructure: bool = False
    """Leave queues, topics, tables and buckets, whoever made them."""
    report: Report = field(default_factory=Report)
    tell: Callable[[str], None] = lambda _: None
    """Called with a line for people when something long begins."""

    @property
    def folder(self) -> str:
        """The part of the bucket that the clean-up is about: all of it, or a run's."""
        return f"{RUNS}{self.run_id}/" if self.run_id else ""

    @property
    def on_aws(self) -> bool:
        """False for an emulator."""
        return bool(is_aws(self.environment.sqs.meta.endpoint_url))


@asynccontextmanager
async def open_scope(environment: Environment, **options: Any) -> AsyncIterator[Scope]:  # noqa: ANN401 - Scope's own
    """Open Personalize's client; endpoints and credentials are those of the AWS SDK."""
    async with open_client("personalize", environment.region) as personalize:
        bucket = await environment.bucket()
        yield Scope(environment=environment, personalize=personalize, bucket=bucket, **options)


async def pauses(timeout_s: float) -> AsyncIterator[None]:
    """Yield at once and then after longer and longer pauses, until the time is over."""
    loop, pause_s = asyncio.get_running_loop(), FIRST_PAUSE_S
    ends_at = loop.time() + timeout_s
    while True:
        yield
        if loop.time() + pause_s > ends_at:
            return
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
