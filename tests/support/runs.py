"""The real ledger and locks on an in-memory table, for tests of handlers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from fondly.runtime.ports import Announcer
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.latest import LatestRuns
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import PartReport, Progress, Run, StageName
from fondly.runtime.runs.stage import Stage
from fondly.runtime.runs.state import ServiceState
from tests.support.dynamodb import InMemoryDynamoDB

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

TABLE = "runs"
RUN = "run-0123456789abcdef"
START = datetime(2026, 1, 1, tzinfo=UTC)
QUIET_S = 30.0
"""A waiting worker reads a lock every twelfth of this."""


class RecordingLocks(Locks):
    """The real locks, which also list what was locked, in order, as (piece, holder)."""

    held: list[tuple[str, str]]

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Hold the lock and record it."""
        async with super().hold(run_id, stage, name, holder=holder):
            self.held.append((name, holder))
            yield


class Runs:
    """An in-memory runs table and everything that reads and writes it."""

    def __init__(self, *, budget_usd: Decimal | None = None, table: InMemoryDynamoDB | None = None) -> None:
        self.table = table or InMemoryDynamoDB()
        self.dynamodb = cast("DynamoDBClient", self.table)
        self.ledger = Ledger(self.dynamodb, TABLE)
        self.locks = RecordingLocks(self.dynamodb, TABLE, quiet_s=QUIET_S)
        self.locks.held = []
        self.latest = LatestRuns(self.dynamodb, TABLE)
        self.budget = Budget(self.dynamodb, TABLE, self.ledger, usd=budget_usd)

    def stage(self, name: StageName, announcer: Announcer) -> Stage:
        """A stage on this table."""
        return Stage(name, ledger=self.ledger, locks=self.locks, announcer=announcer, budget=self.budget)


def with_state(run: Run, state: ServiceState) -> Run:
    """Return the run with a service's state."""
    return run.model_copy(update={"states": {**run.states, state.stage: state.stored()}})


async def finish_part(ledger: Ledger, run_id: str, part: int, report: PartReport) -> Progress:
    """Record a part's report and the part as done, as `Stage` does."""
    await ledger.record(run_id, report)
    return Progress(run=await ledger.complete_part(run_id, report.stage, part), stage=report.stage)


def a_report(stage: StageName, part: int = 1, **counts: int) -> PartReport:
    """Return the report of a part."""
    return PartReport(stage=stage, name=f"part-{part:05}", started_at=START, finished_at=START, counts=counts)
