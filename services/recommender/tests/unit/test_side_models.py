"""Runs that ask more than a ranking: what goes with products, and in which order pins suit a customer."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from encore.contracts import object_keys
from encore.contracts.records import ReasonKind
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.engines import Engine, EngineName
from encore.recommender.domain.kept_rankings import PINS
from encore.recommender.domain.related import NUM_RESULTS, RelatedTo
from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.domain.rules import Rules
from encore.recommender.ports import QuotaError, RefusedError
from services.recommender.tests.fakes import InMemoryPersonalize, Shop, made_up_shop
from services.recommender.tests.real_time import current_picks_of, shown
from services.recommender.tests.world import RUN, World

RECIPE = "aws-similar-items"
PINNED = ("P60red", "P64red", "P68red")
MORE_PINS = (*PINNED, "P70red")
SHOP = made_up_shop(customers=300, part_size=150)
NEXT = "run-2"


@dataclass
class Refusing(InMemoryPersonalize):
    """Refuses whatever has one of these words in its name."""

    words: tuple[str, ...] = ()
    error: type[Exception] = RefusedError
    fails: set[str] = field(default_factory=set)

    async def ensure(self, wanted: ResourceSpec) -> str:
        """Raise the error for some names."""
        if any(word in wanted.name for word in self.words):
            raise self.error("not this one")
        return await super().ensure(wanted)

    async def is_active(self, kind: Kind, arn: str) -> bool:
        """Say that those to fail have failed."""
        if any(word in arn for word in self.fails):
            raise RefusedError("Dataset has fewer than 25 users with at least 2 interactions each.")
        return await super().is_active(kind, arn)


async def related_world(shop: Shop = SHOP, personalize: InMemoryPersonalize | None = None) -> World:
    """A world with a run that has asked what goes with products."""
    world = World(related=RECIPE, personalize=personalize)
    await run(world, shop)
    return world


async def run(world: World, shop: Shop = SHOP, run_id: str = RUN) -> None:
    """Take a run to its end, with what Personalize will answer about products."""
    await world.open(shop, run_id)
    await answer_by_product(world, shop, run_id)
    await world.run_to_end(run_id)


async def answer_by_product(world: World, shop: Shop, run_id: str) -> None:
    """Have each product go with the six that follow it in the catalogue, but for some lines."""
    ids = [one.product_id for one in shop.products]
    lines = [
        json.dumps({"input": {"itemId": one}, "output": {"recommendedItems": (ids * 2)[n + 1 : n + 7]}})
        for n, one in enumerate(ids)
    ]
    answers = "\n".join([*lines, '{"input":{"itemId":"P0red"},"output":null,"error":"no"}', "not JSON"])
    key = personalize_keys.related_output(run_id, 1)
    await world.objects.put(key, answers.encode(), content_type="application/x-ndjson")


@pytest.fixture(scope="module")
def related() -> World:
    """A world with a run that has asked what goes with products, for tests that only look."""
    return asyncio.run(related_world())


@pytest.fixture(scope="module")
def pinned() -> World:
    """A world with a run that had pins ranked, and asked what goes with products; for looking only."""
    world = World(personal_pins=True, related=RECIPE)
    asyncio.run(pinned_run(world))
    return world


async def lists(world: World, run_id: str = RUN) -> dict[str, tuple[str, ...]]:
    """What a run knows to go with products."""
    found = await world.objects.find_lines(learned_keys.related(run_id), RelatedTo)
    return {one.product_id: one.related for one in found}


async def paid(world: World, run_id: str = RUN) -> dict[str, int]:
    """What the run's report of its training has on the bill of Personalize."""
    (report,) = [one for one in await world.ledger.reports(run_id) if one.name == "training"]
    return {name: int(units) for name, units in report.units.items() if name.startswith("personalize.")}


def solutions(world: World) -> list[str]:
    """The names of the solutions that there are."""
    return sorted(one.name for one in world.personalize.made.values() if one.kind is Kind.SOLUTION)


def asked_products(world: World, run_id: str = RUN) -> list[str]:
    """The products in the input of the job for related items."""
    body = world.objects.stored.get(personalize_keys.related_input(run_id, 1), b"")
    return [json.loads(line)["itemId"] for line in body.splitlines()]


async def test_a_run_asks_once_what_goes_with_each_family_that_customers_have(related: World) -> None:
    """72 families of two variants: 72 lines at most, one solution, version and job more, all on the bill."""
    world = related
    families = {one.product_ids[0].removesuffix("red") for c in SHOP.customers for one in c.reviews}
    asked = asked_products(world)
    assert {one.removesuffix("red").removesuffix("blue") for one in asked} == families
    assert len(asked) == len(families) <= 72
    assert solutions(world) == ["shop-related-run-1", "shop-run-1"]
    job = world.personalize.made["arn:batch inference job:run-1-related"].request
    assert job["numResults"] == NUM_RESULTS
    assert job["jobInput"]["s3DataSource"]["path"].endswith("/related-input/")
    solution = world.personalize.made["arn:solution:shop-related-run-1"].request
    assert solution["recipeArn"].endswith(RECIPE)
    assert "eventsConfig" not in solution["solutionConfig"]
    step = (await world.ledger.run(RUN)).step
    bill = await paid(world)
    assert bill["personalize.trained_interactions"] == 2 * int(step["interactions"])
    assert bill["personalize.recommendations"] == len(asked)


async def test_the_answers_become_the_runs_lists(related: World) -> None:
    """Errors and lines that cannot be read are left out; every product's own list is there."""
    found = await lists(related)
    assert found["P5red"] == ("P5blue", "P6red", "P6blue", "P7red", "P7blue", "P8red")
    assert set(found) == {one.product_id for one in SHOP.products}


async def test_without_it_nothing_more_is_asked() -> None:
    """It is off unless a shop wants it."""
    world = World()
    await world.open(SHOP)
    await world.run_to_end()
    assert solutions(world) == ["shop-run-1"]
    assert asked_products(world) == []
    assert await lists(world) == {}


async def test_a_later_run_keeps_the_lists_while_little_is_new() -> None:
    """It asks nothing and trains nothing: what goes with what is the same."""
    world = await related_world()
    await run(world, run_id=NEXT)
    assert await lists(world, NEXT) == await lists(world)
    assert asked_products(world, NEXT) == []
    assert not [one for one in world.personalize.created if "related-run-2" in one or "run-2-related" in one]


async def test_old_lists_are_asked_for_again() -> None:
    """As a version is trained again that is as old."""
    world = await related_world()
    first = await world.ledger.run(RUN)
    await world.open(SHOP, NEXT)
    later = first.created_at + timedelta(days=15)
    item = world.runs.table.items
    key = next(one for one in item if one[0] == NEXT and "created_at" in item[one])
    item[key]["created_at"] = {"S": later.isoformat()}
    await run(world, run_id=NEXT)
    assert len(asked_products(world, NEXT)) == len(asked_products(world))


async def test_families_without_a_list_are_asked_about_once_there_are_many() -> None:
    """One customer's new product is not worth a training; a new department is."""
    half = made_up_shop(customers=600, part_size=600)
    before = [one for part in half.parts for one in part]
    old = {f"P{n}{colour}" for n in range(30) for colour in ("red", "blue")}
    some = replace(
        half,
        parts=[[one for one in before if old.issuperset(one.product_ids)]],
        scored=[[one for part in half.scored for one in part if old.issuperset(one.product_ids)]],
    )
    world = World(related=RECIPE)
    await run(world, some)
    if not asked_products(world):
        pytest.fail("the first run was too small for Personalize")
    await run(world, half, NEXT)
    assert len(asked_products(world, NEXT)) > len(asked_products(world))


@pytest.mark.parametrize("error", [RefusedError, QuotaError])
async def test_a_run_does_without_what_personalize_refuses(error: type[Exception]) -> None:
    """Related items are no reason to fail: the picks are those of a run that never asked."""
    plain = World()
    await plain.open(SHOP)
    await plain.run_to_end()
    world = await related_world(personalize=Refusing(words=("-related-",), error=error))
    assert (await world.ledger.run(RUN)).step["related_refused"] == "not this one"
    assert await lists(world) == {}
    assert await world.recommended(1) == await plain.recommended(1)


async def test_too_little_data_for_related_items_alone_is_no_reason_to_rank_by_popularity() -> None:
    """Another recipe may have other minimums."""
    world = await related_world(personalize=Refusing(fails={"run-1-related"}))
    step = (await world.ledger.run(RUN)).step
    assert step["engine"] == "personalize"
    assert "fewer than 25 users" in step["related_refused"]


async def test_an_engine_that_asks_about_products_is_not_asked_twice() -> None:
    """Its answers are the lists, and those of earlier runs stay."""
    world = World(related=RECIPE, engine=Engine.of(EngineName.SIMILAR))
    await run(world)
    owned = {product_id for one in SHOP.customers for product_id in one.product_ids}
    assert set(await lists(world)) >= owned
    assert asked_products(world) == []
    assert solutions(world) == ["shop-run-1"]
    await run(world, run_id=NEXT)
    assert await lists(world, NEXT) == await lists(world)


async def test_the_solution_of_an_old_runs_related_items_is_removed() -> None:
    """Its lists are kept elsewhere."""
    world = await related_world()
    await run(world, made_up_shop(customers=320, part_size=160, seed=3), NEXT)
    assert [one for one in solutions(world) if one.startswith("shop-related-run-1")] == []


async def pinned_run(
    world: World, run_id: str = RUN, pinned: tuple[str, ...] = PINNED, shop: Shop = SHOP
) -> None:
    """Take a run to its end in which Personalize ranks pins backwards for customers of even numbers."""
    file = f"pin: [{', '.join(pinned)}]".encode()
    await world.objects.put(object_keys.MERCHANDISING, file, content_type="text/yaml")
    await world.open(shop, run_id)
    if world.related:
        await answer_by_product(world, shop, run_id)
    lines = [
        json.dumps({"input": {"userId": one.customer_id}, "output": {"recommendedItems": pinned[::-1]}})
        for one in shop.customers
        if not int(one.customer_id[1:]) % 2
    ]
    key = personalize_keys.pins_output(run_id, 1)
    await world.objects.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")
    await world.run_to_end(run_id)


async def featured(world: World, run_id: str = RUN) -> dict[str, list[str]]:
    """The pinned products of each customer, in their order."""
    recommended = [*await world.recommended(1, run_id), *await world.recommended(2, run_id)]
    return {
        one.customer_id: [
            each.product.product_id for each in one.picks if each.reason.kind is ReasonKind.FEATURED
        ]
        for one in recommended
    }


def free() -> set[str]:
    """The customers who have nothing that is like a pinned chair, so that all pins suit them."""
    likes_of_pins = {f"P{n}{colour}" for n in range(48, 72) for colour in ("red", "blue")}
    return {one.customer_id for one in SHOP.customers if likes_of_pins.isdisjoint(one.product_ids)}


def asked_customers(world: World, run_id: str = RUN) -> list[str]:
    """The customers in the input of the job that ranks pins."""
    body = world.objects.stored.get(personalize_keys.pins_input(run_id, 1), b"")
    return [json.loads(line)["userId"] for line in body.splitlines()]


async def test_each_customer_gets_the_pins_that_suit_them(pinned: World) -> None:
    """By Personalize's order; who has none, because their line failed, gets the first of the file."""
    world = pinned
    found = await featured(world)
    for customer_id, pins in found.items():
        if customer_id in free():
            wanted = PINNED[::-1] if not int(customer_id[1:]) % 2 else PINNED
            assert set(pins) == set(wanted[:2]), customer_id
    assert sorted(asked_customers(world)) == sorted(one.customer_id for one in SHOP.customers)
    solution = world.personalize.made["arn:solution:shop-pins-run-1"].request
    assert solution["recipeArn"].endswith("aws-personalized-ranking-v2")
    assert "eventsConfig" in solution["solutionConfig"]
    assert "numResults" not in world.personalize.made["arn:batch inference job:run-1-pins"].request
    step = (await world.ledger.run(RUN)).step
    assert await paid(world) == {
        "personalize.ingested_bytes": int(step["csv_bytes"]),
        "personalize.trained_interactions": 3 * int(step["interactions"]),
        "personalize.recommendations": 300 + len(asked_products(world)),
    }


async def test_picks_in_real_time_are_those_of_the_run(pinned: World) -> None:
    """Whose pins are whose, and what goes with what, is the same until another run is there."""
    current = current_picks_of(pinned)
    await current.shops.renew()
    edition = current.shops.current.edition
    assert (edition.has_related, edition.pins) == (True, PINNED)
    for part in (1, 2):
        for one in await pinned.recommended(part):
            answer = await current.find(one.customer_id)
            assert json.loads(answer.picks or b"") == shown(one.picks)


@pytest.mark.parametrize(
    ("facts", "pinned"),
    [
        ({}, PINNED),
        ({"personal_pins": True, "rules": Rules(max_pinned=3)}, PINNED),
        ({"personal_pins": True}, ()),
        ({"personal_pins": True, "rules": Rules(max_pinned=0)}, PINNED),
    ],
)
async def test_nothing_is_asked_where_there_is_no_choice(
    facts: dict[str, Any], pinned: tuple[str, ...]
) -> None:
    """Switched off, without more pins than a list may have, without any, or with none allowed."""
    world = World(**facts)
    await pinned_run(world, pinned=pinned)
    assert asked_customers(world) == []
    assert solutions(world) == ["shop-run-1"]


async def test_orders_of_pins_are_kept_while_customers_and_pins_are_the_same() -> None:
    """A second run asks for those without an answer alone; the order of the file does not matter."""
    world = World(personal_pins=True, rules=Rules(emails_without_repeats=0))
    await pinned_run(world)
    await pinned_run(world, NEXT, pinned=(PINNED[1], PINNED[0], PINNED[2]))
    evens = [one for one in asked_customers(world) if not int(one[1:]) % 2]
    assert set(asked_customers(world, NEXT)) == set(asked_customers(world)) - set(evens)
    before, after = await featured(world), await featured(world, NEXT)
    assert {one: set(before[one]) for one in evens} == {one: set(after[one]) for one in evens}
    assert (await world.items.get_all([{"customer_id": evens[0], "run_id": PINS}]))[0]["ranked_in"] == RUN


async def test_other_pins_are_ranked_by_the_version_that_there_is() -> None:
    """All customers are asked for, but neither pins nor products need another training."""
    world = World(personal_pins=True)
    await pinned_run(world)
    await pinned_run(world, NEXT, pinned=MORE_PINS)
    assert len(asked_customers(world, NEXT)) == 300
    step = (await world.ledger.run(NEXT)).step
    assert step["pins_reused"] == "yes"
    assert step["pins_version"] == (await world.ledger.run(RUN)).step["pins_version"]
    assert not [one for one in world.personalize.created if one.startswith("arn:solution:") and NEXT in one]
    assert [one for one in world.personalize.created if "job:run-2" in one and "inference" in one] == [
        "arn:batch inference job:run-2-pins"
    ]
    assert (await paid(world, NEXT))["personalize.recommendations"] == 300


async def test_pins_that_personalize_refuses_to_rank_come_in_the_order_of_the_file() -> None:
    """The run itself is not harmed."""
    world = World(personal_pins=True, personalize=Refusing(words=("-pins-",)))
    await pinned_run(world)
    found = await featured(world)
    assert {frozenset(found[name]) for name in free()} == {frozenset(PINNED[:2])}


async def test_the_version_that_ranks_pins_outlives_its_run() -> None:
    """It is in use: only a later one's takes its place, and then its solution goes."""
    world = World(personal_pins=True)
    await pinned_run(world)
    for number in range(2, 6):
        await pinned_run(world, f"run-{number}")
    assert "shop-pins-run-1" in solutions(world)
    world.now += timedelta(days=15)
    await pinned_run(world, "run-6", pinned=MORE_PINS)
    await pinned_run(world, "run-7")
    assert [one for one in solutions(world) if "pins" in one] == ["shop-pins-run-6"]
