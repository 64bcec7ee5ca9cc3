"""A second file adds to what the first one told."""

from dataclasses import replace

import pytest

from fondly.contracts import object_keys
from fondly.contracts.ingest_report import FileReport, IngestReport
from fondly.contracts.records import Customer, Undone
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.run_state import bundle_of
from fondly.recommender.domain.shop.assortment import Assortment, still_sold
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.use_cases import know_customers
from fondly.runtime.runs.run import StageName
from services.recommender.tests.fakes import Shop, made_up_shop, product, review
from services.recommender.tests.world import ENOUGH, World

FIRST, SECOND = "run-1", "run-2"
NEW = 60
"""A tenth of the first week's customers."""


def week_two() -> Shop:
    """New customers, one of the first week with one more review, and nobody else."""
    many = made_up_shop(customers=700, part_size=350, seed=2)
    new = [one for one in many.customers if int(one.customer_id[1:]) >= 700 - NEW]
    known = ENOUGH.parts[0][1]
    again = known.model_copy(update={"reviews": (review("R-again", "P70red"),)})
    return replace(many, parts=[[again, *new]], scored=[[]])


async def weekly(world: World | None = None) -> World:
    """Two runs, one after the other."""
    world = world or World()
    await world.open(ENOUGH, FIRST)
    await world.run_to_end(FIRST)
    await world.open(week_two(), SECOND)
    await world.run_to_end(SECOND)
    return world


def rows(world: World, folder: str) -> list[str]:
    """The lines of the second run's CSV files of one kind, without headers."""
    prefix = object_keys.personalize(SECOND, folder)
    return [
        line
        for key in sorted(world.objects.stored)
        if key.startswith(prefix)
        for line in world.objects.stored[key].decode().splitlines()[1:]
    ]


def pairs(customers: list[Customer]) -> set[tuple[str, str]]:
    """Customers with each of their products."""
    return {(one.customer_id, each) for one in customers for each in one.product_ids}


async def test_the_second_run_knows_the_first() -> None:
    """It trains on both weeks."""
    world = await weekly()
    old, new = pairs(ENOUGH.customers), pairs(week_two().customers)
    told = {tuple(line.split(",")[:2]) for line in rows(world, personalize_keys.INTERACTIONS)}
    assert told == old | new
    state = await world.state(SECOND)
    assert state.interactions == len(old | new)
    assert len({line.split(",")[0] for line in rows(world, personalize_keys.USERS)}) == 240 + NEW
    assert await world.known_shop.owner() == SECOND


async def test_nobody_is_offered_what_they_bought_the_week_before() -> None:
    """A customer of both files has the products of both."""
    world = await weekly()
    known = ENOUGH.parts[0][1]
    (mine,) = [one for one in await world.recommended(1, SECOND) if one.customer_id == known.customer_id]
    owned = {one.product_id for one in mine.owned}
    assert owned == {*known.product_ids, "P70red"}
    assert owned.isdisjoint(pick.product.product_id for pick in mine.picks)


async def test_only_the_files_own_customers_get_an_email() -> None:
    """The others count for what goes together, and cost nothing."""
    world = await weekly()
    assert len(await world.recommended(1, SECOND)) == NEW + 1
    (others,) = [
        await world.objects.get_lines(key, History)
        for key in world.objects.stored
        if key == learned_keys.others(SECOND, 1, 1)
    ]
    assert len(others) == 240 - 1
    asked = world.objects.stored[personalize_keys.batch_input(SECOND, 1)].splitlines()
    assert len(asked) == NEW + 1


async def test_whoever_has_returned_everything_gets_no_email_the_week_after() -> None:
    """Of whose orders the second file says nothing: they are counted, and nothing is ranked for them."""
    gone = Undone(order_id="O1", product_id="P1", is_return=True)
    _, new, *_ = week_two().parts[0]
    returner = Customer(customer_id=new.customer_id)
    world, second = World(), week_two()
    first = [*ENOUGH.parts[0], returner.model_copy(update={"undone": (gone,)})]
    await world.open(replace(ENOUGH, parts=[first, *ENOUGH.parts[1:]]), FIRST)
    await world.run_to_end(FIRST)
    rest = [one for one in second.parts[0] if one.customer_id != returner.customer_id]
    await world.open(replace(second, parts=[[returner, *rest]]), SECOND)
    await world.run_to_end(SECOND)
    asked = world.objects.stored[personalize_keys.batch_input(SECOND, 1)].splitlines()
    names = {one.customer_id for one in await world.recommended(1, SECOND)}
    assert (len(asked), len(names), returner.customer_id in names) == (NEW, NEW, False)
    counts = [report.counts for report in await world.ledger.reports(SECOND)]
    assert sum(each.get("customers_excluded_nothing_kept", 0) for each in counts) == 1


async def test_those_of_earlier_files_are_never_all_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many a shop knows, a week's small file reads them some at a time, and learns the same."""
    monkeypatch.setattr(know_customers, "OTHERS_PER_FILE", 40)
    world, whole = await weekly(), World()
    monkeypatch.undo()
    await weekly(whole)
    names = [name for name in world.objects.stored if "/others" in name and SECOND in name]
    assert len([name for name in names if name.endswith(".jsonl")]) == 6
    for folder in (personalize_keys.INTERACTIONS, personalize_keys.USERS):
        some, every = ([line.split(",")[:2] for line in rows(one, folder)] for one in (world, whole))
        assert sorted(some) == sorted(every)
    assert await world.recommended(1, SECOND) == await whole.recommended(1, SECOND)


async def test_the_same_file_again_gives_the_same_rows() -> None:
    """Rows without a time keep that of the run that had them first."""
    world = World()
    for run_id in (FIRST, SECOND):
        await world.open(ENOUGH, run_id)
        await world.run_to_end(run_id)
    first, second = (
        world.objects.stored[personalize_keys.rows(run_id, personalize_keys.INTERACTIONS, 1)]
        for run_id in (FIRST, SECOND)
    )
    assert first == second


async def test_a_bundle_that_is_prepared_again_writes_the_same() -> None:
    """Its customers' histories have grown by then: what they were before is in a file of the run."""
    world = World()
    await world.open(ENOUGH, FIRST)
    await world.run_to_end(FIRST)
    await world.open(week_two(), SECOND)
    await world.start(SECOND)
    run = await world.ledger.run(SECOND)
    prepare = world.handler.advance_run.prepare_datasets
    await prepare.do(run, bundle_of(run, 1))
    once = dict(world.objects.stored)
    await prepare.do(run, bundle_of(run, 1))
    assert world.objects.stored == once


async def test_two_weeks_of_too_little_data_are_enough_together() -> None:
    """A small shop gets rankings once it has been heard of often enough."""
    world = World()
    half = made_up_shop(customers=200, part_size=200)
    await world.open(half, FIRST)
    await world.run_to_end(FIRST)
    assert not (await world.state(FIRST)).is_ranked
    everybody = made_up_shop(customers=400, part_size=400)
    rest = [one for one in everybody.customers if int(one.customer_id[1:]) >= 200]
    await world.open(replace(everybody, parts=[rest], scored=[[]]), SECOND)
    await world.run_to_end(SECOND)
    assert (await world.state(SECOND)).is_ranked


async def test_a_second_run_waits_until_the_first_has_told_all_that_it_knows() -> None:
    """Whoever prepares while another run still does would not see what that one adds."""
    world = World()
    await world.open(ENOUGH, FIRST)
    await world.open(week_two(), SECOND)
    await world.start(FIRST)
    await world.start(SECOND)
    assert {run for run, _, _ in world.polls.bundles} == {FIRST}
    await world.deliver_sent()
    known = {tuple(line.split(",")[:2]) for line in rows(world, personalize_keys.INTERACTIONS)}
    assert known == pairs(ENOUGH.customers) | pairs(week_two().customers)


async def test_a_run_that_has_lost_its_turn_reads_no_history_until_it_has_another() -> None:
    """Its bundles wait, and are sent again when the other run is through."""
    world = World()
    await world.open(ENOUGH, FIRST)
    await world.start(FIRST)
    await world.turns.end(FIRST)
    await world.turns.take(SECOND)
    await world.open(week_two(), SECOND)
    await world.deliver_bundles()
    assert learned_keys.prepared(FIRST, 1) not in world.objects.stored
    await world.turns.end(SECOND)
    await world.deliver_sent()
    assert (await world.ledger.run(FIRST)).stage(StageName.RECOMMENDER).done == {1, 2}


@pytest.mark.parametrize(
    ("assortment", "has", "kept"),
    [
        (Assortment.AUTO, 8, 2),
        (Assortment.AUTO, 9, 0),
        (Assortment.WHOLE, 1, 0),
        (Assortment.ADDS, 9, 1),
    ],
)
def test_what_a_file_lacks_is_gone_or_still_sold(assortment: Assortment, has: int, kept: int) -> None:
    """A file with most of the products is the catalogue; one with few of them adds to it."""
    known = [product(f"P{n}", "Lamp") for n in range(10)]
    file = [*known[:has], product("new", "Lamp")]
    assert [one.product_id for one in still_sold(file, known, assortment)] == [
        f"P{n}" for n in range(10 - kept, 10)
    ]


@pytest.mark.parametrize(("kind", "kept"), [("products", 0), ("combined", 9)])
def test_a_file_of_products_is_the_catalogue(kind: str, kept: int) -> None:
    """However few of the known products it has, the others are gone; reviews say nothing of what is sold."""
    known = [product(f"P{n}", "Lamp") for n in range(10)]
    report = IngestReport(files=(FileReport(file="f", format="Fondly", kind=kind, rows=1),))
    assert len(still_sold(known[:1], known, Assortment.AUTO, report=report)) == kept


async def test_a_file_of_a_few_products_leaves_the_others_on_offer() -> None:
    """With what is known of them, so that picks are as good as with the whole catalogue."""
    world = World()
    await world.open(ENOUGH, FIRST)
    await world.run_to_end(FIRST)
    few = replace(week_two(), products=ENOUGH.products[:7], sentiments=ENOUGH.sentiments[:7])
    await world.open(few, SECOND)
    await world.run_to_end(SECOND)
    offered = {pick.product.product_id for one in await world.recommended(1, SECOND) for pick in one.picks}
    assert not offered <= {one.product_id for one in ENOUGH.products[:7]}
