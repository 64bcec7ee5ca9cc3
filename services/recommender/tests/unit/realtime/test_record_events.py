"""What customers did between runs: kept, credited to the email's run, told to Personalize."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from fondly.contracts import object_keys
from fondly.contracts.consent import customer_entry
from fondly.contracts.delivery import NotSent
from fondly.contracts.events import InteractionsIngested
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.recommender.domain.personalize import personalize_keys
from fondly.runtime.runs.attribution import attribution, partition
from services.recommender.tests.fakes import an_event
from services.recommender.tests.world import World, crash

UPLOAD = "events-0123456789abcdef"
RUN = "run-0123456789abcdef"
EVENTS = (
    an_event("e1", run_id=RUN),
    an_event("e2", run_id=RUN, kind=EventKind.PURCHASED, value=Decimal("12.50")),
    an_event("e3", customer_id="C2", kind=EventKind.VIEWED),
)


async def _deliver(world: World, events: Sequence[CustomerEvent] = EVENTS) -> None:
    key = object_keys.events(UPLOAD, 1)
    await world.objects.put_lines(key, events)
    await world.deliver(InteractionsIngested(batch=1, batches=1, key=key, events=len(events)), UPLOAD)


async def _credited(world: World) -> tuple[int, int, Decimal]:
    found = attribution(await world.credits.get_group("run_id", partition(RUN)))
    return found.clicked, found.purchased, found.value


async def test_a_batch_is_kept_credited_and_told() -> None:
    """Each customer's events are one visit."""
    world = World()
    await _deliver(world)
    assert {name: list(known) for name, known in world.kept_events.known.items()} == {
        "C1": ["e1", "e2"],
        "C2": ["e3"],
    }
    assert await _credited(world) == (1, 1, Decimal("12.50"))
    assert [visit.customer_id for visit in world.sink.told] == ["C1", "C2"]


async def test_a_batch_that_comes_twice_changes_nothing() -> None:
    """Every event has a place of its own, and Personalize counts equal ones once."""
    world = World()
    for _ in range(2):
        await _deliver(world)
    again = await world.record_events.record(EVENTS)
    assert (again.events, again.new) == (3, 0)
    assert await _credited(world) == (1, 1, Decimal("12.50"))
    assert world.sink.events == {"e1", "e2", "e3"}


@pytest.mark.parametrize("crashes_in", ["kept_events.add", "credits.put_all", "sink.tell"])
async def test_a_worker_that_dies_loses_nothing(crashes_in: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message comes back, and everything is as if nobody had died."""
    world = World()
    store, method = crashes_in.split(".")
    with monkeypatch.context() as dying:
        dying.setattr(getattr(world, store), method, crash)
        with pytest.raises(RuntimeError):
            await _deliver(world)
    await _deliver(world)
    assert world.sink.events == {"e1", "e2", "e3"}
    assert await _credited(world) == (1, 1, Decimal("12.50"))
    assert sum(map(len, world.kept_events.known.values())) == 3


async def test_without_a_tracker_events_are_kept_for_the_next_import() -> None:
    """There is nobody to tell."""
    world = World()
    world.sink.has_tracker = False
    recorded = await world.record_events.record(EVENTS)
    assert (recorded.new, recorded.told) == (3, 0)


async def test_where_no_campaign_is_kept_nobody_is_told() -> None:
    """It would cost, and nothing would learn from it before the next run."""
    world = World()
    recorded = await replace(world.record_events, tell=None).record(EVENTS)
    assert (recorded.new, recorded.told) == (3, 0)


async def test_what_personalize_refuses_costs_nobody_else_anything() -> None:
    """A visit is not counted as told; the message is done."""
    world = World()
    world.sink.refused = {"odd"}
    recorded = await world.record_events.record([*EVENTS, an_event("e4", customer_id="C4", product_id="odd")])
    assert (recorded.new, recorded.told) == (4, 3)
    assert world.sink.events == {"e1", "e2", "e3"}


async def test_a_run_knows_what_its_customers_did_since() -> None:
    """What they bought is theirs; clicks and looks are in what Personalize learns from, and nowhere else."""
    world = World()
    bought = an_event("e1", customer_id="C0", product_id="P9red", kind=EventKind.PURCHASED)
    clicked = an_event("e2", customer_id="C0", product_id="P40blue")
    other = an_event("e3", customer_id="nobody", product_id="P9red", kind=EventKind.PURCHASED)
    await world.record_events.record([bought, clicked, other])
    await world.open()
    await world.run_to_end()
    first = (
        world.objects.stored[personalize_keys.rows("run-1", personalize_keys.INTERACTIONS, 1)]
        .decode()
        .splitlines()
    )
    assert {f"C0,P9red,{bought.timestamp},purchased,", f"C0,P40blue,{clicked.timestamp},clicked,"} <= set(
        first
    )
    (mine,) = [one for part in (1, 2) for one in await world.recommended(part) if one.customer_id == "C0"]
    assert "P9red" in {one.product_id for one in mine.owned}
    assert "P40blue" not in {one.product_id for one in mine.owned}
    assert not {pick.product.product_id for pick in mine.picks} & {"P9red", "P9blue"}


async def test_what_a_customer_did_is_known_at_once() -> None:
    """Also of a customer whom no file has had, and of one of an earlier file."""
    world = World()
    assert await world.known("C1") is None
    await world.record_events.record([an_event("e1", kind=EventKind.PURCHASED)])
    found = await world.known("C1")
    assert found is not None
    assert found.customer.product_ids == ("P1",)


async def test_what_a_file_brought_into_the_history_stays_when_events_expire() -> None:
    """The run that read it remembers it."""
    world = World()
    await world.record_events.record(
        [an_event("e1", customer_id="C0", product_id="P9red", kind=EventKind.PURCHASED)]
    )
    await world.open()
    await world.run_to_end()
    world.kept_events.known.clear()
    found = await world.known("C0")
    assert found is not None
    assert "P9red" in found.customer.product_ids


async def test_of_who_has_been_forgotten_nothing_is_kept_credited_or_told() -> None:
    """Whoever tells of it, a file or a request: only others' events are recorded."""
    world = World()
    gone = EVENTS[0].customer_id
    others = [each for each in EVENTS if each.customer_id != gone]
    await world.suppressions.put_all([{"entry": customer_entry(gone), "reason": NotSent.ERASED}])
    recorded = await world.record_events.record(EVENTS)
    assert (recorded.events, recorded.new) == (len(others), len(others))
    assert set(world.kept_events.known) == {"C2"}
    assert {visit.customer_id for visit in world.sink.told} == {"C2"}
    assert await _credited(world) == (0, 0, Decimal(0))
