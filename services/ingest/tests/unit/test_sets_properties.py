"""Whatever the order of uploads and messages: one run for each delivery, and none of mixed days."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.ingest.tests.sets import DAY, Shop

THREE = ("products.csv", "customers.csv", "reviews.csv")
FOUR = (*THREE, "orders.csv")


@dataclass(frozen=True)
class Day:
    """One delivery: its uploads in order, and for each notification before which upload it arrives.

    A number beyond the uploads is a notification that comes after all of them.
    """

    uploads: Sequence[str]
    notified: Sequence[tuple[str, int]]
    gap: timedelta = field(default=DAY)


@st.composite
def days(draw: st.DrawFn, names: tuple[str, ...], *, all_arrive: bool) -> Day:
    """A delivery with one file uploaded up to three times, and repeated, late and disordered messages."""
    again = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    uploads = draw(st.permutations([*names, *again[:1] * draw(st.integers(0, 2))]))
    own = [(name, number + 1) for number, name in enumerate(uploads)]
    late = draw(st.lists(st.integers(0, 3), min_size=len(own), max_size=len(own)))
    arriving = [(name, at + delay) for (name, at), delay in zip(own, late, strict=True)]
    repeated = draw(st.lists(st.tuples(st.sampled_from(names), st.integers(1, len(uploads) + 2)), max_size=4))
    kept = arriving if all_arrive else draw(st.lists(st.sampled_from(arriving), max_size=3))
    return Day(uploads, draw(st.permutations([*kept, *repeated])))


async def deliver(shop: Shop, day: Day, version: str) -> None:
    """Upload and notify in the day's order; each upload of a file has a text of its own."""
    for number, name in enumerate(day.uploads):
        shop.put(name, f"{version} #{number}", after=day.gap if number == 0 else timedelta(minutes=1))
        for notified, at in day.notified:
            if at == number + 1:
                await shop.notify(notified)
    for notified, at in day.notified:
        if at > len(day.uploads):
            await shop.notify(notified)


def days_of(shop: Shop) -> list[set[str]]:
    """The days that each run's files are of."""
    return [{text.partition(" #")[0] for text in files.values()} for files in shop.read]


@st.composite
def deliveries(draw: st.DrawFn, *, all_arrive: bool) -> tuple[tuple[str, ...], list[Day]]:
    """The files of a shop's sets, and up to four deliveries of them."""
    names = draw(st.sampled_from([THREE, FOUR]))
    return names, draw(st.lists(days(names, all_arrive=all_arrive), min_size=1, max_size=4))


def in_turn(*uploads: str) -> Day:
    """A delivery whose messages arrive as its files are uploaded, one after the other."""
    return Day(uploads, [(name, number) for number, name in enumerate(uploads, start=1)])


CORRECTED = (THREE, [in_turn(*THREE, THREE[-1]), in_turn(*THREE)])
"""A file of the first delivery is uploaded again after its run; another delivery follows."""


@given(deliveries(all_arrive=True))
@example(CORRECTED)
@settings(max_examples=120, deadline=None)
def test_each_delivery_is_exactly_one_run(given_: tuple[tuple[str, ...], list[Day]]) -> None:
    """Uploads in any order, one file repeatedly, messages twice, late and out of order."""

    async def check() -> None:
        names, later = given_
        shop = Shop()
        await deliver(shop, Day(names, [(name, len(names) + 1) for name in names]), "day 0")
        for number, day in enumerate(later, start=1):
            await deliver(shop, day, f"day {number}")
        assert all(len(found) == 1 for found in days_of(shop))
        assert Counter(day for found in days_of(shop) for day in found) == {
            f"day {number}": 1 for number in range(len(later) + 1)
        }
        assert all(set(files) == set(names) for files in shop.read)
        assert len(await shop.ledger.runs()) == len(later) + 1

    asyncio.run(check())


@given(deliveries(all_arrive=False), st.lists(st.sampled_from(FOUR), max_size=6))
@settings(max_examples=120, deadline=None)
def test_lost_and_very_late_messages_never_mix_days(
    given_: tuple[tuple[str, ...], list[Day]], stragglers: list[str]
) -> None:
    """A delivery may have no run if its messages come after the next one began, but never half of one."""

    async def check() -> None:
        names, later = given_
        shop = Shop()
        for number, day in enumerate(later):
            await deliver(shop, day, f"day {number}")
        for name in (*stragglers, *names):
            await shop.notify(name)
        assert all(len(found) == 1 for found in days_of(shop))
        last = f"day {len(later) - 1}"
        assert [found for found in days_of(shop) if found == {last}] != []

    asyncio.run(check())
