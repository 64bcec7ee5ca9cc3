"""Which parts of a delivery are sent to the sender's queue, when, and when it looks again."""

from datetime import timedelta
from typing import Any

import pytest

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.run import StageName
from fondly.sender.use_cases.release_parts import ReleaseParts
from services.sender.tests.fakes import NOON, RecordingPolls
from tests.support.runs import RUN, TABLE, Runs
from tests.support.stores import InMemoryObjects

HELD, SAMPLE, APPROVED, PAUSED, REJECTED, DONE = DeliveryStatus
AT = int(NOON.timestamp())


class World:
    """A run of four parts, each with an email to somebody held out and `number` others."""

    def __init__(self) -> None:
        self.runs, self.polls, self.objects = Runs(), RecordingPolls(), InMemoryObjects()
        self.deliveries = Deliveries(self.runs.dynamodb, TABLE)
        self.now = NOON

    async def look(self, attempt: int = 0) -> Delivery:
        """Handle a poll."""
        release = ReleaseParts(
            deliveries=self.deliveries,
            ledger=self.runs.ledger,
            objects=self.objects,
            polls=self.polls,
            interval_s=300,
            now=lambda: self.now,
        )
        await release.run(RUN, attempt)
        return await self.deliveries.get(RUN)

    async def having(self, **changed: Any) -> None:  # noqa: ANN401 - the delivery's
        """Change the delivery."""
        await self.deliveries.change(RUN, lambda found: found.model_copy(update=changed))

    async def done(self, *parts: int) -> None:
        """Deliver parts."""
        for part in parts:
            await self.runs.ledger.complete_part(RUN, StageName.SENDER, part)


@pytest.fixture
async def world() -> World:
    """Its delivery is approved, and nothing of it has been sent."""
    made = World()
    await made.runs.ledger.open_run(RUN, source="s")
    await made.runs.ledger.set_parts(RUN, 4)
    for part in range(1, 5):
        names = [f"c{part}-{number}" for number in range(part + 1)]
        listed = [FinishedEmail(customer_id=each, key=each, held_out=each.endswith("-0")) for each in names]
        await made.objects.put_lines(object_keys.mailed(RUN, part), listed)
    await made.deliveries.open(RUN, status=APPROVED, by="a setting")
    return made


async def test_an_approval_releases_every_part_that_is_not_delivered_once(world: World) -> None:
    """Then it looks again after the interval, and sends nothing twice."""
    await world.done(2)
    found = await world.look()
    assert (world.polls.parts, found.released, found.due) == ([1, 3, 4], 1, {})
    assert (world.polls.polls, found.attempt) == ([(1, 300)], 1)
    await world.look(1)
    assert (world.polls.parts, world.polls.polls) == ([1, 3, 4], [(1, 300), (2, 300)])


async def test_a_poll_of_before_a_decision_does_nothing(world: World) -> None:
    """The decision has sent another."""
    await world.having(attempt=3)
    await world.look(2)
    assert (world.polls.parts, world.polls.polls) == ([], [])


@pytest.mark.parametrize("status", [HELD, PAUSED, REJECTED, DONE])
async def test_nothing_is_released_of_what_does_not_go_out(world: World, status: DeliveryStatus) -> None:
    """Nor does it look again: the next decision asks."""
    await world.having(status=status)
    await world.look()
    assert (world.polls.parts, world.polls.polls) == ([], [])


@pytest.mark.parametrize(
    ("starts_in_s", "delay_s"), [(1, 2), (100, 101), (898, 899), (899, 900), (9_999, 900)]
)
async def test_nothing_is_released_before_its_start(world: World, starts_in_s: int, delay_s: int) -> None:
    """It looks again then, as soon as SQS can; parts that are due earlier do not count."""
    await world.having(starts_at=NOON + timedelta(seconds=starts_in_s), due={1: AT + 1})
    await world.look()
    assert (world.polls.parts, world.polls.polls) == ([], [(1, delay_s)])


async def test_at_its_start_all_is_released(world: World) -> None:
    """To the second."""
    await world.having(starts_at=NOON)
    await world.look()
    assert (world.polls.parts, world.polls.polls) == ([1, 2, 3, 4], [(1, 300)])


async def test_parts_that_wait_are_released_when_they_are_due(world: World) -> None:
    """The next look is when the next is due."""
    await world.look()
    world.polls.parts.clear()
    await world.having(due={1: AT, 3: AT + 90, 4: AT + 50})
    found = await world.look(1)
    assert (world.polls.parts, found.due) == ([1], {3: AT + 90, 4: AT + 50})
    assert world.polls.polls[-1] == (2, 51)


async def test_a_look_is_never_later_than_sqs_can_delay_nor_at_once(world: World) -> None:
    """Something that was due is seen to within a second or two."""
    await world.look()
    await world.having(due={1: AT + 5_000})
    await world.look(1)
    assert world.polls.polls[-1] == (2, 900)


async def test_a_throttled_run_releases_a_few_parts_at_a_time(world: World) -> None:
    """All are due at once; at three an hour two are worth sending, and the others when it looks again."""
    await world.having(per_hour=3)
    found = await world.look()
    assert (world.polls.parts, found.released) == ([1, 2], 1)
    assert found.due == {3: 0, 4: 0}
    assert world.polls.polls == [(1, 1)]
    found = await world.look(1)
    assert (world.polls.parts, found.due) == ([1, 2, 3, 4], {})


async def test_a_sample_is_released_as_far_as_it_goes(world: World) -> None:
    """Known before its parts are sent: else a part would go out whole. Who is held out is not in it."""
    await world.having(status=SAMPLE, sample=4)
    found = await world.look()
    assert (world.polls.parts, found.sample_parts, found.released) == ([1, 2, 3], {1: 1, 2: 2, 3: 1}, 1)
    await world.done(1, 2, 3, 4)
    assert (await world.look(1)).status is SAMPLE


@pytest.mark.parametrize(("status", "after"), [(APPROVED, DONE), (SAMPLE, SAMPLE)])
async def test_a_delivery_is_done_once_every_part_is(
    world: World, status: DeliveryStatus, after: DeliveryStatus
) -> None:
    """A sample completes nothing: its run is still to be approved."""
    await world.having(status=status, due={9: 1}, released=1)
    await world.done(1, 2, 3, 4)
    found = await world.look()
    assert (found.status, world.polls.parts) == (after, [])
    assert (found.due, len(world.polls.polls)) == (({}, 0) if after is DONE else ({9: 1}, 1))


async def test_a_decision_meanwhile_is_not_overwritten(world: World) -> None:
    """What was sent belongs to the release before; the later poll sends all parts anew."""

    async def approved_again(_: str, parts: list[int], *, release: int) -> None:
        world.polls.parts += parts
        await world.having(release=release + 1, due={2: 7})

    world.polls.send_parts = approved_again  # type: ignore[method-assign, assignment] # somebody is quicker
    found = await world.look()
    assert (found.release, found.released, found.due) == (2, 0, {2: 7})
