"""The jobs of one kind, and what is running of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from understudy.job_store import JobStore
    from understudy.wire.service import Params


class Storable(Protocol):
    """A job as far as it is kept: `number` counts those of its kind."""

    number: int
    id: str

    def stored(self) -> Params:
        """Return what the job is made of again."""
        ...


Job = TypeVar("Job", bound=Storable)


def now_in_ms() -> datetime:
    """Return the time in whole milliseconds, as clients see it, so that they can filter by it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1_000 * 1_000)


class JobList(Generic[Job]):
    """Keeps jobs in the store, finds them again, and runs them on one event loop."""

    def __init__(self, store: JobStore, *, kind: str) -> None:
        self._store = store
        self._kind = kind
        self._jobs: dict[str, Job] = {}
        self._by_token: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def jobs(self) -> Sequence[Job]:
        """Every job, the oldest first."""
        return list(self._jobs.values())

    def submitted_with(self, token: str | None) -> Job | None:
        """Return the job that was submitted with a client's token."""
        return self._by_token.get(token) if token else None

    async def close(self) -> None:
        """Abandon all jobs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, job: Job, token: str | None) -> None:
        """Store a new job, and add it."""
        self._store.put(self._kind, job.number, job.stored(), token)
        self._add(job, token)

    def _keep_change(self, job: Job) -> None:
        self._store.put(self._kind, job.number, job.stored())

    def _add(self, job: Job, token: str | None) -> None:
        self._jobs[job.id] = job
        if token:
            self._by_token[token] = job

    def _run(self, life: Coroutine[None, None, None]) -> None:
        """Let a job's life go on in the background."""
        task = asyncio.ensure_future(life)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
