"""A run's throttle, by itself and in a delivery."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.sender.domain.throttle import BURST_S, PAUSE_S, SECONDS_PER_HOUR, grant, parts_at_once
from services.sender.tests.fakes import World
from tests.support.runs import RUN


@given(
    per_hour=st.integers(1, 100_000),
    asked=st.lists(st.tuples(st.floats(0, 400), st.integers(1, 500)), max_size=60),
)
def test_no_hour_has_more_than_the_throttle_and_a_burst(
    per_hour: int, asked: list[tuple[float, int]]
) -> None:
    """However often, and for however many, it is asked."""
    now, taken_until = 1_000_000.0, 0.0
    granted: list[tuple[float, int]] = []
    for wait_s, wanted in asked:
        now += wait_s
        found = grant(per_hour, taken_until, wanted=wanted, now=now)
        assert 0 <= found.emails <= wanted
        assert found.next_at > now
        taken_until = found.taken_until
        granted.append((now, found.emails))
    burst = max(1.0, per_hour * BURST_S / SECONDS_PER_HOUR)
    for begins, _ in granted:
        within = sum(emails for at, emails in granted if begins <= at < begins + SECONDS_PER_HOUR)
        assert within <= per_hour + burst + 1


@pytest.mark.parametrize("per_hour", [1, 7, 60, 1_000, 36_000])
def test_what_is_asked_again_when_it_is_due_keeps_the_rate(per_hour: int) -> None:
    """Neither slower nor faster than it is set, but for the burst at the beginning."""
    now, taken_until, sent = 1_000_000.0, 0.0, 0
    ends = now + 10 * SECONDS_PER_HOUR
    while now < ends:
        found = grant(per_hour, taken_until, wanted=10**6, now=now)
        taken_until, sent = found.taken_until, sent + found.emails
        now = found.next_at + 1
    assert 10 * per_hour * 0.97 - 1 <= sent <= 10 * per_hour * 1.03 + max(1.0, per_hour * BURST_S / 3_600) + 1


async def test_a_throttled_run_goes_out_bit_by_bit_and_each_email_once() -> None:
    """No more parts are released at a time than can use what is granted."""
    world = World(*[10] * 8)
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.APPROVE, by="ada", changes={"per_hour": 600})
    seen = []
    for _ in range(30):
        delivery = await world.deliveries.get(RUN)
        if delivery.status is DeliveryStatus.DONE:
            break
        await world.release.run(RUN, delivery.attempt)
        parts, world.polls.parts = world.polls.parts, []
        assert len(parts) <= parts_at_once(600)
        for part in parts:
            await world.deliver.run(RUN, part, holder=f"m{part}")
        seen.append(len(world.transport.accepted))
        world.time += timedelta(seconds=PAUSE_S)
    assert seen[:4] == [20, 30, 40, 50]
    assert world.transport.times == Counter([f"c{number}" for number in range(1, 81)])
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE


@pytest.mark.parametrize(("per_hour", "sizes"), [(3_600, [140] * 10), (36_000, [140] * 30), (6_000, [2_500])])
async def test_a_delivery_keeps_to_its_throttle_after_the_burst(per_hour: int, sizes: list[int]) -> None:
    """As polls release its parts, until the last emails are left: within 5 % of what is set."""
    world = World(*sizes)
    await world.open(DeliveryStatus.HELD)
    await world.deliveries.decide(RUN, Act.APPROVE, by="ada", changes={"per_hour": per_hour})
    began, burst = world.time, per_hour * BURST_S / SECONDS_PER_HOUR
    while True:
        before = len(world.transport.accepted)
        await world.run()
        after = len(world.transport.accepted)
        if after == sum(sizes):
            break
        if after > before:
            expected = burst + per_hour * (world.time - began).total_seconds() / SECONDS_PER_HOUR
            assert after == pytest.approx(expected, rel=0.05)
        due = min((await world.deliveries.get(RUN)).due.values())
        world.time = max(world.time + timedelta(seconds=1), datetime.fromtimestamp(due, UTC))
    assert (await world.deliveries.get(RUN)).status is DeliveryStatus.DONE
