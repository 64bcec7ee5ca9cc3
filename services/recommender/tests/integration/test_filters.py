"""Whom and what a batch job leaves out, and what a run leaves for real time, on understudy."""

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fondly.contracts.consent import address_entry, customer_entry
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.run_state import RecommenderState
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.witnesses import Witness
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.runs.totals import total
from services.recommender.tests.fakes import Shop, made_up_shop
from services.recommender.tests.whole_run import PATIENCE_S, OtherServices, serving

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

RUN = "run-1"
pytestmark = pytest.mark.timeout(700)
SHOP = made_up_shop(customers=600, part_size=300)


def with_sold_out(shop: Shop, *product_ids: str) -> Shop:
    """The shop without these products in stock."""
    products = [
        one.model_copy(update={"in_stock": False}) if one.product_id in product_ids else one
        for one in shop.products
    ]
    return replace(shop, products=products)


async def ready(others: OtherServices, shop: Shop, run_id: str = RUN) -> None:
    """Take a run through the recommender."""
    await others.open(run_id, shop)
    await others.announce(run_id, shop)
    await others.ready(len(shop.parts))


async def rankings(others: OtherServices, run_id: str = RUN) -> dict[str, list[str]]:
    """What Personalize has ranked, by customer, as selection reads it."""
    both = (personalize_keys.EVERYBODY, personalize_keys.WITNESSES)
    keys = [personalize_keys.batch_output(run_id, 1, who) for who in both]
    lines = [line for key in keys for line in (await others.objects.get(key)).splitlines()]
    found = [json.loads(line) for line in lines]
    return {one["input"]["userId"]: one["output"]["recommendedItems"] for one in found}


async def paid(others: OtherServices, run_id: str = RUN) -> int:
    """What Personalize has been asked for, by the run's reports."""
    reports = await others.ledger.reports(run_id)
    return int(sum(one.units.get("personalize.recommendations", 0) for one in reports))


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
    assert running.recommender_ranking == "on"
    gone = ("P3red", "P3blue", "P40blue")
    await ready(others, with_sold_out(SHOP, *gone))
    found = await rankings(others)
    witnesses = await others.objects.get_lines(learned_keys.witnesses(RUN, 1), Witness)
    owned = {one.customer_id: set(one.product_ids) for one in SHOP.customers}
    owned |= {one.customer_id: set(one.told.customer.product_ids) for one in witnesses}
    for name, told in owned.items():
        assert set(found[name]).isdisjoint({*told, *gone})
    later = made_up_shop(customers=700, part_size=700, seed=2)
    await ready(others, later, "run-2")
    assert len((await personalize.list_filters())["Filters"]) == 1


async def test_a_campaign_is_kept_at_the_version_of_the_latest_run_until_it_is_switched_off(
    settings: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """No run asks it: each has a batch job all the same."""

    async def campaigns() -> list[str]:
        return [one["status"] for one in (await personalize.list_campaigns())["campaigns"]]

    async def trackers() -> list[str]:
        return [one["name"] for one in (await personalize.list_event_trackers())["eventTrackers"]]

    async with serving(settings.model_copy(update={"recommender_campaign": True})):
        await ready(others, SHOP)
        async with asyncio.timeout(PATIENCE_S):
            while await campaigns() != ["ACTIVE"]:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0.1)
        (campaign,) = (await personalize.list_campaigns())["campaigns"]
        described = await personalize.describe_campaign(campaignArn=campaign["campaignArn"])
        run = await others.ledger.run(RUN)
        assert (
            described["campaign"]["solutionVersionArn"]
            == RecommenderState.of(run).resources["solution_version"]
        )
        assert campaign["name"] == settings.recommender_dataset_group
        assert await trackers() == [settings.recommender_dataset_group]
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 1
    async with serving(settings):
        await ready(others, SHOP, "run-2")
        async with asyncio.timeout(PATIENCE_S):
            while await campaigns() or await trackers():  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0.1)
