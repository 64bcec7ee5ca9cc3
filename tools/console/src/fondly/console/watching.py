"""What this process looks at, and what it works at, for all its viewers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from starlette.requests import Request

from fondly.operations.dead_letters.snapshot import Snapshots
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.queues import QueueWatch
from fondly.operations.throughput import Throughput, throughput
from fondly.runtime.parallel import now_s

SNAPSHOT_S, THROUGHPUT_S = 30.0, 60.0
"""For how long a look at dead letters, or at the last 24 hours, serves all who look."""
MOST_JOBS = 50


@dataclass(eq=False)
class Job:
    """Something that takes longer than a request: what it says meanwhile, and what has come of it."""

    by: str
    lines: list[str] = field(default_factory=list)
    result: Any = None
    error: str = ""
    task: asyncio.Task[None] | None = None

    async def run(self, work: Callable[["Job"], Awaitable[Any]]) -> None:
        """Do the work; of what goes wrong, people are told what names nobody."""
        try:
            self.result = await work(self)
        except OperationError as error:
            self.error = str(error)
        except (ClientError, BotoCoreError) as error:
            self.error = f"AWS: {type(error).__name__}. Nothing is lost: begin again"


@dataclass
class Watching:
    """Looks that are shared, and jobs by name, as long as the process lives."""

    environment: Environment
    saved: dict[str, frozenset[str]] = field(default_factory=dict)
    """The dead letters of each queue that were last saved to a file, by message id."""
    jobs: dict[str, Job] = field(default_factory=dict)
    _day: tuple[float, Throughput] | None = None

    def __post_init__(self) -> None:
        self.queues = QueueWatch(self.environment)
        self.snapshots = Snapshots(self.environment, SNAPSHOT_S)

    async def day(self) -> Throughput:
        """Return what was done in the last 24 hours."""
        if self._day is None or now_s() - self._day[0] > THROUGHPUT_S:
            self._day = now_s(), await throughput(self.environment)
        return self._day[1]

    def start(self, name: str, by: str, work: Callable[[Job], Awaitable[Any]]) -> None:
        """Begin a job, unless it is under way; the oldest is forgotten when there are too many."""
        job = self.jobs.get(name)
        if job is None or job.task is None or job.task.done():
            self.jobs.pop(name, None)
            while len(self.jobs) >= MOST_JOBS:
                self.jobs.pop(next(iter(self.jobs)))
            job = self.jobs[name] = Job(by)
            job.task = asyncio.create_task(job.run(work))


def watching(request: Request) -> Watching:
    """Return what the process looks at."""
    found: Watching = request.app.state.console.watching
    return found
