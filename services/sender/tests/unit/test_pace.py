"""How much of the provider's rate a delivery uses, in virtual time."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.shared import DynamoDBSharedQuota
from fondly.sender.ports import Accepted, Key, Outgoing, Reservation, Reserved
from fondly.sender.use_cases.hand_over import RECORD_LINGER_S, RESERVE_LINGER_S
from services.sender.tests.fakes import FakeDispatches, FakeTransport, World
from tests.support.runs import RUN, TABLE
from tests.support.virtual_time import in_virtual_time

PER_S = 14.0
PARTS = (140, 140, 140)


async def times_of(*, at_once: int, takes_s: float, seed: int) -> list[float]:
    """Deliver a run's parts, so many at a time; return when emails were accepted, in seconds."""
    world = World(*PARTS)
    world.parallel = 32
    world.reserve_linger_s, world.record_linger_s = RESERVE_LINGER_S, RECORD_LINGER_S
    world.paced = Limiter(
        PER_S,
        shared=DynamoDBSharedQuota(world.runs.dynamodb, TABLE, "provider"),
        chance=random.Random(seed),  # noqa: S311 - not for security
    ).run
    times: list[float] = []

    def note(_: Outgoing) -> None:
        times.append(asyncio.get_running_loop().time())

    world.transport.answer, world.transport.takes_s = note, takes_s
    await world.open()
    turns = asyncio.Semaphore(at_once)

    async def deliver(part: int) -> None:
        async with turns:
            await world.deliver.run(RUN, part, holder=f"m{part}")

    await asyncio.gather(*(deliver(part) for part in range(1, len(PARTS) + 1)))
    return times


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("takes_s", [0.02, 1.0], ids=lambda each: f"{each} s an email")
@pytest.mark.parametrize("at_once", [1, 3], ids=lambda each: f"{each} parts at once")
def test_a_delivery_of_several_parts_uses_the_whole_rate(at_once: int, takes_s: float, seed: int) -> None:
    """From the first email to the last, between 95 % and 105 %; and in no second more than one's burst."""
    times = in_virtual_time(times_of(at_once=at_once, takes_s=takes_s, seed=seed))
    assert len(times) == sum(PARTS)
    assert 0.95 <= per_s(times) / PER_S <= 1.05
    for since in times:
        for seconds in (1.0, 10.0):
            within = sum(since <= each < since + seconds for each in times)
            assert within <= PER_S * (seconds + 1)


def per_s(times: Sequence[float]) -> float:
    """Emails a second between the first and the last."""
    return (len(times) - 1) / (times[-1] - times[0])


class SlowDispatches(FakeDispatches):
    """Takes its time as DynamoDB does, and counts calls, and what a death would leave in doubt."""

    calls = most_in_doubt = 0

    async def reserve(self, reservations: Sequence[Reservation]) -> dict[Key, Reserved]:
        """Reserve emails."""
        self.calls += 1
        await asyncio.sleep(0.015)
        reserved = await super().reserve(reservations)
        sending = sum(each.outcome is Outcome.SENDING for each in self.items.values())
        self.most_in_doubt = max(self.most_in_doubt, sending)
        return reserved

    async def record(self, dispatches: Sequence[Dispatch]) -> set[Key]:
        """Record what came of them."""
        self.calls += 1
        await asyncio.sleep(0.01)
        return await super().record(dispatches)


class FourConnections(FakeTransport):
    """A mail server that takes four emails at a time."""

    def __init__(self, takes_s: float) -> None:
        super().__init__(takes_s=takes_s)
        self.turns = asyncio.Semaphore(4)

    async def send(self, email: Outgoing) -> Accepted:
        """Accept an email."""
        async with self.turns:
            return await super().send(email)


@pytest.mark.parametrize(("takes_s", "per_email"), [(0.005, 0.3), (0.02, 0.3), (0.2, 0.6)], ids=str)
def test_little_is_in_doubt_and_no_connection_waits(takes_s: float, per_email: float) -> None:
    """Connections are busy, calls to DynamoDB are shared, and about three emails each are reserved."""
    emails, places = 400, 12

    async def deliver() -> tuple[SlowDispatches, float]:
        dispatches = SlowDispatches({})
        world = World(emails)
        world.dispatches, world.transport = dispatches, FourConnections(takes_s=takes_s)
        world.parallel, world.places = 32, places
        world.reserve_linger_s, world.record_linger_s = RESERVE_LINGER_S, RECORD_LINGER_S
        await world.open()
        since = asyncio.get_running_loop().time()
        await world.deliver.run(RUN, 1, holder="m1")
        return dispatches, emails / (asyncio.get_running_loop().time() - since)

    dispatches, rate = in_virtual_time(deliver())
    assert dispatches.most_in_doubt <= places + 4
    assert dispatches.calls <= per_email * emails
    assert rate >= min(250, 0.8 * 4 / takes_s)
