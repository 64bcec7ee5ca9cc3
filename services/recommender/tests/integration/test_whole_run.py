"""The running service, on an AWS emulator and understudy's Personalize over HTTP."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import RunFinished, parse_event
from fondly.contracts.records import (
    Customer,
    Exclusion,
    Purchase,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.run_state import RecommenderState
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.runs.totals import total
from services.recommender.tests.fakes import Shop, made_up_shop
from services.recommender.tests.whole_run import PATIENCE_S, OtherServices, serving
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

pytestmark = pytest.mark.timeout(700)

RUN = "run-1"


async def test_a_scored_run_becomes_three_to_five_products_per_customer(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Every customer gets five new products ranked by Personalize, no two variants, each with a reason."""
    shop = made_up_shop(customers=600, part_size=250)
    await others.open(RUN, shop)
    await others.announce(RUN, shop)
    events = await others.ready(3)
    assert {event.data.part for event in events} == {1, 2, 3}
    assert sum(event.data.customers for event in events) == 600

    recommended = await others.recommendations(RUN, 3)
    assert [one.customer_id for one in recommended] == [one.customer_id for one in shop.customers]
    for customer, one in zip(shop.customers, recommended, strict=True):
        families = [pick.product.product_id.removesuffix("red").removesuffix("blue") for pick in one.picks]
        known = {product_id.removesuffix("red").removesuffix("blue") for product_id in customer.product_ids}
        assert one.source is RecommendationSource.PERSONALIZE
        assert 3 <= len(set(families)) == len(families) <= 5
        assert known.isdisjoint(families)
        _assert_reasons_are_about(customer, one)

    first = recommended[0]
    row = await others.row(RUN, first.customer_id)
    assert row["product_ids"] == [pick.product.product_id for pick in first.picks]
    assert row["source"] == "personalize"
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    await _assert_reports(others, shop)
    assert running.recommender_dataset_group == "fondly"


def _assert_reasons_are_about(customer: Customer, recommendation: Recommendation) -> None:
    """The products and reviews that reasons name are the customer's own."""
    reasons = [pick.reason for pick in recommendation.picks]
    own = {(review.review_id, product_id) for review in customer.reviews for product_id in review.product_ids}
    assert own.issuperset((one.review_id, one.product_id) for one in reasons if one.product_id)


async def state(others: OtherServices) -> RecommenderState:
    """What the recommender keeps of the run."""
    return RecommenderState.of(await others.ledger.run(RUN))


async def _assert_reports(others: OtherServices, shop: Shop) -> None:
    run = await others.ledger.run(RUN)
    assert run.is_open
    assert run.stage(StageName.RECOMMENDER).done == {1, 2, 3}
    totals = total(await others.ledger.reports(RUN))
    recommended = await others.recommendations(RUN, 3)
    assert totals.counts["recommendations"] == sum(len(one.picks) for one in recommended)
    assert totals.counts["customers_by_popularity"] == 0
    reports = {report.name: report for report in await others.ledger.reports(RUN)}
    pairs = sum(len(customer.product_ids) for customer in shop.customers)
    held_out = 2 * RecommenderState.of(run).witnesses  # each product has two colours
    assert reports["training"].units["personalize.trained_interactions"] == pairs - held_out
    assert reports["training"].units["personalize.ingested_bytes"] > 0
    assert reports["part-00001"].units["personalize.recommendations"] == 250


async def test_a_second_run_reuses_the_dataset_group_and_trains_its_own_version(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Two runs at once take turns in one dataset group; each has its own imports, version and results."""
    assert running.recommender_poll_interval_s == 1
    shops = {
        "run-a": made_up_shop(customers=260, part_size=260),
        "run-b": made_up_shop(customers=261, part_size=261),
    }
    for run_id, shop in shops.items():
        await others.open(run_id, shop)
        await others.announce(run_id, shop)
    events = await others.ready(2)
    assert {event.run_id for event in events} == {"run-a", "run-b"}
    assert len((await personalize.list_dataset_groups())["datasetGroups"]) == 1
    assert len((await personalize.list_solutions())["solutions"]) == 2
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 2
    assert len((await personalize.list_dataset_import_jobs())["datasetImportJobs"]) == 6


async def test_a_second_run_asks_only_for_the_customers_who_have_changed(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """One in a hundred: the batch job's input and the bill have six lines.

    Rankings count: everybody's products are ranked, and are other ones than in the last email.
    """
    assert running.recommender_ranking_days == 14
    shop = made_up_shop(customers=600, part_size=300)
    parts = [[*map(_with_an_order, part[:3]), *part[3:]] for part in shop.parts]
    later = replace(shop, parts=parts)
    picks: list[list[set[str]]] = []
    asked: list[list[str]] = []
    witnesses: list[list[str]] = []
    billed: list[object] = []
    for run_id, each in (("run-1", shop), ("run-2", later)):
        await others.open(run_id, each)
        await others.announce(run_id, each)
        await others.ready(2)
        both = (personalize_keys.EVERYBODY, personalize_keys.WITNESSES)
        keys = [personalize_keys.batch_input(run_id, 1, who) for who in both]
        found = [(await others.objects.find(key) or b"").splitlines() for key in keys]
        asked.append([json.loads(line)["userId"] for lines in found for line in lines])
        witnesses.append([json.loads(line)["userId"] for line in found[1]])
        units = [report.units for report in await others.ledger.reports(run_id)]
        billed.append(sum(one.get("personalize.recommendations", 0) for one in units))
        recommended = await others.recommendations(run_id, 2)
        assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
        picks.append([{pick.product.product_id for pick in one.picks} for one in recommended])
        run = await others.ledger.run(run_id)
        await others.ledger.change_state(
            run, RecommenderState, lambda state: state.having(ranking_weight=1.0)
        )
    assert set(asked[1]) == {*witnesses[0], *(one.customer_id for part in parts for one in part[:3])}
    assert billed == [600, len(asked[1])]
    assert len(asked[1]) <= 120 + 6
    assert not witnesses[1]
    assert all(first.isdisjoint(second) for first, second in zip(*picks, strict=True))
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 2
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 2


def _with_an_order(customer: Customer) -> Customer:
    """Return the customer, who has bought one product more."""
    bought = Purchase(order_id="O-new", product_id="P71blue", timestamp=1_700_000_000)
    return customer.model_copy(update={"purchases": (bought,)})


async def test_a_shop_that_has_only_orders_trains_and_one_part_may_have_nobody_to_mail(
    running: RecommenderSettings, others: OtherServices
) -> None:
    """Personalize takes `purchased` events and a batch input of the other parts alone."""
    assert running.recommender_dataset_group == "fondly"
    shop = made_up_shop(customers=260, part_size=100)
    parts = [[_buyer(one) for one in part] for part in shop.parts]
    parts[0] = [one.model_copy(update={"exclusion": Exclusion.NO_CONSENT}) for one in parts[0]]
    shop = replace(shop, parts=parts, scored=[[], [], []])
    await others.open(RUN, shop)
    await others.announce(RUN, shop)
    ready = {event.data.part: event.data.customers for event in await others.ready(3)}
    assert ready == {1: 0, 2: 100, 3: 60}
    recommended = await others.recommendations(RUN, 3)
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    assert all(3 <= len(one.picks) <= 5 for one in recommended)
    named = [pick.reason for one in recommended for pick in one.picks if pick.reason.product_id]
    assert {one.review_id for one in named} == {None}
    assert ReasonKind.BOUGHT_TOGETHER in {one.kind for one in named}


def _buyer(customer: Customer) -> Customer:
    """Return the customer with an order of what they reviewed, and without the reviews."""
    bought = (
        Purchase(order_id=customer.customer_id, product_id=each, timestamp=1_700_000_000 + place)
        for place, each in enumerate(customer.product_ids)
    )
    return customer.model_copy(update={"reviews": (), "purchases": tuple(bought)})


async def test_a_stand_in_that_is_restarted_in_the_middle_of_a_run_fails_nothing(
    settings: RecommenderSettings,
    others: OtherServices,
    emulator_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has forgotten everything: all is made again, and everybody gets products that Personalize ranked."""
    shop = made_up_shop(customers=260, part_size=260)
    with UnderstudyServer(s3_endpoint_url=emulator_url) as first:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", first.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_EVENTS", first.url)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(serving(settings))
            await others.open(RUN, shop)
            await others.announce(RUN, shop)
            async with asyncio.timeout(PATIENCE_S):
                while "solution" not in (await state(others)).resources:  # noqa: ASYNC110 - no event says so
                    await asyncio.sleep(0.05)
            await asyncio.to_thread(first.__exit__, None, None, None)
            port = int(first.url.rpartition(":")[2])
            stack.enter_context(UnderstudyServer(s3_endpoint_url=emulator_url, port=port))
            await others.ready(1)
    recommended = await others.recommendations(RUN, 1)
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    assert (await state(others)).remade == 1


async def test_a_run_with_too_little_data_uses_popularity_without_personalize(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Fewer than 1,000 interactions are never sent; everybody gets popular products, marked as such."""
    assert running.recommender_num_results == 150
    shop = made_up_shop(customers=40, part_size=40)
    await others.open(RUN, shop)
    await others.announce(RUN, shop)
    await others.ready(1)
    recommended = await others.recommendations(RUN, 1)
    assert {one.source for one in recommended} == {RecommendationSource.POPULARITY}
    assert all(3 <= len(one.picks) <= 5 for one in recommended)
    assert (await personalize.list_dataset_groups())["datasetGroups"] == []
    totals = total(await others.ledger.reports(RUN))
    assert totals.counts["customers_by_popularity"] == 40
    assert "personalize.recommendations" not in totals.cost_usd


async def test_duplicate_events_neither_double_work_nor_leave_messages(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Three announcements of a run make one training and one set of results, and leave an empty queue."""
    assert running.concurrency > 1
    shop = made_up_shop(customers=260, part_size=260)
    await others.open(RUN, shop)
    for _ in range(3):
        await others.announce(RUN, shop)
    await others.ready(1)
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 1
    await others.drained("recommender")


async def test_a_failed_import_fails_the_run_with_personalizes_reason(
    running: RecommenderSettings, others: OtherServices
) -> None:
    """Data that Personalize rejects fails the run with the reason in its announcement and in the ledger."""
    assert running.log_level == "INFO"
    shop = made_up_shop(customers=260, part_size=260)
    await others.open(RUN, shop)
    await others.objects.put(
        object_keys.personalize(RUN, personalize_keys.USERS) + "stray.csv",
        b"NOT_USER\nx\n",
        content_type="text/csv",
    )
    await others.announce(RUN, shop)
    body = (await others.received("ops", 1))[0]
    finished = parse_event(body, RunFinished)
    assert finished.data.status == "failed"
    assert "missing the following columns" in str(finished.data.reason)
    run = await others.ledger.run(RUN)
    assert (run.status, run.reason) == (RunStatus.FAILED, finished.data.reason)
