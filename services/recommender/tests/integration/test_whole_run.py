"""The service as it is started, on an AWS emulator and understudy's Personalize over HTTP."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from encore.contracts import object_keys
from encore.contracts.events import Event, RecommendationsReady, RunFinished, SentimentScored, parse_event
from encore.contracts.records import ReasonKind, Recommendation, RecommendationSource
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
    """Personalize that keeps its files in the emulator's S3."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        yield server.url


@pytest.fixture
def settings(resources: Resources, understudy: str, monkeypatch: pytest.MonkeyPatch) -> RecommenderSettings:
    """The environment of a deployed service, read as the service reads it."""
    assert understudy
    environment = resources.environment() | {
        "ENCORE_PERSONALIZE_ROLE_ARN": "arn:aws:iam::000000000000:role/personalize",
        "ENCORE_RECOMMENDER_POLL_INTERVAL_S": "1",
        "ENCORE_RECEIVE_WAIT_S": "1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return RecommenderSettings()


@pytest.fixture
async def running(settings: RecommenderSettings) -> AsyncIterator[RecommenderSettings]:
    """The service at work."""
    async with _served(settings):
        yield settings


@asynccontextmanager
async def _served(settings: RecommenderSettings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    service = asyncio.create_task(serve(StageName.RECOMMENDER, settings, make_handler, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await service


class Surroundings:
    """What stands before and after the recommender in a run."""

    def __init__(self, clients: Clients, resources: Resources) -> None:
        self.ledger = Ledger(clients.dynamodb, resources.tables["runs"])
        self.objects = S3Objects(clients.s3, resources.buckets["data"])
        self._clients = clients
        self._resources = resources
        self._announcer = SNSAnnouncer(
            Publisher(clients.sns), source="sentiment", topic_arns=resources.topic_arns
        )

    async def open(self, run_id: str, shop: Shop) -> None:
        """Leave a run as ingest and sentiment do."""
        await self.ledger.open_run(run_id, source="s3://bucket/uploads/file.csv")
        await self.ledger.set_parts(run_id, len(shop.parts))
        await shop.store(self.objects, run_id)

    async def announce(self, run_id: str, shop: Shop) -> None:
        """Say that the run has been scored."""
        scored = SentimentScored(parts=len(shop.parts), reviews=sum(map(len, shop.scored)))
        await self._announcer.announce(run_id, scored)

    async def report_jobs(self) -> None:
        """Tell the recommender of jobs again and again, as EventBridge does."""
        news = {
            "version": "0",
            "id": "1",
            "detail-type": "Personalize Solution Version State Change",
            "source": "aws.personalize",
            "time": "2026-01-01T00:00:00Z",
            "detail": {"status": "ACTIVE"},
        }
        url = self._resources.queue_urls["recommender"]
        while True:
            await self._clients.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(news))
            await asyncio.sleep(0.5)

    async def received(self, queue: str, count: int) -> list[str]:
        """Wait for so many messages of a queue."""
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
        """Wait for so many finished parts."""
        return [parse_event(body, RecommendationsReady) for body in await self.received("mailer", count)]

    async def recommendations(self, run_id: str, parts: int) -> list[Recommendation]:
        """Read what the run's customers were recommended."""
        return [
            one
            for part in range(1, parts + 1)
            for one in await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)
        ]

    async def row(self, run_id: str, customer_id: str) -> dict[str, object]:
        """Read a customer's row of the recommendations table."""
        reply = await self._clients.dynamodb.get_item(
            TableName=self._resources.tables["recommendations"],
            Key=to_item({"customer_id": customer_id, "run_id": run_id}),
        )
        return from_item(reply["Item"])

    async def waiting(self, queue: str) -> int:
        """Count the messages of a queue, delayed and leased ones too."""
        reply = await self._clients.sqs.get_queue_attributes(
            QueueUrl=self._resources.queue_urls[queue], AttributeNames=["All"]
        )
        counts = {name: value for name, value in reply["Attributes"].items() if "NumberOfMessages" in name}
        return sum(map(int, counts.values()))

    async def drained(self, queue: str) -> None:
        """Wait until a queue holds nothing."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.waiting(queue):  # noqa: ASYNC110 - an emulator's queue sets no event
                await asyncio.sleep(0.2)


@pytest.fixture
def around(clients: Clients, resources: Resources) -> Surroundings:
    """The run's other services."""
    return Surroundings(clients, resources)


@pytest.fixture
async def personalize(understudy: str) -> "AsyncIterator[PersonalizeClient]":
    """A client to look at what the service made."""
    async with get_session().create_client("personalize", endpoint_url=understudy) as client:
        yield client


async def test_a_run_goes_from_scored_reviews_to_five_products_a_customer(
    running: RecommenderSettings, around: Surroundings, personalize: "PersonalizeClient"
) -> None:
    """Everybody gets five distinct new products that Personalize ranked, no variants, and a reason each."""
    shop = made_up_shop(customers=600, part_size=250)
    await around.open(RUN, shop)
    await around.announce(RUN, shop)
    events = await around.ready(3)
    assert {event.data.part for event in events} == {1, 2, 3}
    assert sum(event.data.customers for event in events) == 600

    recommended = await around.recommendations(RUN, 3)
    assert [one.customer_id for one in recommended] == [one.customer_id for one in shop.customers]
    for customer, one in zip(shop.customers, recommended, strict=True):
        families = [pick.product.product_id.removesuffix("red").removesuffix("blue") for pick in one.picks]
        known = {product_id.removesuffix("red").removesuffix("blue") for product_id in customer.product_ids}
        assert one.source is RecommendationSource.PERSONALIZE
        assert len(set(families)) == 5
        assert known.isdisjoint(families)
    kinds = Counter(pick.reason.kind for one in recommended for pick in one.picks)
    assert kinds[ReasonKind.BECAUSE_YOU_LIKED] > 500
    assert kinds[ReasonKind.POPULAR] == 0

    first = recommended[0]
    row = await around.row(RUN, first.customer_id)
    assert row["product_ids"] == [pick.product.product_id for pick in first.picks]
    assert row["source"] == "personalize"
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    await _assert_accounts(around, shop)
    assert running.recommender_dataset_group == "encore"


async def _assert_accounts(around: Surroundings, shop: Shop) -> None:
    run = await around.ledger.run(RUN)
    assert run.is_open
    assert run.stage(StageName.RECOMMENDER).done == {1, 2, 3}
    totals = total(await around.ledger.reports(RUN))
    assert totals.counts["recommendations"] == 5 * len(shop.customers)
    assert totals.counts["customers_by_popularity"] == 0
    reports = {report.name: report for report in await around.ledger.reports(RUN)}
    pairs = sum(len(customer.product_ids) for customer in shop.customers)
    assert reports["training"].units["personalize.trained_interactions"] == pairs
    assert reports["training"].units["personalize.ingested_bytes"] > 0
    assert reports["part-00001"].units["personalize.recommendations"] == 250


async def test_a_second_run_reuses_what_is_shared_and_trains_anew(
    running: RecommenderSettings, around: Surroundings, personalize: "PersonalizeClient"
) -> None:
    """Two runs at once take turns in one dataset group; each has its imports, its version, its results."""
    assert running.recommender_poll_interval_s == 1
    shops = {
        "run-a": made_up_shop(customers=600, part_size=600),
        "run-b": made_up_shop(customers=601, part_size=601),
    }
    for run_id, shop in shops.items():
        await around.open(run_id, shop)
        await around.announce(run_id, shop)
    events = await around.ready(2)
    assert {event.run_id for event in events} == {"run-a", "run-b"}
    assert len((await personalize.list_dataset_groups())["datasetGroups"]) == 1
    assert len((await personalize.list_solutions())["solutions"]) == 1
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 2
    assert len((await personalize.list_dataset_import_jobs())["datasetImportJobs"]) == 6


async def test_news_of_jobs_moves_a_run_before_its_checks_are_due(
    settings: RecommenderSettings, around: Surroundings, personalize: "PersonalizeClient"
) -> None:
    """With checks a quarter of an hour apart, a run is through in seconds; news in plenty doubles nothing."""
    shop = made_up_shop(customers=600, part_size=600)
    async with _served(settings.model_copy(update={"recommender_poll_interval_s": 900})):
        await around.open(RUN, shop)
        await around.announce(RUN, shop)
        reporting = asyncio.create_task(around.report_jobs())
        (ready,) = await around.ready(1)
        reporting.cancel()
    assert ready.data.customers == 600
    assert len((await personalize.list_dataset_import_jobs())["datasetImportJobs"]) == 3
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 1


async def test_a_run_with_too_little_data_falls_back_without_personalize(
    running: RecommenderSettings, around: Surroundings, personalize: "PersonalizeClient"
) -> None:
    """Fewer than a thousand interactions are never sent; everybody gets popular products, marked so."""
    assert running.recommender_num_results == 50
    shop = made_up_shop(customers=40, part_size=40)
    await around.open(RUN, shop)
    await around.announce(RUN, shop)
    await around.ready(1)
    recommended = await around.recommendations(RUN, 1)
    assert {one.source for one in recommended} == {RecommendationSource.POPULARITY}
    assert all(len(one.picks) == 5 for one in recommended)
    assert (await personalize.list_dataset_groups())["datasetGroups"] == []
    totals = total(await around.ledger.reports(RUN))
    assert totals.counts["customers_by_popularity"] == 40
    assert "personalize.recommendations" not in totals.cost_usd


async def test_a_duplicate_event_neither_doubles_work_nor_leaves_messages(
    running: RecommenderSettings, around: Surroundings, personalize: "PersonalizeClient"
) -> None:
    """Three announcements of one run make one training and one set of results, and all messages end."""
    assert running.concurrency > 1
    shop = made_up_shop(customers=600, part_size=600)
    await around.open(RUN, shop)
    for _ in range(3):
        await around.announce(RUN, shop)
    await around.ready(1)
    assert len((await personalize.list_solution_versions())["solutionVersions"]) == 1
    assert len((await personalize.list_batch_inference_jobs())["batchInferenceJobs"]) == 1
    await around.drained("recommender")


async def test_a_failed_import_fails_the_run_with_personalizes_reason(
    running: RecommenderSettings, around: Surroundings
) -> None:
    """Data that Personalize cannot take ends the run, says why, and frees the dataset group."""
    assert running.log_level == "INFO"
    shop = made_up_shop(customers=600, part_size=600)
    await around.open(RUN, shop)
    await around.objects.put(
        personalize_keys.folder(RUN, personalize_keys.USERS) + "stray.csv",
        b"NOT_USER\nx\n",
        content_type="text/csv",
    )
    await around.announce(RUN, shop)
    body = (await around.received("ops", 1))[0]
    finished = parse_event(body, RunFinished)
    assert finished.data.status == "failed"
    assert "missing the following columns" in str(finished.data.reason)
    run = await around.ledger.run(RUN)
    assert (run.status, run.reason) == (RunStatus.FAILED, finished.data.reason)
