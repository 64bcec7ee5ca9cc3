"""What is kept of a run's emails is what a recount finds, whatever happens while they go out."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.errors import TransientError
from fondly.runtime.runs.deliveries import DecisionError, Deliveries
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.kept_tallies import PREFIX, KeptTallies, PartTally
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.stage import Stage
from fondly.runtime.runs.tally import Counts, Tally, by_feedback
from fondly.sender.ports import DeferredError, InDoubtError, Key, Outgoing, QuotaSpentError, RefusedError
from fondly.sender.use_cases import deliver_part, keep_tally, part_pass
from services.sender.tests.fakes import FakeDispatches, World
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.runs import RUN, TABLE, Runs
from tests.support.tally import counts_of

EXAMPLES, STEPS, WORKERS = 50, 50, 3
SIZES = (6,)
GROUP = 2
LATE_TURNS, TURNS = 120, 600
"""How long a request takes at most, and more than all of a worker's take."""
ANSWERS = (DeferredError("later"), RefusedError("no"), InDoubtError("?"), QuotaSpentError("0"))
ENDS = {DeliveryStatus.DONE, DeliveryStatus.REJECTED}
Message = tuple[int, tuple[str, ...]]
"""A part, or those of its emails that were in doubt."""


class OvertakenLocks(Locks):
    """Locks that let the next worker in as soon as one is killed: its last requests arrive after that."""

    pieces: dict[str, asyncio.Lock]

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Hold a lock of this process."""
        assert (run_id, stage, holder) == (RUN, StageName.SENDER, "m")
        async with self.pieces.setdefault(name, asyncio.Lock()):
            yield


class LateTable(InMemoryDynamoDB):
    """A table at which tallies arrive late, and whoever has sent them may be dead by then."""

    late: Callable[[], Awaitable[None]]

    async def transact_write_items(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as DynamoDB's client
        """Write items, whatever becomes of the caller."""
        writing = asyncio.create_task(self._write_late(**request))
        writing.add_done_callback(lambda done: done.exception())  # nobody may be there to take it
        return await asyncio.shield(writing)

    async def _write_late(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        if request["TransactItems"][0]["Put"]["Item"]["item"]["S"].startswith(PREFIX):
            await self.late()
        return await super().transact_write_items(**request)


class LateDispatches(FakeDispatches):
    """Records of emails that take long to arrive."""

    late: Callable[[], Awaitable[None]]

    async def record(self, dispatches: Sequence[Dispatch]) -> set[Key]:
        """Record what came of emails."""
        await self.late()
        return await super().record(dispatches)


class Storm(World):
    """A run that goes out while workers are killed, messages come twice, and readers answer."""

    def __init__(self, random: Random) -> None:
        super().__init__(*SIZES)
        self.random = random
        self.transport.answer = self._answer
        table = LateTable(self.moment)
        self.runs = Runs(table=table)
        self.deliveries = Deliveries(self.runs.dynamodb, TABLE)
        self.dispatches = LateDispatches(self.contacts)
        table.late = self.dispatches.late = self.late
        self.locks = OvertakenLocks(self.runs.dynamodb, TABLE, quiet_s=60)
        self.locks.pieces = {}
        self.feedback = Counts()
        self.messages: list[Message] = []
        self.hidden: list[asyncio.Task[None]] = []
        self.workers: dict[asyncio.Task[None], Message] = {}

    @property
    def stage(self) -> Stage:
        """The sender's, with these locks."""
        announcer, ledger = self.announcer, self.runs.ledger
        return Stage(StageName.SENDER, ledger=ledger, locks=self.locks, announcer=announcer)

    async def moment(self) -> None:
        """Let others go first, or not."""
        for _ in range(self.random.choice((0, 1, 2))):
            await asyncio.sleep(0)

    async def late(self) -> None:
        """Let others do much first, or not."""
        for _ in range(self.random.choice((0, 0, LATE_TURNS))):
            await asyncio.sleep(0)

    def _answer(self, _: Outgoing) -> None:
        if self.random.random() < 0.4:
            raise self.random.choice(ANSWERS)

    async def handle(self, message: Message) -> None:
        """Handle a message as the service does."""
        part, doubted = message
        if doubted:
            await self.resolve_doubts.run(RUN, part, doubted, holder="m")
        else:
            await self.deliver.run(RUN, part, holder="m")

    async def step(self) -> None:
        """Let something happen."""
        await self.random.choice((self.start, self.start, self.end, self.report, self.report, self.decide))()
        for _ in range(self.random.choice((0, 4, 16))):
            await asyncio.sleep(0)

    async def start(self) -> None:
        """Receive a message, which may come once more."""
        await self.release.run(RUN, (await self.deliveries.get(RUN)).attempt)
        self.messages += [(part, ()) for part in self.polls.parts]
        self.polls.parts = []
        if self.messages and len(self.workers) < WORKERS:
            message = self.random.choice(self.messages)
            if self.random.random() < 0.8:
                self.messages.remove(message)
            self.workers[asyncio.create_task(self.handle(message))] = message

    async def end(self, *, killed: float = 0.6) -> None:
        """Kill a worker, or wait for it; what fails comes again."""
        if not self.workers:
            return
        task = self.random.choice(list(self.workers))
        if self.random.random() < killed:
            task.cancel()
        with suppress(asyncio.CancelledError, TransientError):
            await task
        message = self.workers.pop(task)
        if task.cancelled() or task.exception():
            self.hidden.append(asyncio.create_task(self.come_back(message)))

    async def come_back(self, message: Message) -> None:
        """Deliver a message once more: by then all that its worker has sent has arrived."""
        await self.drain()
        self.messages.append(message)

    async def drain(self) -> None:
        """Let everything arrive that is on the way."""
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def report(self) -> None:
        """Note a click, or what came back, in one transaction with its count, if nobody has been faster."""
        if not self.dispatches.items:
            return
        key = self.random.choice(list(self.dispatches.items))
        before = self.dispatches.items[key]
        await self.moment()
        if self.dispatches.items[key] == before and (after := self._reported(before)) != before:
            self.dispatches.items[key] = after
            self.feedback.update(by_feedback(after))
            self.feedback.subtract(by_feedback(before))

    def _reported(self, found: Dispatch) -> Dispatch:
        if found.outcome in {Outcome.SENDING, Outcome.IN_DOUBT} and self.random.random() < 0.5:
            return found.model_copy(update={"outcome": Outcome.SENT, "proved_from": found.outcome})
        if found.outcome not in {Outcome.SENT, Outcome.IN_DOUBT}:
            return found
        if self.random.random() < 0.5:
            return found.model_copy(update={"clicked_at": self.time})
        if found.outcome is Outcome.IN_DOUBT:
            return found
        return found.model_copy(update={"bounced": self.random.choice(("soft", "hard", "complaint"))})

    async def decide(self) -> None:
        """Pause the delivery, or go on with it."""
        status = (await self.deliveries.get(RUN)).status
        if status in {DeliveryStatus.PAUSED, DeliveryStatus.APPROVED}:
            act = Act.RESUME if status is DeliveryStatus.PAUSED else Act.PAUSE
            with suppress(DecisionError):  # its last email may be faster
                await self.deliveries.decide(RUN, act, by="somebody")
        self.time += timedelta(hours=self.random.choice((0, 2)))

    async def calm_down(self, *, rejected: bool) -> None:
        """Handle every message that is left, and those about doubts, which come late."""
        while self.workers:
            await self.end(killed=0)
        await asyncio.gather(*self.hidden)
        status = (await self.deliveries.get(RUN)).status
        if rejected and status not in ENDS:
            await self.deliveries.decide(RUN, Act.REJECT, by="somebody")
        elif status is DeliveryStatus.PAUSED:
            await self.deliveries.decide(RUN, Act.RESUME, by="somebody")
        while self.messages or self.workers or (await self.deliveries.get(RUN)).status not in ENDS:
            self.time += timedelta(hours=5)
            await self.start()
            await self.end(killed=0)
            await asyncio.gather(*self.hidden)
        self.messages = [(part, doubted) for part, doubted, _ in self.polls.doubts]
        while self.messages or self.workers:
            await self.start()
            await self.end(killed=0)
            await asyncio.gather(*self.hidden)

    async def kept(self) -> Tally:
        """What is kept by the sender, and by the feedback process."""
        tallies, parts = self.keep_tally.tallies, range(1, len(SIZES) + 1)
        kept = [Counts((await tallies.of_part(RUN, part)).counts) for part in parts]
        assert await tallies.of_run(RUN) == Tally.of_counts(sum(kept, Counts()))
        return Tally.of_counts(sum(kept, Counts(self.feedback)))


@settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate])
@given(random=st.randoms(use_true_random=False), rejected=st.booleans())
def test_what_is_kept_is_what_a_recount_finds(random: Random, *, rejected: bool) -> None:
    """Amid kills, late requests, messages that come twice, two workers, pauses, and reports of readers."""

    async def storm() -> None:
        world = Storm(random)
        await world.open()
        for _ in range(random.randint(4, STEPS)):
            await world.step()
        await world.calm_down(rejected=rejected)
        kept, found = await world.kept(), world.dispatches.items.values()
        assert kept == Tally.of_counts(counts_of(*found))
        assert kept.outcomes == Counter(each.outcome for each in found)

    with small_groups():
        asyncio.run(storm())


@contextmanager
def small_groups() -> Iterator[None]:
    """Look up two emails at a time."""
    with ExitStack() as stack:
        for module in (deliver_part, keep_tally, part_pass):
            stack.enter_context(patch.object(module, "LOOKED_UP_AT_ONCE", GROUP))
        yield


class DiedError(BaseException):
    """The process is gone: nothing in it can catch this."""


async def test_what_a_dead_pass_has_changed_is_counted_even_if_the_next_one_gets_less_far() -> None:
    """The first dies in the second group; the next one stops in the first."""
    world = World(4)
    await world.open()
    answers: dict[str, BaseException] = {"c1": DeferredError("later"), "c3": DiedError()}

    def answer(email: Outgoing) -> None:
        if error := answers.get(email.customer_id):
            raise error

    world.transport.answer = answer
    with small_groups():
        with pytest.raises(DiedError):
            await world.deliver.run(RUN, 1, holder="m")
        answers["c1"] = QuotaSpentError("no more today")
        world.time += timedelta(hours=1)
        await world.deliver.run(RUN, 1, holder="m")
    assert world.outcomes() == {"waiting": 1, "sent": 2, "sending": 1}
    assert (await world.deliveries.tally(RUN)).outcomes == world.outcomes()


async def test_a_doubt_that_is_recorded_after_its_part_was_counted_is_counted_too() -> None:
    """The run was paused meanwhile, and its part counted while the email was still being sent."""
    world = World(1)
    await world.open()

    def die(_: Outgoing) -> None:
        raise DiedError

    world.transport.answer = die
    with pytest.raises(DiedError):
        await world.deliver.run(RUN, 1, holder="m")
    await world.deliveries.decide(RUN, Act.PAUSE, by="somebody")
    await world.deliver.run(RUN, 1, holder="m")
    [(part, doubted, _)] = world.polls.doubts
    [sending] = world.dispatches.items.values()
    await world.dispatches.record([sending.model_copy(update={"outcome": Outcome.IN_DOUBT})])
    await world.resolve_doubts.run(RUN, part, doubted, holder="m")
    assert (await world.deliveries.tally(RUN)).outcomes == world.outcomes() == {"in_doubt": 1}


async def test_who_has_lost_the_lock_replaces_no_tally() -> None:
    """Whatever it has counted is older than what the next holder counts."""
    tallies = KeptTallies(Runs().dynamodb, TABLE)
    sent = {"outcomes.sent": 2}
    first = await tallies.replace(RUN, 1, PartTally(), counts={}, is_open=True)
    latest = await tallies.replace(RUN, 1, first, counts=sent, is_open=False)
    for late in (PartTally(), first):
        with pytest.raises(TransientError):
            await tallies.replace(RUN, 1, late, counts={}, is_open=False)
    assert await tallies.of_part(RUN, 1) == latest
    assert await tallies.of_run(RUN) == Tally.of_counts(Counts(sent))
