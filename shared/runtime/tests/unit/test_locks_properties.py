"""Whatever happens to the workers of a part, one at a time does it, and none waits for ever.

The event loop runs in virtual time: instead of waiting, its clock jumps ahead.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from hypothesis import given, settings
from hypothesis import strategies as st

from fondly.runtime.runs.locks import BEATS_PER_QUIET, MISSED_BEATS, RELEASE_S, LockLostError, Locks
from fondly.runtime.runs.run import StageName
from tests.support.dynamodb import InMemoryDynamoDB, Item
from tests.support.virtual_time import VirtualTimeLoop

QUIET_S = 6.0
CALL_S = 0.01
MAX_WORK_S = 20.0


class Fate(Enum):
    """What happens to a worker during its work."""

    NOTHING = "nothing"
    FAILS = "fails"
    STOPPED = "stopped"  # its message is lost, or the service shuts down
    KILLED = "killed"
    CUT_OFF = "cut off"  # it keeps working, but none of its calls succeeds


class BrokenError(Exception):
    """The work failed."""


@dataclass(frozen=True)
class Delivery:
    """A message about the part, and the fate of its worker `after_s` from its start."""

    start_s: float
    work_s: float
    fate: Fate
    after_s: float


class Connection:
    """One worker's connection to DynamoDB: request and response take time, and stop once it is cut."""

    def __init__(self, items: dict[tuple[str, str], Item]) -> None:
        self.dynamodb = InMemoryDynamoDB(self._pass)
        self.dynamodb.items = items
        self.is_cut = False

    async def _pass(self) -> None:
        await asyncio.sleep(1e9 if self.is_cut else CALL_S)


@dataclass
class Part:
    """The part that all messages are about."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    is_done: bool = False
    done: int = 0
    started: int = 0
    workers: set[str] = field(default_factory=set)
    most: int = 0

    async def deliver(self, message: str, delivery: Delivery) -> None:
        """Handle a message until the worker's fate, then once more without interruption."""
        await asyncio.sleep(delivery.start_s)
        connection = Connection(self.items)
        working = asyncio.create_task(self.handle(message, connection, delivery))
        if delivery.fate in {Fate.NOTHING, Fate.FAILS}:
            with suppress(BrokenError):
                await working
        else:
            await asyncio.wait({working}, timeout=delivery.after_s)
            await self.apply(delivery.fate, message, working, connection)
        await self.handle(message, Connection(self.items), Delivery(0, delivery.work_s, Fate.NOTHING, 0))

    async def apply(
        self, fate: Fate, message: str, working: asyncio.Task[None], connection: Connection
    ) -> None:
        """Apply a worker's fate, then wait as long as its message would stay hidden."""
        connection.is_cut = fate is not Fate.STOPPED
        if fate is Fate.CUT_OFF:
            await asyncio.wait({working}, timeout=QUIET_S + CALL_S)
            assert message not in self.workers, "the worker did not stop itself"
        elif fate is Fate.KILLED:
            self.workers.discard(message)
        working.cancel()
        with suppress(asyncio.CancelledError, LockLostError):
            await working
        await asyncio.sleep(QUIET_S if fate is Fate.KILLED else 0)

    async def handle(self, message: str, connection: Connection, delivery: Delivery) -> None:
        """Do the part's work unless it is done."""
        locks = Locks(connection.dynamodb, "runs", quiet_s=QUIET_S)  # type: ignore[arg-type] # the operations that it uses
        async with locks.hold("run-1", StageName.MAILER, "part-00001", holder=message):
            if self.is_done:
                return
            self.started += 1
            self.workers.add(message)
            self.most = max(self.most, len(self.workers))
            try:
                await asyncio.sleep(delivery.work_s)
                if delivery.fate is Fate.FAILS:
                    raise BrokenError
                self.is_done = True
                self.done += 1
            finally:
                self.workers.discard(message)


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
    """The longest that all deliveries may take: each twice in turn, followed by the slowest takeover."""
    takeover_s = 2 * QUIET_S + QUIET_S / BEATS_PER_QUIET * MISSED_BEATS + RELEASE_S + 10 * CALL_S
    return MAX_WORK_S + sum(2 * (each.work_s + each.after_s + takeover_s) for each in given_deliveries)


@settings(max_examples=150, deadline=None, database=None)
@given(deliveries)
def test_a_part_is_done_once_by_one_worker_at_a_time(given_deliveries: list[Delivery]) -> None:
    """Failures, stops, kills and cut connections lose work, but two workers never overlap."""
    part = Part()

    async def deliver_all() -> None:
        async with asyncio.timeout(longest_s(given_deliveries)):
            await asyncio.gather(
                *(part.deliver(f"m{number}", each) for number, each in enumerate(given_deliveries))
            )

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(deliver_all())
    assert (part.done, part.most) == (1, 1)
    assert part.started <= 1 + sum(each.fate is not Fate.NOTHING for each in given_deliveries)
