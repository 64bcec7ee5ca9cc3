"""Runs that ask what goes with products, each once, instead of asking for each customer."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from encore.contracts.events import RecommendationsReady
from encore.contracts.records import RecommendationSource
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.engines import Engine, EngineName, SimilarRecipe
from encore.runtime.runs.totals import total
from services.recommender.tests.fakes import made_up_shop
from services.recommender.tests.world import ENOUGH, RUN, TOO_LITTLE, World

SIMILAR = Engine.of(EngineName.SIMILAR)
SEMANTIC = Engine.of(EngineName.SIMILAR, SimilarRecipe.SEMANTIC)


def asked(world: World, run_id: str = RUN) -> list[str]:
    """The products in the batch job's input."""
    body = world.objects.stored.get(personalize_keys.product_input(run_id, 1), b"")
    return [json.loads(line)["itemId"] for line in body.splitlines()]


async def paid(world: World, run_id: str = RUN) -> Decimal | int:
    """What the run's reports have for Personalize's recommendations."""
    reports = await world.ledger.reports(run_id)
    return sum(report.units.get("personalize.recommendations", Decimal(0)) for report in reports)


async def test_each_product_is_asked_about_once_whoever_has_it() -> None:
    """600 customers have at most 144 products: that is what is in the input, and on the bill."""
    world = World(engine=SIMILAR)
    await world.open(ENOUGH)
    await world.run_to_end()
    owned = {product_id for one in ENOUGH.customers for product_id in one.product_ids}
    assert asked(world) == sorted(owned)
    assert await paid(world) == len(owned) < len(ENOUGH.customers)
    assert not [key for key in world.objects.stored if key == personalize_keys.batch_input(RUN, 1)]
    recommended = [*await world.recommended(1), *await world.recommended(2)]
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    assert all(len(one.picks) == 5 for one in recommended)
    assert total(await world.ledger.reports(RUN)).counts["customers_by_popularity"] == 0


async def test_a_second_run_asks_only_about_products_of_changed_customers() -> None:
    """Rankings are kept: nobody else's products are on the bill; without any, nothing is trained."""
    shop = made_up_shop(customers=600, part_size=300)
    world = World(engine=SIMILAR)
    await world.open(shop)
    await world.run_to_end()
    await world.open(shop, "run-2")
    await world.run_to_end("run-2")
    assert asked(world, "run-2") == []
    assert await paid(world, "run-2") == 0
    first = shop.parts[0][1]
    aged = first.model_copy(update={"age": 44})
    changed = replace(shop, parts=[[shop.parts[0][0], aged, *shop.parts[0][2:]], shop.parts[1]])
    await world.open(changed, "run-3")
    await world.run_to_end("run-3")
    assert asked(world, "run-3") == sorted(first.product_ids)
    assert await paid(world, "run-3") == len(first.product_ids)


async def test_many_bundles_share_one_input() -> None:
    """A product whose owners are in several bundles is still asked about once."""
    shop = made_up_shop(customers=600, part_size=60)
    world = World(engine=SIMILAR)
    await world.open(shop)
    await world.run_to_end()
    assert len(asked(world)) == len(set(asked(world))) == await paid(world)
    assert len(world.announcer.of(RecommendationsReady)) == 10


async def test_without_any_answer_nobody_gets_popular_products_because_of_it() -> None:
    """The message fails and comes back, as where a batch job's output is missing."""
    world = World(engine=SIMILAR)
    await world.open(ENOUGH)
    del world.objects.stored[personalize_keys.product_output(RUN, 1)]
    with pytest.raises(Exception, match="is missing or empty"):
        await world.run_to_end()
    assert world.announcer.of(RecommendationsReady) == []


async def test_few_interactions_are_enough_for_the_semantic_recipe() -> None:
    """It is trained on the products' texts: interactions and users that are too few are not imported."""
    world = World(engine=SEMANTIC)
    await world.open(TOO_LITTLE)
    await world.run_to_end()
    step = (await world.ledger.run(RUN)).step
    assert step["engine"] == "personalize"
    assert not step.get("import_interactions")
    assert step["import_items"]
    recommended = [*await world.recommended(1), *await world.recommended(2)]
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    units = total(await world.ledger.reports(RUN))
    assert units.counts["customers_by_popularity"] == 0


async def test_few_interactions_are_too_few_for_the_other_recipe() -> None:
    """It learns from who has what, as the recipes for customers do."""
    world = World(engine=SIMILAR)
    await world.open(TOO_LITTLE)
    await world.run_to_end()
    assert (await world.ledger.run(RUN)).step["engine"] == "popularity"
    assert world.personalize.made == {}
