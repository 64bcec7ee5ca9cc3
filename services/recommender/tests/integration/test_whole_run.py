"""The running service, on an AWS emulator and understudy's Personalize over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from encore.contracts import object_keys
from encore.contracts.events import Event, RecommendationsReady, RunFinished, SentimentScored, parse_event
from encore.contracts.records import (
    Customer,
    Exclusion,
    Purchase,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from encore.recommender.__main__ import make_handler
from encore.recommender.domain import personalize_keys
from encore.recommender.settings import RecommenderSettings
from encore.runtime.announcer import SNSAnnouncer
from encore.runtime.queue.publisher import Publisher
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import RunStatus, StageName
from encore.runtime.runs.totals import total
from encore.runtime.service import serve
from encore.runtime.storage import S3Objects, from_item, to_item
from encore.stack.provision import Resources
from services.recommender.tests.fakes import Shop, made_up_shop
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

RUN = "run-1"
PATIENCE_S = 60


@pytest.fixture
def understudy(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An understudy of Personalize that keeps its files in the emulator's S3."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_EVENTS", server.url)
        yield server.url


@pytest.fixture
def settings(resources: Resources, understudy: str, monkeypatch: pytest.MonkeyPatch) -> RecommenderSettings:
    """Settings read from the environment of a deployed service."""
    assert understudy
    environment = resources.settings() | {
        "ENCORE_PERSONALIZE_ROLE_ARN": "arn:aws:iam::000000000000:role/personalize",
        "ENCORE_RECOMMENDER_EVENTS_SETTLE_S": "0",
        "ENCORE_RECOMMENDER_POLL_INTERVAL_S": "1",
        "ENCORE_RECEIVE_WAIT_S": "1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return RecommenderSettings()


@pytest.fixture
async def running(settings: RecommenderSettings) -> AsyncIterator[RecommenderSettings]:
    """The running service."""
    async with _serving(settings):
        yield settings


@asynccontextmanager
async def _serving(settings: RecommenderSettings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    service = asyncio.create_task(serve(StageName.RECOMMENDER, settings, make_handler, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await service


class OtherServices:
    """The run's other services, before and after the recommender."""

    def __init__(self, clients: Clients, resources: Resources) -> None:
        self.ledger = Ledger(clients.dynamodb, resources.tables["runs"])
        self.objects = S3Objects(clients.s3, resources.buckets["data"])
        self._clients = clients
        self._resources = resources
        self._announcer = SNSAnnouncer(
            Publisher(clients.sns), source="sentiment", topic_arns=resources.topic_arns
        )

    async def open(self, run_id: str, shop: Shop) -> None:
        """Store a run as ingest and sentiment leave it."""
        await self.ledger.open_run(run_id, source="s3://bucket/uploads/file.csv")
        await self.ledger.set_parts(run_id, len(shop.parts))
        await shop.store(self.objects, run_id)

    async def announce(self, run_id: str, shop: Shop) -> None:
        """Announce that the run is scored."""
        scored = SentimentScored(parts=len(shop.parts), reviews=sum(map(len, shop.scored)))
        await self._announcer.announce(run_id, scored)

    async def send_state_changes(self) -> None:
        """Send the recommender a state change every half second, as EventBridge would."""
        state_change = {
            "version": "0",
            "id": "1",
            "detail-type": "Personalize Solution Version State Change",
            "source": "aws.personalize",
            "time": "2026-01-01T00:00:00Z",
            "detail": {"status": "ACTIVE"},
        }
        url = self._resources.queue_urls["recommender"]
        while True:
            await self._clients.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(state_change))
            await asyncio.sleep(0.5)

    async def received(self, queue: str, count: int) -> list[str]:
        """Wait for `count` messages of a queue."""
        url, bodies = self._resources.queue_urls[queue], list[str]()
        async with asyncio.timeout(PATIENCE_S):
            while len(bodies) < count:
                reply = await self._clients.sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
                )
                for message in reply.get("Messages", []):
                    bodies.append(message["Body"])
                    await self._clients.sqs.delete_message(
                        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]
                    )
        return bodies

    async def ready(self, count: int) -> list[Event[RecommendationsReady]]:
        """Wait for `count` finished parts."""
        return [parse_event(body, RecommendationsReady) for body in await self.received("mailer", count)]

    async def recommendations(self, run_id: str, parts: int) -> list[Recommendation]:
        """The recommendations of the run's customers."""
        return [
            one
            for part in range(1, parts + 1)
            for one in await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)
        ]

    async def row(self, run_id: str, customer_id: str) -> dict[str, object]:
        """A customer's row of the recommendations table."""
        reply = await self._clients.dynamodb.get_item(
            TableName=self._resources.tables["recommendations"],
            Key=to_item({"customer_id": customer_id, "run_id": run_id}),
        )
        return from_item(reply["Item"])

    async def put_records(self, personalize: "PersonalizeClient", dataset_arn: str) -> list[str]:
        """The lines of an export of what a dataset has beside its imports."""
        bucket = self._resources.buckets["data"]
        reply = await personalize.create_dataset_export_job(
            jobName="export",
            datasetArn=dataset_arn,
            ingestionMode="PUT",
            roleArn="arn:aws:iam::000000000000:role/personalize",
            jobOutput={"s3DataDestination": {"path": f"s3://{bucket}/export/"}},
        )
        async with asyncio.timeout(PATIENCE_S):
            while True:
                job = await personalize.describe_dataset_export_job(
                    datasetExportJobArn=reply["datasetExportJobArn"]
                )
                if job["datasetExportJob"]["status"] == "ACTIVE":
                    break
                await asyncio.sleep(0.05)
        return (await self.objects.get("export/export.csv")).decode().splitlines()[1:]

    async def message_count(self, queue: str) -> int:
        """Count the messages of a queue, including delayed ones and those in flight."""
        reply = await self._clients.sqs.get_queue_attributes(
            QueueUrl=self._resources.queue_urls[queue], AttributeNames=["All"]
        )
        counts = {name: value for name, value in reply["Attributes"].items() if "NumberOfMessages" in name}
        return sum(map(int, counts.values()))

    async def drained(self, queue: str) -> None:
        """Wait until a queue has no message."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.message_count(queue):  # noqa: ASYNC110 - an emulator's queue sets no event
                await asyncio.sleep(0.2)


@pytest.fixture
def others(clients: Clients, resources: Resources) -> OtherServices:
    """The run's other services."""
    return OtherServices(clients, resources)


@pytest.fixture
async def personalize(understudy: str) -> "AsyncIterator[PersonalizeClient]":
    """A client to inspect what the service made."""
    async with get_session().create_client("personalize", endpoint_url=understudy) as client:
        yield client


async def test_a_scored_run_becomes_five_products_per_customer(
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
        assert len(set(families)) == 5
        assert known.isdisjoint(families)
        _assert_reasons_are_about(customer, one)

    first = recommended[0]
    row = await others.row(RUN, first.customer_id)
    assert row["product_ids"] == [pick.product.product_id for pick in first.picks]
    assert row["source"] == "personalize"
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    await _assert_reports(others, shop)
    assert running.recommender_dataset_group == "encore"


def _assert_reasons_are_about(customer: Customer, recommendation: Recommendation) -> None:
    """The products and reviews that reasons name are the customer's own; there are two kinds of reason."""
    reasons = [pick.reason for pick in recommendation.picks]
    own = {(review.review_id, product_id) for review in customer.reviews for product_id in review.product_ids}
    assert own.issuperset((one.review_id, one.product_id) for one in reasons if one.product_id)
    assert len({one.kind for one in reasons}) > 1


async def _assert_reports(others: OtherServices, shop: Shop) -> None:
    run = await others.ledger.run(RUN)
    assert run.is_open
    assert run.stage(StageName.RECOMMENDER).done == {1, 2, 3}
    totals = total(await others.ledger.reports(RUN))
    assert totals.counts["recommendations"] == 5 * len(shop.customers)
    assert totals.counts["customers_by_popularity"] == 0
    reports = {report.name: report for report in await others.ledger.reports(RUN)}
    pairs = sum(len(customer.product_ids) for customer in shop.customers)
    assert reports["training"].units["personalize.trained_interactions"] == pairs
    assert reports["training"].units["personalize.ingested_bytes"] > 0
    assert reports["part-00001"].units["personalize.recommendations"] == 250


async def test_a_second_run_reuses_the_dataset_group_and_trains_its_own_version(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Two runs at once take turns in one dataset group; each has its own imports, version and results."""
    assert running.recommender_poll_interval_s == 1
    shops = {
        "run-a": made_up_shop(customers=600, part_size=600),
        "run-b": made_up_shop(customers=601, part_size=601),
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
    """One in a hundred: the batch job's input and the bill have six lines, and six events are new.

    Everybody's products are ranked by Personalize, and are other ones than in the last email.
    """
    assert running.recommender_ranking_days == 14
    shop = made_up_shop(customers=600, part_size=300)
    parts = [[*map(_with_an_order, part[:3]), *part[3:]] for part in shop.parts]
    later = replace(shop, parts=parts)
    picks: list[list[set[str]]] = []
    asked: list[list[str]] = []
    billed: list[object] = []
    for run_id, each in (("run-1", shop), ("run-2", later)):
        await others.open(run_id, each)
        await others.announce(run_id, each)
        await others.ready(2)
        found = await others.objects.find(personalize_keys.batch_input(run_id, 1)) or b""
        asked.append([json.loads(line)["userId"] for line in found.splitlines()])
        units = [report.units for report in await others.ledger.reports(run_id)]
        billed.append(sum(one.get("personalize.recommendations", 0) for one in units))
        recommended = await others.recommendations(run_id, 2)
        assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
        picks.append([{pick.product.product_id for pick in one.picks} for one in recommended])
    assert asked[1] == [one.customer_id for part in parts for one in part[:3]]
    assert billed == [600, 6]
    assert all(first.isdisjoint(second) for first, second in zip(*picks, strict=True))
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 2
    assert len((await personalize.list_dataset_import_jobs())["datasetImportJobs"]) == 3
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    first, second = [await others.ledger.run(run_id) for run_id in ("run-1", "run-2")]
    assert second.step["solution_version"] == first.step["solution_version"]
    assert (second.step["version_choice"], second.step["import_mode_interactions"]) == ("reused", "records")
    put = await others.put_records(personalize, second.step["dataset_interactions"])
    assert sorted(line.split(",")[:2] for line in put) == sorted([one, "P71blue"] for one in asked[1])
    metrics = json.loads(second.step["version_metrics"])
    assert 0 < metrics["normalized_discounted_cumulative_gain_at_25"] <= 1


def _with_an_order(customer: Customer) -> Customer:
    """Return the customer, who has bought one product more."""
    bought = Purchase(order_id="O-new", product_id="P71blue", timestamp=1_700_000_000)
    return customer.model_copy(update={"purchases": (bought,)})


async def test_a_shop_that_has_only_orders_trains_and_one_part_may_have_nobody_to_mail(
    running: RecommenderSettings, others: OtherServices
) -> None:
    """Personalize takes `purchased` events and a batch input of the other parts alone."""
    assert running.recommender_dataset_group == "encore"
    shop = made_up_shop(customers=600, part_size=250)
    parts = [[_buyer(one) for one in part] for part in shop.parts]
    parts[0] = [one.model_copy(update={"exclusion": Exclusion.NO_CONSENT}) for one in parts[0]]
    shop = replace(shop, parts=parts, scored=[[], [], []])
    await others.open(RUN, shop)
    await others.announce(RUN, shop)
    ready = {event.data.part: event.data.customers for event in await others.ready(3)}
    assert ready == {1: 0, 2: 250, 3: 100}
    recommended = await others.recommendations(RUN, 3)
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    assert all(len(one.picks) == 5 for one in recommended)
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


async def test_state_changes_advance_a_run_before_its_polls_are_due(
    settings: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """With polls 15 minutes apart a run ends in seconds; repeated state changes double nothing."""
    shop = made_up_shop(customers=600, part_size=600)
    async with _serving(settings.model_copy(update={"recommender_poll_interval_s": 900})):
        await others.open(RUN, shop)
        await others.announce(RUN, shop)
        sending = asyncio.create_task(others.send_state_changes())
        (ready,) = await others.ready(1)
        sending.cancel()
    assert ready.data.customers == 600
    assert len((await personalize.list_dataset_import_jobs())["datasetImportJobs"]) == 3
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 1


async def test_a_stand_in_that_is_restarted_in_the_middle_of_a_run_fails_nothing(
    settings: RecommenderSettings,
    others: OtherServices,
    emulator_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has forgotten everything: all is made again, and everybody gets products that Personalize ranked."""
    shop = made_up_shop(customers=600, part_size=600)
    with UnderstudyServer(s3_endpoint_url=emulator_url) as first:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", first.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_EVENTS", first.url)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(_serving(settings))
            await others.open(RUN, shop)
            await others.announce(RUN, shop)
            async with asyncio.timeout(PATIENCE_S):
                while "solution" not in (await others.ledger.run(RUN)).step:  # noqa: ASYNC110 - no event says so
                    await asyncio.sleep(0.05)
            await asyncio.to_thread(first.__exit__, None, None, None)
            port = int(first.url.rpartition(":")[2])
            stack.enter_context(UnderstudyServer(s3_endpoint_url=emulator_url, port=port))
            await others.ready(1)
    recommended = await others.recommendations(RUN, 1)
    assert {one.source for one in recommended} == {RecommendationSource.PERSONALIZE}
    assert (await others.ledger.run(RUN)).step["remade"] == "1"


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
    assert all(len(one.picks) == 5 for one in recommended)
    assert (await personalize.list_dataset_groups())["datasetGroups"] == []
    totals = total(await others.ledger.reports(RUN))
    assert totals.counts["customers_by_popularity"] == 40
    assert "personalize.recommendations" not in totals.cost_usd


async def test_duplicate_events_neither_double_work_nor_leave_messages(
    running: RecommenderSettings, others: OtherServices, personalize: "PersonalizeClient"
) -> None:
    """Three announcements of a run make one training and one set of results, and leave an empty queue."""
    assert running.concurrency > 1
    shop = made_up_shop(customers=600, part_size=600)
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
    shop = made_up_shop(customers=600, part_size=600)
    await others.open(RUN, shop)
    await others.objects.put(
        personalize_keys.folder(RUN, personalize_keys.USERS) + "stray.csv",
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
