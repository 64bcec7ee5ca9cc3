"""Nobody who gets no email costs anything, and nothing that is sold out is picked, whatever the mixture."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts import object_keys
from fondly.contracts.events import RecommendationsReady
from fondly.contracts.records import Customer, Exclusion, Recommendation
from fondly.recommender.domain.history.history import Told
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.picking.recommending import recommend
from fondly.runtime.runs.run import StageName
from services.recommender.tests.cases import CASES, Case
from services.recommender.tests.fakes import Shop, made_up_shop
from services.recommender.tests.world import ALONE, ENOUGH, MANY_PARTS, RUN, TOO_LITTLE, World

CAUSES = (None, None, *Exclusion)


def some_excluded(shop: Shop, seed: int) -> Shop:
    """The shop, of whose customers some get no email, for one reason or another."""
    chance = random.Random(seed)  # noqa: S311 - test data
    parts = [
        [one.model_copy(update={"exclusion": chance.choice(CAUSES)}) for one in part] for part in shop.parts
    ]
    return replace(shop, parts=parts)


def excluded(customers: Sequence[Customer]) -> list[Customer]:
    """The customers, all of whom must not be written to."""
    return [one.model_copy(update={"exclusion": Exclusion.SUPPRESSED}) for one in customers]


def mailed(shop: Shop) -> list[str]:
    """The ids of the customers who may be mailed."""
    return [one.customer_id for one in shop.customers if one.exclusion is None]


def learned_from(world: World) -> tuple[bytes, list[list[bytes]]]:
    """The users, and the interactions without their time, which is the run's."""
    stored = world.objects.stored
    rows = stored[personalize_keys.rows(RUN, personalize_keys.INTERACTIONS, 1)].splitlines()
    return stored[personalize_keys.rows(RUN, personalize_keys.USERS, 1)], [
        row.split(b",")[:2] for row in rows
    ]


async def billed(world: World, unit: str) -> Decimal:
    """How much of a unit the run's reports have."""
    return sum((one.units.get(unit, Decimal(0)) for one in await world.ledger.reports(RUN)), Decimal(0))


async def recommended(world: World) -> list[Recommendation]:
    """All recommendations of the run's two parts."""
    return [one for part in (1, 2) for one in await world.recommended(part)]


@pytest.mark.parametrize("seed", range(3))
async def test_products_are_ranked_and_picked_for_nobody_who_is_excluded(seed: int) -> None:
    """They are no input of the batch job, are not billed, and have no list; all others have one."""
    shop, world = some_excluded(ENOUGH, seed), World()
    await world.open(shop)
    await world.run_to_end()
    stored = world.objects.stored[personalize_keys.batch_input(RUN, 1)]
    asked = [json.loads(line)["userId"] for line in stored.splitlines()]
    assert asked == [one.customer_id for one in await recommended(world)] == mailed(shop)
    assert await billed(world, "personalize.recommendations") == len(asked)
    assert {customer_id for customer_id, _ in world.items.items} == set(asked)


async def test_what_excluded_customers_have_counts_all_the_same() -> None:
    """The model learns from them, and others get the lists that they would get if everybody were mailed."""
    shop, world, everybody = some_excluded(ENOUGH, 1), World(rules=ALONE), World(rules=ALONE)
    for each, of in ((world, shop), (everybody, ENOUGH)):
        await each.open(of)
        await each.run_to_end()
    assert learned_from(world) == learned_from(everybody)
    lists = {one.customer_id: one for one in await recommended(everybody)}
    assert await recommended(world) == [lists[customer_id] for customer_id in mailed(shop)]


async def test_a_bundle_without_anybody_to_mail_is_ready_and_empty() -> None:
    """Personalize gets no empty file for it, and no output is waited for or read."""
    world, shop = World(), MANY_PARTS
    await world.open(replace(shop, parts=[*map(excluded, shop.parts[:4]), *shop.parts[4:]]))
    del world.objects.stored[personalize_keys.batch_output(RUN, 1)]
    await world.run_to_end()
    assert personalize_keys.batch_input(RUN, 1) not in world.objects.stored
    assert world.objects.stored[object_keys.recommendations(RUN, 1)] == b""
    ready = world.announcer.of(RecommendationsReady)
    assert [one.customers for one in ready] == 4 * [0] + 6 * [24]  # type: ignore[attr-defined] # narrowed by `of`


async def test_a_run_without_anybody_to_mail_trains_nothing() -> None:
    """However much data there is, every part is ready at once, and nothing is made in Personalize."""
    world = World()
    await world.open(replace(ENOUGH, parts=[excluded(part) for part in ENOUGH.parts]))
    assert await world.run_to_end() == 3
    assert (world.personalize.made, await recommended(world)) == ({}, [])
    assert [one.customers for one in world.announcer.of(RecommendationsReady)] == [0, 0]  # type: ignore[attr-defined] # narrowed by `of`
    run = await world.ledger.run(RUN)
    assert (await world.state()).popularity_reason == "nobody to rank products for"
    assert run.stage(StageName.RECOMMENDER).done == {1, 2}
    assert await billed(world, "personalize.trained_interactions") == 0


@given(CASES, st.lists(st.sampled_from(CAUSES), min_size=12, max_size=12))
def test_whatever_the_shop_is_only_who_may_be_mailed_gets_a_list(
    case: Case, causes: Sequence[Exclusion | None]
) -> None:
    """With a ranking or without one."""
    customers = [
        one.model_copy(update={"exclusion": cause}) for one, cause in zip(case.known(), causes, strict=False)
    ]
    rankings = {one.customer_id: case.ranked for one in customers}
    lists = recommend(Told(customers, (), {}), rankings, case.shop).recommendations
    assert [one.customer_id for one in lists] == [
        one.customer_id for one in customers if one.exclusion is None
    ]


@pytest.mark.parametrize("sold_out_share", [0.1, 0.6, 0.97, 1])
@pytest.mark.parametrize("shop", [ENOUGH, TOO_LITTLE], ids=["ranked", "popular"])
async def test_nothing_sold_out_is_picked(shop: Shop, sold_out_share: float) -> None:
    """Neither what is ranked or popular, nor what the shop pins: who cannot get five gets fewer."""
    chance = random.Random(4)  # noqa: S311 - test data
    products = [
        one.model_copy(update={"in_stock": chance.choice((None, True)) if rest else False})
        for one in shop.products
        for rest in [chance.random() >= sold_out_share]
    ]
    sold_out = {one.product_id for one in products if one.in_stock is False}
    pinned = json.dumps({"pin": [*sorted(sold_out)[:3], "P1red"]})
    world = World()
    await world.open(replace(shop, products=products))
    await world.objects.put(object_keys.MERCHANDISING, pinned.encode(), content_type="text/yaml")
    await world.run_to_end()
    lists = await recommended(world)
    assert len(lists) == len(shop.customers)
    assert sold_out.isdisjoint(pick.product.product_id for one in lists for pick in one.picks)
    assert any(one.picks for one in lists) is (sold_out_share < 1)


async def test_a_customers_language_and_time_zone_travel_with_the_list() -> None:
    """Whoever sends the email needs them."""
    shop, world = made_up_shop(customers=30, part_size=15), World()
    first = shop.parts[0][0].model_copy(update={"language": "de-AT", "time_zone": "Europe/Vienna"})
    await world.open(replace(shop, parts=[[first, *shop.parts[0][1:]], shop.parts[1]]))
    await world.run_to_end()
    found = await recommended(world)
    assert (found[0].language, found[0].time_zone) == ("de-AT", "Europe/Vienna")
    assert (found[1].language, found[1].time_zone) == (None, None)
