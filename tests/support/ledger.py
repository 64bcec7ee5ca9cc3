"""The ledger and what lies beside it, in dictionaries."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from encore.contracts.errors import PermanentError
from encore.runtime.runs.latest import Newest
from encore.runtime.runs.run import PartReport, Progress, Run, RunStatus, StageName

START = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryLedger:
    """A ledger in dictionaries."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._reports: dict[tuple[str, str, str], PartReport] = {}

    async def open_run(self, run_id: str, *, source: str) -> Run:
        """Create the run, or return it."""
        return self._runs.setdefault(run_id, Run(run_id=run_id, source=source, created_at=START))

    async def run(self, run_id: str) -> Run:
        """Return the run; raise `PermanentError` when there is none."""
        if run_id not in self._runs:
            raise PermanentError(f"no run {run_id} in the ledger")
        return self._runs[run_id]

    async def find(self, run_id: str) -> Run | None:
        """Return the run, or None."""
        return self._runs.get(run_id)

    async def set_parts(self, run_id: str, parts: int) -> None:
        """Record how many parts the run has."""
        self._change(run_id, parts=parts)

    async def finish_part(self, run_id: str, part: int, report: PartReport) -> Progress:
        """Record a part as done."""
        await self.record(run_id, report)
        state = self._runs[run_id].stage(report.stage)
        run = self._change_stage(run_id, report.stage, done=state.done | {part})
        return Progress(run=run, stage=report.stage)

    async def record(self, run_id: str, report: PartReport) -> None:
        """Store a report, replacing one of the same stage and name."""
        self._reports[run_id, report.stage, report.name] = report

    async def reports(self, run_id: str) -> list[PartReport]:
        """Every report of the run."""
        return [report for (owner, _, _), report in self._reports.items() if owner == run_id]

    async def close_stage(
        self, progress: Progress, *, cause: str, announce: Callable[[], Awaitable[None]]
    ) -> None:
        """Let exactly one cause announce a complete stage of an open run."""
        run_id, stage = progress.run.run_id, progress.stage
        run = self._runs[run_id]
        state = run.stage(stage)
        if not progress.complete or state.announced or not run.is_open:
            return
        if state.reached_by not in {None, cause}:
            return
        self._change_stage(run_id, stage, reached_by=cause)
        await announce()
        self._change_stage(run_id, stage, announced=True)

    async def set_step(self, run_id: str, **values: str) -> Run:
        """Merge named strings into the run's step state."""
        return self._change(run_id, step={**self._runs[run_id].step, **values})

    async def finish(self, run_id: str) -> None:
        """Record the run as finished."""
        self._end(run_id, RunStatus.FINISHED, None)

    async def fail(self, run_id: str, reason: str) -> bool:
        """Record the run as failed; False when it had ended or its last stage was reached."""
        if self._runs[run_id].stage(StageName.MAILER).reached_by:
            return False
        return self._end(run_id, RunStatus.FAILED, reason)

    def _end(self, run_id: str, status: RunStatus, reason: str | None) -> bool:
        if not self._runs[run_id].is_open:
            return False
        self._change(run_id, status=status, reason=reason, finished_at=START)
        return True

    def _change(self, run_id: str, **values: object) -> Run:
        self._runs[run_id] = self._runs[run_id].model_copy(update=values)
        return self._runs[run_id]

    def _change_stage(self, run_id: str, stage: StageName, **values: object) -> Run:
        run = self._runs[run_id]
        state = run.stage(stage).model_copy(update=values)
        return self._change(run_id, stages={**run.stages, stage: state})


class InMemoryLocks:
    """Locks that are locks of this process; `held` lists those taken, in order."""

    def __init__(self) -> None:
        self._locks: defaultdict[tuple[str, str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self.held: list[tuple[str, str]] = []

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Hold the lock for the body."""
        async with self._locks[run_id, stage, name]:
            self.held.append((name, holder))
            yield


class MemoryJournal:
    """Results of paid calls in a dictionary."""

    def __init__(self) -> None:
        self.results: defaultdict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)

    async def keep(self, run_id: str, stage: StageName, name: str, results: Mapping[str, str]) -> None:
        """Keep what one call gave."""
        self.results[run_id, stage, name].update(results)

    async def kept(self, run_id: str, stage: StageName, name: str) -> dict[str, str]:
        """Everything kept for a part."""
        return dict(self.results[run_id, stage, name])


class MemoryNewest:
    """The newest run of each source in a dictionary."""

    def __init__(self) -> None:
        self.runs: dict[str, Newest] = {}

    async def get(self, source: str) -> Newest:
        """The source's newest run."""
        return self.runs.get(source, Newest())

    async def move(self, source: str, run_id: str, *, after: Newest) -> bool:
        """Move the pointer, unless it has moved."""
        if await self.get(source) != after:
            return False
        self.runs[source] = Newest(run_id, after.turn + 1)
        return True
