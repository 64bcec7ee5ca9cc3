"""Whatever the interleaving of workers, crashes and redeliveries, a run advances once and ends one way.

The test itself runs each worker from one await to the next: before a call, and after a call but before its
response, every worker can be overtaken by others or killed.
"""

from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import coroutine
from typing import TYPE_CHECKING, TypeVar, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fondly.contracts.events import EmailFinished, EventData, RunFinished
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run, finish_run
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.runs.stage import PartResult, Stage
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.stores import InMemoryAnnouncer

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

Result = TypeVar("Result")
EXAMPLES = 300
RUN = "run-1"
SUPERSEDED = "superseded by a newer upload: run-2"
STEPS = st.integers(1, 25)
"""A message takes twenty-five if nothing is done yet."""


@coroutine
def turn() -> Generator[None, None, None]:
    """Pause, so that others can run or this worker can be killed."""
    yield


class InterruptibleAnnouncer(InMemoryAnnouncer):
    """An announcer; a worker can be killed just before and just after it publishes."""

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Keep events; without any, there is no call."""
        if events:
            await turn()
            await super().announce(run_id, *events)
            await turn()


class NoLocks(Locks):
    """Locks that never wait: the ledger must be correct without them."""

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Hold nothing."""
        assert run_id
        assert stage
        assert name
        assert holder
        yield


@dataclass
class Worker:
    """A worker's message: a part of the run, or None for the upload that supersedes it."""

    part: int | None
    working: Coroutine[None, None, None]

    def step(self) -> bool:
        """Run to the next await; return False once the message is handled."""
        try:
            self.working.send(None)
        except StopIteration:
            return False
        return True


def run_to_end(work: Coroutine[None, None, Result]) -> Result:
    """Run without interruption; return the result."""
    try:
        while True:
            work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return] # what the coroutine returned


class Deliveries(RuleBasedStateMachine):
    """The mailer's stage of one run, which ends the run, and perhaps an upload that supersedes it."""

    def __init__(self) -> None:
        super().__init__()
        dynamodb = cast("DynamoDBClient", InMemoryDynamoDB(turn))  # the operations that it uses
        self.ledger = Ledger(dynamodb, "runs")
        self.announcer = InterruptibleAnnouncer()
        locks = NoLocks(dynamodb, "runs", quiet_s=60)
        self.stage = Stage(StageName.MAILER, ledger=self.ledger, locks=locks, announcer=self.announcer)
        self.queue: list[int | None] = []
        self.workers: list[Worker] = []
        self.owners: list[int] = []

    @initialize(parts=st.integers(1, 3), superseded=st.booleans())
    def ingest(self, parts: int, *, superseded: bool) -> None:
        """Open the run and send its parts."""
        self.parts = parts
        run_to_end(self.ledger.open_run(RUN, source="s3://b/k"))
        run_to_end(self.ledger.set_parts(RUN, parts))
        self.queue += [*range(1, parts + 1), *([None] if superseded else [])]

    @rule(part=st.integers(1, 3))
    def duplicate(self, part: int) -> None:
        """SNS or SQS delivers a part once more."""
        if part <= self.parts and len(self.queue) < 2 * self.parts:
            self.queue.append(part)

    @precondition(lambda self: self.queue and len(self.workers) < 4)
    @rule(which=st.integers(0, 7), steps=STEPS)
    def receive(self, which: int, steps: int) -> None:
        """A worker receives any of the messages and starts."""
        part = self.queue.pop(which % len(self.queue))
        self.workers.append(Worker(part, self.handle(part)))
        self.advance(len(self.workers) - 1, steps)

    @precondition(lambda self: self.queue)
    @rule(which=st.integers(0, 7), steps=STEPS)
    def receive_and_die(self, which: int, steps: int) -> None:
        """A worker receives a message and is killed while handling it."""
        part = self.queue.pop(which % len(self.queue))
        worker = Worker(part, self.handle(part))
        if all(worker.step() for _ in range(steps)):
            worker.working.close()
            self.queue.append(part)

    @precondition(lambda self: self.workers)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def resume(self, which: int, steps: int) -> None:
        """A worker takes its next steps."""
        self.advance(which % len(self.workers), steps)

    @precondition(lambda self: self.workers)
    @rule(which=st.integers(0, 3))
    def kill(self, which: int) -> None:
        """A worker is killed; its message is delivered again."""
        worker = self.workers.pop(which % len(self.workers))
        worker.working.close()
        self.queue.append(worker.part)

    @invariant()
    def one_message_owns_the_announcement(self) -> None:
        """It may announce more than once."""
        assert len(set(self.owners)) <= 1

    @invariant()
    def a_run_ends_one_way(self) -> None:
        """It is never announced both as finished and as failed; repeated announcements have one id."""
        assert len(self.statuses()) <= 1
        ids = {
            event_id
            for (_, data), event_id in zip(self.announcer.announced, self.announcer.ids, strict=True)
            if isinstance(data, RunFinished)
        }
        assert len(ids) <= 1

    def teardown(self) -> None:
        """Kill all workers, then deliver every message without interruption: the run has ended."""
        while self.workers:
            self.kill(0)
        for part in self.queue:
            run_to_end(self.handle(part))
        run = run_to_end(self.ledger.run(RUN))
        assert self.statuses() == {run.status}
        if run.status is RunStatus.FINISHED:
            assert run.stage(StageName.MAILER).done == set(range(1, self.parts + 1))
        else:
            assert (run.status, run.reason) == (RunStatus.FAILED, SUPERSEDED)

    def advance(self, which: int, steps: int) -> None:
        """Run a worker; remove it once it is done."""
        worker = self.workers[which]
        if not all(worker.step() for _ in range(steps)):
            self.workers.remove(worker)

    def statuses(self) -> set[str]:
        """The statuses that the run was announced with."""
        return {event.status for event in self.announcer.of(RunFinished) if isinstance(event, RunFinished)}

    async def handle(self, part: int | None) -> None:
        """Handle a message as services do."""
        if part is None:
            await fail_run(RUN, SUPERSEDED, self.ledger, self.announcer)
            return
        await self.stage.pass_part(
            RUN,
            part,
            holder=f"m{part}",
            work=lambda: self.work(part),
            close=lambda: self.close(part),
        )

    async def work(self, part: int) -> PartResult:
        """Make the part's email."""
        await turn()
        email = EmailFinished(customer_id=f"C{part}", key="k", template_copy=False)
        return PartResult(counts={"emails": 1}, events=[email])

    async def close(self, part: int) -> None:
        """Announce that the run has finished, with the counts of every part."""
        self.owners.append(part)
        totals = await finish_run(RUN, self.ledger, self.announcer)
        assert totals.counts == {"emails": self.parts}


def test_a_run_ends_once_whatever_the_interleaving() -> None:
    """It ends with one status, is announced at least once and never gets stuck."""
    run_state_machine_as_test(
        Deliveries,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None, database=None),
    )
