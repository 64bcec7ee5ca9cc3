"""Whatever happens to the workers of a part: one at a time is at it, and nobody waits for ever.

The event loop's time is virtual: where it would wait, its clock leaps.
"""

import asyncio
import selectors
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from hypothesis import given, settings
from hypothesis import strategies as st

from encore.runtime.runs.locks import BEATS_PER_QUIET, MISSED_BEATS, RELEASE_S, LockLostError, Locks
from encore.runtime.runs.run import StageName
from tests.support.dynamodb import InMemoryDynamoDB, Item

QUIET_S = 6.0
CALL_S = 0.01
MAX_WORK_S = 20.0


class Leaping(selectors.SelectSelector):
    """A selector that never waits, but tells how long it would have."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Leap to when something is due."""
        assert timeout is not None, "everybody waits for ever"
        self.now_s += max(timeout, 0.0)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock leaps."""

    def __init__(self) -> None:
        self._leaping = Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Virtual seconds."""
        return self._leaping.now_s


class Fate(Enum):
    """What happens to a worker at some moment of its work."""

    NOTHING = "nothing"
    FAILS = "fails"
    STOPPED = "stopped"  # its lease is lost, or the service shuts down
    KILLED = "killed"
    CUT_OFF = "cut off"  # it works on, but none of its calls gets through


class BrokenError(Exception):
    """The work failed."""


@dataclass(frozen=True)
class Delivery:
    """A message about the part, and what becomes of its worker after so long."""

    start_s: float
    work_s: float
    fate: Fate
    after_s: float


class Line:
    """One worker's line to DynamoDB: each way takes a moment, and nothing gets through once it is cut."""

    def __init__(self, items: dict[tuple[str, str], Item]) -> None:
        self.dynamodb = InMemoryDynamoDB(self._pass)
        self.dynamodb.items = items
        self.is_cut = False

    async def _pass(self) -> None:
        await asyncio.sleep(1e9 if self.is_cut else CALL_S)


@dataclass
class Part:
    """The part that all are about."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    is_done: bool = False
    done: int = 0
    begun: int = 0
    at_it: set[str] = field(default_factory=set)
    most: int = 0

    async def deliver(self, message: str, delivery: Delivery) -> None:
        """Handle a message until its worker's fate, and then once more, undisturbed."""
        await asyncio.sleep(delivery.start_s)
        line = Line(self.items)
        working = asyncio.create_task(self.handle(message, line, delivery))
        if delivery.fate in {Fate.NOTHING, Fate.FAILS}:
            with suppress(BrokenError):
                await working
        else:
            await asyncio.wait({working}, timeout=delivery.after_s)
            await self.meet(delivery.fate, message, working, line)
        await self.handle(message, Line(self.items), Delivery(0, delivery.work_s, Fate.NOTHING, 0))

    async def meet(self, fate: Fate, message: str, working: asyncio.Task[None], line: Line) -> None:
        """Do to a worker what is to be done, and wait as long as its message would stay hidden."""
        line.is_cut = fate is not Fate.STOPPED
        if fate is Fate.CUT_OFF:
            await asyncio.wait({working}, timeout=QUIET_S + CALL_S)
            assert message not in self.at_it, "it should have stopped itself"
        elif fate is Fate.KILLED:
            self.at_it.discard(message)
        working.cancel()
        with suppress(asyncio.CancelledError, LockLostError):
            await working
        await asyncio.sleep(QUIET_S if fate is Fate.KILLED else 0)

    async def handle(self, message: str, line: Line, delivery: Delivery) -> None:
        """Do the part's work unless it is done."""
        locks = Locks(line.dynamodb, "runs", quiet_s=QUIET_S)  # type: ignore[arg-type] # as much of a client as it needs
        async with locks.hold("run-1", StageName.MAILER, "part-00001", holder=message):
            if self.is_done:
                return
            self.begun += 1
            self.at_it.add(message)
            self.most = max(self.most, len(self.at_it))
            try:
                await asyncio.sleep(delivery.work_s)
                if delivery.fate is Fate.FAILS:
                    raise BrokenError
                self.is_done = True
                self.done += 1
            finally:
                self.at_it.discard(message)


deliveries = st.lists(
    st.builds(
        Delivery,
        start_s=st.floats(0, MAX_WORK_S),
        work_s=st.floats(0, MAX_WORK_S),
        fate=st.sampled_from(Fate),
        after_s=st.floats(0, MAX_WORK_S),
    ),
    min_size=1,
    max_size=4,
)


def longest_s(given_deliveries: list[Delivery]) -> float:
    """The longest that all of them may take: each in turn twice, each followed by the longest silence."""
    silence_s = 2 * QUIET_S + QUIET_S / BEATS_PER_QUIET * MISSED_BEATS + RELEASE_S + 10 * CALL_S
    return MAX_WORK_S + sum(2 * (each.work_s + each.after_s + silence_s) for each in given_deliveries)


@settings(max_examples=150, deadline=None, database=None)
@given(deliveries)
def test_a_part_is_in_one_workers_hands_and_done_once(given_deliveries: list[Delivery]) -> None:
    """Failures, stops, kills and cut lines cost what was begun, but never bring two workers to a part."""
    part = Part()

    async def deliver_all() -> None:
        async with asyncio.timeout(longest_s(given_deliveries)):
            await asyncio.gather(
                *(part.deliver(f"m{number}", each) for number, each in enumerate(given_deliveries))
            )

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(deliver_all())
    assert (part.done, part.most) == (1, 1)
    assert part.begun <= 1 + sum(each.fate is not Fate.NOTHING for each in given_deliveries)
