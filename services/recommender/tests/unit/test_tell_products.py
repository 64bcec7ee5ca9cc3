"""Personalize is told of changed products at once, whatever is killed meanwhile."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from encore.contracts.records import Product
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.filters import IN_STOCK, SOLD_OUT
from encore.recommender.domain.imports import Mode
from encore.recommender.domain.resources import Kind
from encore.recommender.ports import NotReadyError
from encore.recommender.use_cases import tell_products
from encore.runtime.runs.run import Run
from services.recommender.tests.fakes import Shop
from services.recommender.tests.weeks import KilledError, kill_at
from services.recommender.tests.world import ENOUGH, World

FIRST, SECOND, THIRD = "run-1", "run-2", "run-3"
CHEAPER, SOLD, GONE = (one.product_id for one in ENOUGH.products[3:6])


def changed(one: Product) -> Product:
    """What the second week says of a product."""
    if one.product_id == CHEAPER:
        return one.model_copy(update={"price": Decimal("1.25")})
    return one.model_copy(update={"in_stock": False}) if one.product_id == SOLD else one


def week_two(shop: Shop = ENOUGH) -> Shop:
    """The same customers; a product is cheaper, one sold out, and one is not sold any more."""
    return replace(shop, products=[changed(one) for one in shop.products if one.product_id != GONE])


async def first_week(world: World | None = None) -> World:
    """A shop whose first week is imported."""
    world = world or World()
    await world.open(ENOUGH, FIRST)
    await world.run_to_end(FIRST)
    assert world.records.items == {}
    return world


async def run(world: World, run_id: str, shop: Shop) -> Run:
    """Take another run to its end."""
    await world.open(shop, run_id)
    await world.run_to_end(run_id)
    return await world.ledger.run(run_id)


def imported(world: World, run_id: str) -> bool:
    """Whether a run has imported the whole catalogue."""
    made = world.personalize.made.values()
    return any(one.kind is Kind.IMPORT_JOB and one.name == f"{run_id}-items" for one in made)


def properties(world: World, product_id: str) -> dict[str, object]:
    """What Personalize was told of a product by itself."""
    found: dict[str, object] = json.loads(world.records.items[product_id].properties)
    return found


async def test_what_has_changed_is_told_and_not_imported() -> None:
    """Whatever the run needs of Personalize otherwise: here it has a ranking for everybody."""
    world = await first_week()
    second = await run(world, SECOND, week_two())
    assert world.records.items.keys() == {CHEAPER, SOLD, GONE}
    assert properties(world, CHEAPER)["price"] == 1.25
    assert properties(world, CHEAPER)["availability"] == IN_STOCK
    assert properties(world, SOLD)["availability"] == properties(world, GONE)["availability"] == SOLD_OUT
    assert not imported(world, SECOND)
    assert second.step["items_put"] == "3"
    standing = await world.standings.get()
    assert (standing.items_run, standing.items_digest, standing.telling) == (
        SECOND,
        second.step["items_digest"],
        "",
    )


async def test_what_is_told_is_on_the_bill() -> None:
    """AWS charges for its bytes as for those of an import."""
    world = await first_week()
    second = await run(world, SECOND, week_two())
    (training,) = [one for one in await world.ledger.reports(SECOND) if one.name == "training"]
    assert training.units["personalize.ingested_bytes"] == int(second.step["items_put_bytes"])
    sizes = [len(f"{key}{one.properties}".encode()) for key, one in world.records.items.items()]
    assert int(second.step["items_put_bytes"]) == sum(sizes)


async def test_the_next_run_compares_with_what_was_told() -> None:
    """Nothing is told twice, and what is sold again is told again."""
    world = await first_week()
    await run(world, SECOND, week_two())
    world.records.items.clear()
    assert (await run(world, THIRD, week_two())).step["items_put"] == "0"
    assert world.records.items == {}
    await run(world, "run-4", ENOUGH)
    assert world.records.items.keys() == {CHEAPER, SOLD, GONE}
    assert properties(world, GONE)["availability"] == IN_STOCK


async def second_week(world: World) -> Run:
    """Write the second week's items, of which one has another id, and return its run."""
    await world.open(week_two(), SECOND)
    body = world.objects.stored[personalize_keys.items(FIRST)].replace(CHEAPER.encode(), b"P-other")
    key = personalize_keys.items(SECOND)
    await world.objects.put(key, body, content_type=personalize_keys.CSV_TYPE)
    await world.ledger.set_step(SECOND, items_digest="b", items_bytes=str(len(body)))
    return await world.ledger.run(SECOND)


async def is_left_to_an_import(world: World, second: Run) -> bool:
    """Whether nothing is told of the second week, nor is Personalize said to know it."""
    before = (await world.standings.get()).items_digest
    told = await world.tell_products.run(second)
    after = (await world.standings.get()).items_digest
    return told == {"items_put": "0"} and world.records.items == {} and before == after != "b"


@pytest.mark.parametrize(("limit", "value"), [("MOST_PUT", 1), ("MOST_COMPARED_BYTES", 10)])
async def test_more_than_is_put_is_imported(limit: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a catalogue that is too large to be compared."""
    world = await first_week()
    second = await second_week(world)
    monkeypatch.setattr(tell_products, limit, value)
    assert await is_left_to_an_import(world, second)
    monkeypatch.undo()
    assert (await world.tell_products.run(second))["items_put"] == "2"


Disturb = Callable[[World], object]


@pytest.mark.parametrize(
    "disturb",
    [
        lambda world: world.objects.stored.pop(personalize_keys.items(FIRST)),
        lambda world: world.personalize.vanish(dataset_of(world)),
        lambda world: object.__setattr__(world.tell_products, "only_full", True),
    ],
    ids=["no file to compare with", "no dataset", "imports are set to full"],
)
async def test_without_what_it_takes_nothing_is_put(disturb: Disturb) -> None:
    """An import does it later, since the standing says that Personalize has another catalogue."""
    world = await first_week()
    second = await second_week(world)
    disturb(world)
    assert await is_left_to_an_import(world, second)
    assert (await world.standings.get()).telling == ""


def dataset_of(world: World) -> str:
    """The dataset of items."""
    return next(arn for arn, one in world.personalize.made.items() if one.key == "dataset_items")


async def test_while_the_dataset_is_changed_an_import_is_left_to_do_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was put until then is in doubt: the catalogue counts as unknown."""

    async def busy(*_: object) -> None:
        raise NotReadyError("items: an import is in progress")

    world = await first_week()
    second = await second_week(world)
    monkeypatch.setattr(world.records, "put_items", busy)
    assert await is_left_to_an_import(world, second)
    assert (await world.standings.get()).telling == SECOND


@pytest.mark.parametrize("call", range(1, 4))
async def test_a_run_that_is_killed_while_it_tells_goes_on(call: int) -> None:
    """Before the first product, between, or before it is noted."""
    world = await first_week()
    await world.open(week_two(), SECOND)
    calls = kill_at(call, (world.standings, "change"), (world.records, "put_items"))
    with pytest.raises(KilledError):
        await world.run_to_end(SECOND)
    assert calls() == call
    await world.run_to_end(SECOND)
    assert world.records.items.keys() == {CHEAPER, SOLD, GONE}
    assert not imported(world, SECOND)
    assert (await world.standings.get()).telling == ""


async def test_what_another_run_began_to_tell_is_imported() -> None:
    """Nobody knows how much of it Personalize was told: what it has is neither catalogue."""
    world = await first_week(World(ranking_days=0))
    standing = await world.standings.get()
    await world.standings.change(standing, telling="run-that-died")
    second = await run(world, SECOND, week_two())
    assert second.step["items_put"] == "0"
    assert world.records.items == {}
    assert second.step["import_mode_items"] == Mode.FULL
    standing = await world.standings.get()
    assert (standing.telling, standing.items_run) == ("", SECOND)
