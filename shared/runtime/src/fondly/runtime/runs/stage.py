"""How a service does the parts of a run: each once, recorded and announced; one part closes the stage."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from types import MappingProxyType

from fondly.contracts.clock import utc_now
from fondly.contracts.events import EventData
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import emit_ai_units
from fondly.runtime.ports import Announcer
from fondly.runtime.queue.publisher import MAX_BATCH
from fondly.runtime.runs.budget import Budget, RunStoppedError
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import PartReport, Progress, Run, StageName, part_name

NOTHING: Mapping[str, int] = MappingProxyType({})
REPORT_WRITES = 1
PART_WRITES = 1
"""Adds the part to those done."""
MESSAGE_UNITS: Mapping[str, int] = {
    "sqs.requests": 2,  # received and deleted
    "dynamodb.reads": 1,  # the run
    "dynamodb.writes": 2,  # the lock, taken and released
}
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class PartResult:
    """The counts, units (without overhead) and events that the work on a part resulted in."""

    counts: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, int | Decimal] = field(default_factory=dict)
    events: Sequence[EventData] = ()


@dataclass(frozen=True)
class Stage:
    """One of the stages, for all runs.

    A part's outputs are stored first, then its report; then its events are announced, then it counts as done.
    A crash in between repeats the part, and the totals of a complete stage include every part.
    """

    name: StageName
    ledger: Ledger
    locks: Locks
    announcer: Announcer
    budget: Budget | None = None

    @asynccontextmanager
    async def lock(self, run_id: str, piece: str, *, holder: str) -> AsyncIterator[None]:
        """Let one worker at a time do a piece of the stage; `holder` is the handled message's id.

        What the body pays is the piece's. If the run's budget stops it, the body ends there and the message
        is handled: resuming the run sends another.
        """
        async with self.locks.hold(run_id, self.name, piece, holder=holder):
            tab = self.budget.tab(run_id, f"{self.name} {piece}") if self.budget else nullcontext()
            try:
                async with tab:
                    yield
            except RunStoppedError as stopped:
                log.info("stopped_by_budget", reason=str(stopped))

    async def reserve(self, run_id: str, piece: str, units: Mapping[str, int | Decimal]) -> None:
        """Reserve what a long job costs, once; raise `RunStoppedError` if the budget does not allow it."""
        if self.budget:
            await self.budget.reserve(run_id, piece, units)

    async def correct(self, run_id: str, piece: str, units: Mapping[str, int | Decimal]) -> None:
        """Replace what a long job has reserved by what it was charged for."""
        if self.budget:
            await self.budget.correct(run_id, piece, units)

    async def pass_part(
        self,
        run_id: str,
        part: int,
        *,
        holder: str,
        work: Callable[[], Awaitable[PartResult]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        """Do the part of one message unless it is done; `close` the stage if that completes it.

        A second worker waits and then finds the part done. Parts of a run that has ended are skipped; a run
        that ends meanwhile is noticed at its next part. Raises what `work` and `close` raise.
        """
        async with self.lock(run_id, part_name(part), holder=holder):
            run = await self.ledger.run(run_id)
            if not run.is_open:
                log.info("run_already_ended", status=run.status)
                return
            if part in run.stage(self.name).done:
                log.info("part_already_done")
            else:
                run = await self._do_part(run, part, work, messages=1)
            await self.ledger.close_stage(
                Progress(run=run, stage=self.name), owner=f"part-{part}", announce=close
            )

    async def pass_parts(
        self,
        run: Run,
        work: Callable[[Run, int], Awaitable[PartResult]],
        *,
        among: Collection[int] | None = None,
    ) -> None:
        """Do every remaining part in order, or those `among` some, under one lock, while the run is open."""
        for part in run.parts_to_do(self.name):
            if not run.is_open:
                return
            if among is None or part in among:
                run = await self._do_part(run, part, partial(work, run, part))

    async def record(
        self,
        run_id: str,
        name: str,
        started_at: datetime,
        result: PartResult,
        *,
        messages: int = 0,
        overhead: Mapping[str, int] = NOTHING,
    ) -> PartReport:
        """Store a report of a piece of work: its own units, its overhead and that of the messages handled."""
        per_message = {unit: amount * messages for unit, amount in MESSAGE_UNITS.items()}
        report = PartReport(
            stage=self.name,
            name=name,
            started_at=started_at,
            finished_at=utc_now(),
            counts=dict(result.counts),
            units=_sum(result.units, overhead, per_message, {"dynamodb.writes": REPORT_WRITES}),
        )
        await self.ledger.record(run_id, report)
        return report

    async def _do_part(
        self, run: Run, part: int, work: Callable[[], Awaitable[PartResult]], *, messages: int = 0
    ) -> Run:
        started_at = utc_now()
        result = await work()
        report = await self.record(
            run.run_id,
            part_name(part),
            started_at,
            result,
            messages=messages,
            overhead={"dynamodb.writes": PART_WRITES, "sns.publishes": _publishes(result.events)},
        )
        await self.announcer.announce(run.run_id, *result.events)
        run = await self.ledger.complete_part(run.run_id, self.name, part)
        emit_ai_units(report.units)
        log.info("part_done", part=part, **report.counts)
        return run


def _sum(*units: Mapping[str, int] | Mapping[str, int | Decimal]) -> dict[str, Decimal]:
    """Add the amounts of each unit; leave out units with none."""
    total: dict[str, Decimal] = {}
    for each in units:
        for unit, amount in each.items():
            total[unit] = total.get(unit, Decimal(0)) + amount
    return {unit: amount for unit, amount in total.items() if amount}


def _publishes(events: Sequence[EventData]) -> int:
    """The number of SNS calls that publish the events: ten events of one topic per call."""
    topics = [event.topic for event in events]
    return sum(-(-topics.count(topic) // MAX_BATCH) for topic in set(topics))
