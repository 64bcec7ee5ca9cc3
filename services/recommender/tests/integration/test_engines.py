"""Whole runs with the engines `campaign` and `similar`, with filters and promotions, on understudy."""

import asyncio
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from encore.contracts.consent import address_entry, customer_entry
from encore.contracts.records import Product, RecommendationSource
from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.engines import EngineName, SimilarRecipe
from encore.recommender.settings import RecommenderSettings
from encore.runtime.runs.totals import total
from services.recommender.tests.fakes import Shop, made_up_shop
from services.recommender.tests.whole_run import PATIENCE_S, OtherServices, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_aiobotocore_personalize.client import PersonalizeClient

RUN = "run-1"
IDLE_MIN = 10 / 60
pytestmark = pytest.mark.timeout(700)
SHOP = made_up_shop(customers=600, part_size=300)


def with_campaign(settings: RecommenderSettings, **more: object) -> RecommenderSettings:
    """Settings of a service that asks a campaign, and deletes it after ten idle seconds."""
    changes = {
        "recommender_engine": EngineName.CAMPAIGN,
        "recommender_campaign_idle_min": IDLE_MIN,
        "recommender_campaign_calls_per_s": 400.0,
        **more,
    }
    return settings.model_copy(update=changes)


def with_sold_out(shop: Shop, *product_ids: str) -> Shop:
    """The shop without these products in stock."""
    return changed(shop, lambda one: {"in_stock": False} if one.product_id in product_ids else {})


def changed(shop: Shop, change: "Callable[[Product], dict[str, object]]") -> Shop:
    """The shop with other facts of its products."""
    return replace(shop, products=[one.model_copy(update=change(one)) for one in shop.products])


async def ready(others: OtherServices, shop: Shop, run_id: str = RUN) -> None:
    """Take a run through the recommender."""
    await others.open(run_id, shop)
    await others.announce(run_id, shop)
    await others.ready(len(shop.parts))


async def rankings(others: OtherServices, run_id: str = RUN) -> dict[str, list[str]]:
    """What Personalize has ranked, by customer, as selection reads it."""
    lines = (await others.objects.get(personalize_keys.batch_output(run_id, 1))).splitlines()
    found = [json.loads(line) for line in lines]
    return {one["input"]["userId"]: one["output"]["recommendedItems"] for one in found}


async def paid(others: OtherServices, run_id: str = RUN) -> int:
    """What Personalize has been asked for, by the run's reports."""
    reports = await others.ledger.reports(run_id)
    return int(sum(one.units.get("personalize.recommendations", 0) for one in reports))


async def without_campaign(personalize: "PersonalizeClient") -> None:
    """Wait until there is no campaign."""
    async with asyncio.timeout(PATIENCE_S):
        while (await personalize.list_campaigns())["campaigns"]:  # noqa: ASYNC110 - no event says so
            await asyncio.sleep(0.2)


async def test_a_campaign_ranks_everybody_and_is_deleted_once_it_is_idle(
    settings: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """600 requests, no batch job; owned and sold-out products are in no ranking; then nothing is billed."""
    gone = ("P3red", "P3blue", "P40blue")
    async with serving(with_campaign(settings)):
        await ready(others, with_sold_out(SHOP, *gone))
        recommended = await others.recommendations(RUN, 2)
        assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
        assert all(len(one.picks) == 5 for one in recommended)
        assert (await personalize.list_batch_inference_jobs())["batchInferenceJobs"] == []
        assert await paid(others) == 600
        found = await rankings(others)
        assert sorted(found) == sorted(one.customer_id for one in SHOP.customers)
        for customer in SHOP.customers:
            assert set(found[customer.customer_id]).isdisjoint({*customer.product_ids, *gone})
        await without_campaign(personalize)
        await others.drained("recommender")


async def test_a_service_that_stops_in_the_middle_leaves_a_campaign_that_is_still_deleted(
    settings: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """The messages that watch it are in the queue: whichever task comes next goes on, with any engine."""
    await others.open(RUN, SHOP)
    async with serving(with_campaign(settings)):
        await others.announce(RUN, SHOP)
        async with asyncio.timeout(PATIENCE_S):
            while not (await personalize.list_campaigns())["campaigns"]:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0.05)
    async with serving(settings.model_copy(update={"recommender_campaign_idle_min": IDLE_MIN})):
        await others.ready(2)
        await without_campaign(personalize)
        await others.drained("recommender")
    assert await paid(others) == 600


async def test_a_task_that_is_killed_before_it_deletes_leaves_that_to_the_next(
    settings: RecommenderSettings,
    others: OtherServices,
    personalize: "PersonalizeClient",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The deletion was recorded before; its message comes back, and asks for it again."""
    tried = asyncio.Event()

    async def killed(*_: object) -> bool:
        tried.set()
        raise RuntimeError("killed")

    async with serving(with_campaign(settings)):
        with monkeypatch.context() as patched:
            patched.setattr(AWSPersonalize, "delete", killed)
            await ready(others, SHOP)
            async with asyncio.timeout(PATIENCE_S):
                await tried.wait()
        await without_campaign(personalize)


async def test_promoted_products_take_their_share_of_what_a_campaign_answers(
    settings: RecommenderSettings, others: OtherServices
) -> None:
    """Every ranking has new products, as many as the share says, and none that is owned or sold out."""
    now = int(time.time())
    new = {f"P{n}{colour}" for n in range(60, 72) for colour in ("red", "blue")}
    gone = {"P60red", "P61red"}

    def facts(one: Product) -> dict[str, object]:
        sold_since: dict[str, object] = {"available_from": now - 86_400} if one.product_id in new else {}
        return sold_since | ({"in_stock": False} if one.product_id in gone else {})

    promoting = {"recommender_promote_new_percent": 20, "recommender_num_results": 50}
    async with serving(with_campaign(settings, **promoting)):
        await ready(others, changed(SHOP, facts))
    for customer_id, items in (await rankings(others)).items():
        customer = next(one for one in SHOP.customers if one.customer_id == customer_id)
        promoted = [one for one in items if one in new]
        assert len(promoted) >= min(10, len(new - gone - set(customer.product_ids)))
        assert set(items).isdisjoint(gone | set(customer.product_ids))


@pytest.mark.parametrize("recipe", SimilarRecipe)
async def test_what_goes_with_products_is_asked_once_for_each(
    settings: RecommenderSettings,
    others: OtherServices,
    personalize: "PersonalizeClient",
    recipe: SimilarRecipe,
) -> None:
    """Half of the customers have one family: 144 lines rank 600 customers, without what is sold out."""
    gone = ("P3red", "P3blue", "P40blue")
    changes = {"recommender_engine": EngineName.SIMILAR, "recommender_similar_recipe": recipe}
    async with serving(settings.model_copy(update=changes)):
        await ready(others, with_sold_out(SHOP, *gone))
    owned = {product_id for one in SHOP.customers for product_id in one.product_ids}
    assert await paid(others) == len(owned) <= 144
    recommended = await others.recommendations(RUN, 2)
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    assert all(len(one.picks) == 5 for one in recommended)
    lines = (await others.objects.get(personalize_keys.product_output(RUN, 1))).splitlines()
    items = [json.loads(line)["output"]["recommendedItems"] for line in lines]
    assert len(items) == len(owned)
    assert all(set(each).isdisjoint(gone) for each in items)
    (solution,) = (await personalize.list_solutions())["solutions"]
    assert solution["recipeArn"].endswith(recipe)
    counts = total(await others.ledger.reports(RUN)).counts
    assert counts["customers_by_popularity"] == 0


async def test_a_small_shop_is_ranked_by_the_meaning_of_its_products(
    settings: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Forty customers are too few for any other recipe; no interactions are imported, and none are needed."""
    shop = made_up_shop(customers=40, part_size=40)
    changes = {
        "recommender_engine": EngineName.SIMILAR,
        "recommender_similar_recipe": SimilarRecipe.SEMANTIC,
    }
    async with serving(settings.model_copy(update=changes)):
        await ready(others, shop)
    recommended = await others.recommendations(RUN, 1)
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    jobs = (await personalize.list_dataset_import_jobs())["datasetImportJobs"]
    assert sorted(job["jobName"] for job in jobs) == ["run-1-items", "run-1-users"]


async def test_a_batch_job_ranks_nothing_for_suppressed_customers(
    running: RecommenderSettings, others: OtherServices
) -> None:
    """By their id or their address: Personalize answers, and is paid, for all others."""
    shop = made_up_shop(customers=600, part_size=300, prefix="S")
    by_id, by_address = shop.parts[0][0], shop.parts[1][0].model_copy(update={"email": "a@shop.example"})
    shop = replace(shop, parts=[shop.parts[0], [by_address, *shop.parts[1][1:]]])
    await others.suppress(
        running.suppressions_table, customer_entry(by_id.customer_id), address_entry("A@Shop.Example")
    )
    await ready(others, shop)
    wanted = {one.customer_id for one in shop.customers} - {by_id.customer_id, by_address.customer_id}
    assert set(await rankings(others)) == wanted
    assert await paid(others) == len(wanted)
    counts = total(await others.ledger.reports(RUN)).counts
    assert (counts["customers_passed_over"], counts["customers_by_popularity"]) == (2, 0)


async def test_a_batch_job_leaves_out_what_is_owned_and_sold_out(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """One filter for all runs of the group, which AWS limits to ten."""
    assert running.recommender_engine is EngineName.BATCH
    gone = ("P3red", "P3blue", "P40blue")
    await ready(others, with_sold_out(SHOP, *gone))
    found = await rankings(others)
    for customer in SHOP.customers:
        assert set(found[customer.customer_id]).isdisjoint({*customer.product_ids, *gone})
    later = made_up_shop(customers=700, part_size=700, seed=2)
    await ready(others, later, "run-2")
    assert len((await personalize.list_filters())["Filters"]) == 1
