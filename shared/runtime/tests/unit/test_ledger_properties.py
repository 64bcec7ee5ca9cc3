"""Any interleaving of workers, crashes, redeliveries and a replacement moves a run on exactly once.

Workers are driven by hand, from one await to the next: before a call is made, and after it was made but not
yet answered, every worker can be overtaken by the others or killed.
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

from encore.contracts.events import EmailFinished, EventData, RunFinished
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.lifecycle import fail_run, finish_run
from encore.runtime.runs.locks import Locks
from encore.runtime.runs.run import RunStatus, StageName
from encore.runtime.runs.stage import PartResult, Stage
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.stores import InMemoryAnnouncer

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

Result = TypeVar("Result")
EXAMPLES = 300
RUN = "run-1"
REPLACED = "replaced by a newer upload: run-2"
STEPS = st.integers(1, 19)
"""A message takes nineteen when nothing is done yet."""


@coroutine
def turn() -> Generator[None, None, None]:
    """Let the others go on, or die."""
    yield


class InterruptibleAnnouncer(InMemoryAnnouncer):
    """Topics that a worker can die on the way to, and on the way back from."""

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Keep events; without any, nothing is called."""
        if events:
            await turn()
            await super().announce(run_id, *events)
            await turn()


class NoLocks(Locks):
    """Nobody waits for anybody: the ledger must be right without."""

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Let everybody in."""
        assert run_id
        assert stage
        assert name
        assert holder
        yield


@dataclass
class Worker:
    """A message in hand: a part of the run, or None for the upload that replaces it."""

    part: int | None
    working: Coroutine[None, None, None]

    def go_on(self) -> bool:
        """Go to the next await; False when the message is done with."""
        try:
            self.working.send(None)
        except StopIteration:
            return False
        return True


def finished(work: Coroutine[None, None, Result]) -> Result:
    """Do the work undisturbed."""
    try:
        while True:
            work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return] # what the coroutine returned


class Deliveries(RuleBasedStateMachine):
    """The mailer's stage of one run, which ends the run, and perhaps an upload that replaces it."""

    def __init__(self) -> None:
        super().__init__()
        dynamodb = cast("DynamoDBClient", InMemoryDynamoDB(turn))  # as much of a client as it needs
        self.ledger = Ledger(dynamodb, "runs")
        self.announcer = InterruptibleAnnouncer()
        locks = NoLocks(dynamodb, "runs", quiet_s=60)
        self.stage = Stage(StageName.MAILER, ledger=self.ledger, locks=locks, announcer=self.announcer)
        self.queue: list[int | None] = []
        self.workers: list[Worker] = []
        self.owners: list[int] = []

    @initialize(parts=st.integers(1, 3), replaced=st.booleans())
    def ingest(self, parts: int, *, replaced: bool) -> None:
        """Open the run and tell of its parts."""
        self.parts = parts
        finished(self.ledger.open_run(RUN, source="s3://b/k"))
        finished(self.ledger.set_parts(RUN, parts))
        self.queue += [*range(1, parts + 1), *([None] if replaced else [])]

    @rule(part=st.integers(1, 3))
    def duplicate(self, part: int) -> None:
        """SNS or SQS delivers a part twice."""
        if part <= self.parts and len(self.queue) < 2 * self.parts:
            self.queue.append(part)

    @precondition(lambda self: self.queue and len(self.workers) < 4)
    @rule(which=st.integers(0, 7), steps=STEPS)
    def receive(self, which: int, steps: int) -> None:
        """A worker takes a message, in any order, and begins."""
        part = self.queue.pop(which % len(self.queue))
        self.workers.append(Worker(part, self.handle(part)))
        self.advance(len(self.workers) - 1, steps)

    @precondition(lambda self: self.queue)
    @rule(which=st.integers(0, 7), steps=STEPS)
    def receive_and_die(self, which: int, steps: int) -> None:
        """A worker takes a message and is killed at it."""
        part = self.queue.pop(which % len(self.queue))
        worker = Worker(part, self.handle(part))
        if all(worker.go_on() for _ in range(steps)):
            worker.working.close()
            self.queue.append(part)

    @precondition(lambda self: self.workers)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def go_on(self, which: int, steps: int) -> None:
        """A worker does its next steps."""
        self.advance(which % len(self.workers), steps)

    @precondition(lambda self: self.workers)
    @rule(which=st.integers(0, 3))
    def kill(self, which: int) -> None:
        """A worker dies where it stands; its message comes back."""
        worker = self.workers.pop(which % len(self.workers))
        worker.working.close()
        self.queue.append(worker.part)

    @invariant()
    def one_cause_owns_the_announcement(self) -> None:
        """However many announce it."""
        assert len(set(self.owners)) <= 1

    @invariant()
    def a_run_ends_one_way(self) -> None:
        """Nobody ever hears that it finished and that it failed; the same ending has the same id."""
        assert len(self.endings()) <= 1
        ids = {
            identity
            for (_, data), identity in zip(self.announcer.announced, self.announcer.ids, strict=True)
            if isinstance(data, RunFinished)
        }
        assert len(ids) <= 1

    def teardown(self) -> None:
        """All are killed once more; then every message is delivered undisturbed, and the run has ended."""
        while self.workers:
            self.kill(0)
        for part in self.queue:
            finished(self.handle(part))
        run = finished(self.ledger.run(RUN))
        assert self.endings() == {run.status}
        if run.status is RunStatus.FINISHED:
            assert run.stage(StageName.MAILER).done == set(range(1, self.parts + 1))
        else:
            assert (run.status, run.reason) == (RunStatus.FAILED, REPLACED)

    def advance(self, which: int, steps: int) -> None:
        """Let a worker go on, and forget it when it is done."""
        worker = self.workers[which]
        if not all(worker.go_on() for _ in range(steps)):
            self.workers.remove(worker)

    def endings(self) -> set[str]:
        """How the run was announced to have ended."""
        return {event.status for event in self.announcer.of(RunFinished) if isinstance(event, RunFinished)}

    async def handle(self, part: int | None) -> None:
        """Handle a message as services do."""
        if part is None:
            await fail_run(RUN, REPLACED, self.ledger, self.announcer)
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


def test_any_interleaving_reaches_each_stage_once_and_nothing_stays_stuck() -> None:
    """The run ends, once and one way, and whoever listens hears of it at least once."""
    run_state_machine_as_test(
        Deliveries,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None, database=None),
    )
