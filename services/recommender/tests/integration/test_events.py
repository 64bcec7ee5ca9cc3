"""Customers' events on DynamoDB and understudy: kept, credited, and told once."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from fondly.contracts.records import EventKind
from fondly.recommender.adapters.kept_events import DynamoDBKeptEvents
from fondly.recommender.adapters.personalize.campaign import AWSEventTracker
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import Plan
from fondly.recommender.domain.history.customer_events import AFTER_TRIMMING, MOST
from fondly.recommender.domain.run_state import Phase, RecommenderState
from fondly.recommender.use_cases.record_events import RecordEvents
from fondly.runtime.aws import CONFIG
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.runs.attribution import attribution, partition
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.stack.provision import Resources
from services.recommender.tests.fakes import an_event
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient

RUN = "run-0123456789abcdef"
PATIENCE = 200


@pytest.fixture(autouse=True)
def understudy(emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An understudy of Personalize that keeps its files in the emulator's S3."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_EVENTS", server.url)
        yield


@dataclass(frozen=True)
class Bench:
    """The use case on the adapters, and what it is about."""

    record: RecordEvents
    kept: DynamoDBKeptEvents
    ledger_items: DynamoDBItems
    client: "PersonalizeClient"
    events: "PersonalizeEventsClient"
    personalize: AWSPersonalize
    plan: Plan
    ledger: Ledger

    async def make_group(self) -> None:
        """Make the dataset group and its datasets, as a run does."""
        run = await self.ledger.open_run(RUN, source="s3://b/k")
        for phase in (Phase.SET_UP, Phase.DATASETS):
            for one in self.plan.wanted(phase, run):
                arn = await self.personalize.ensure(one)
                made = {**RecommenderState.of(run).resources, one.key: arn}
                state = RecommenderState.of(run).having(resources=made)
                run = await self.ledger.change_state(run, RecommenderState, partial(_replaced, state))
                await self.active(one.kind, arn)

    async def made(self) -> Mapping[str, str]:
        """The ARNs of what was made."""
        return RecommenderState.of(await self.ledger.run(RUN)).resources

    async def active(self, kind: Kind, arn: str) -> None:
        """Wait for a resource."""
        for _ in range(PATIENCE):
            if await self.personalize.is_active(kind, arn):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(arn)

    async def make_tracker(self) -> str:
        """Make the event tracker, as a run does that keeps a campaign."""
        group = (await self.made())["dataset_group"]
        arn = await self.personalize.ensure(self.plan.event_tracker(group))
        await self.active(Kind.EVENT_TRACKER, arn)
        return arn

    def new_task(self) -> RecordEvents:
        """Another task, which knows nothing of what this one remembers."""
        tracker = AWSEventTracker(self.events, self.personalize, group="shop", limiter=Limiter(1_000))
        return replace(self.record, tell=tracker.tell)

    async def exported(self, clients: Clients, bucket: str) -> list[str]:
        """What Personalize has been told by itself, as lines."""
        arn = (await self.made())["dataset_interactions"]
        reply = await self.client.create_dataset_export_job(
            jobName="told",
            datasetArn=arn,
            roleArn=self.plan.role_arn,
            jobOutput={"s3DataDestination": {"path": f"s3://{bucket}/told/"}},
        )
        for _ in range(PATIENCE):
            job = await self.client.describe_dataset_export_job(
                datasetExportJobArn=reply["datasetExportJobArn"]
            )
            if job["datasetExportJob"]["status"] == "ACTIVE":
                found = await clients.s3.get_object(Bucket=bucket, Key="told/told.csv")
                return (await found["Body"].read()).decode().splitlines()[1:]
            await asyncio.sleep(0.01)
        raise AssertionError("no export")


def _replaced(state: RecommenderState, _: RecommenderState) -> RecommenderState:
    return state


@pytest.fixture
async def bench(clients: Clients, resources: Resources) -> AsyncIterator[Bench]:
    """The use case."""
    plan = Plan(
        dataset_group="shop",
        role_arn="arn:aws:iam::000000000000:role/personalize",
        bucket=resources.buckets["data"],
        num_results=25,
        tags={"stack": "test"},
    )
    runs, table = resources.tables["runs"], resources.tables["recommendations"]
    async with AsyncExitStack() as stack:
        session = get_session()
        client = await stack.enter_async_context(session.create_client("personalize", config=CONFIG))
        events = await stack.enter_async_context(session.create_client("personalize-events", config=CONFIG))
        personalize = AWSPersonalize(client)
        kept = DynamoDBKeptEvents(
            clients.dynamodb, table, DynamoDBItems(clients.dynamodb, table), keep_days=10
        )
        items = DynamoDBItems(clients.dynamodb, runs)
        record = RecordEvents(
            kept=kept,
            credits=items,
            suppressions=DynamoDBItems(clients.dynamodb, resources.tables["suppressions"]),
            tell=AWSEventTracker(events, personalize, group="shop", limiter=Limiter(1_000)).tell,
            objects=S3Objects(clients.s3, resources.buckets["data"]),
        )
        yield Bench(record, kept, items, client, events, personalize, plan, Ledger(clients.dynamodb, runs))


async def test_events_are_told_once_through_the_groups_tracker(
    bench: Bench, clients: Clients, resources: Resources
) -> None:
    """What is told twice, by whatever upload, is one interaction."""
    await bench.make_group()
    await bench.make_tracker()
    events = [
        an_event("e1", run_id=RUN),
        an_event("e2", kind=EventKind.PURCHASED, run_id=RUN, value="9.99", timestamp=1_764_000_001),
        an_event("e3", customer_id="C2", kind=EventKind.VIEWED),
    ]
    for new in (3, 0):
        recorded = await bench.record.record(events)
        assert (recorded.events, recorded.new, recorded.told) == (3, new, 3)
    assert sorted(await bench.exported(clients, resources.buckets["data"])) == [
        "C1,P1,1764000000,clicked,",
        "C1,P1,1764000001,purchased,",
        "C2,P1,1764000000,viewed,",
    ]
    credited = attribution(await bench.ledger_items.get_group("run_id", partition(RUN)))
    assert (credited.clicked, credited.purchased, str(credited.value)) == (1, 1, "9.99")


async def test_before_there_is_a_tracker_events_are_only_kept(bench: Bench) -> None:
    """It is not looked for with every event; who looks later finds it."""
    assert (await bench.record.record([an_event()])).told == 0
    assert (await bench.kept.of(["C1", "C2"])).keys() == {"C1"}
    await bench.make_group()
    await bench.make_tracker()
    assert (await bench.record.record([an_event()])).told == 0
    assert (await bench.new_task().record([an_event()])).told == 1


async def test_a_tracker_that_is_gone_is_no_failure(bench: Bench) -> None:
    """The events are kept, and the next run's import has them."""
    await bench.make_group()
    tracker = await bench.make_tracker()
    assert (await bench.record.record([an_event()])).told == 1
    await bench.client.delete_event_tracker(eventTrackerArn=tracker)
    while (await bench.client.list_event_trackers())["eventTrackers"]:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)
    recorded = await bench.record.record([an_event("e2")])
    assert (recorded.new, recorded.told) == (1, 0)


async def test_workers_that_add_at_the_same_time_lose_nothing(bench: Bench) -> None:
    """Each event is an attribute of its own."""
    adding = [bench.kept.add("C1", [an_event(f"e{n}", timestamp=n + 1)]) for n in range(30)]
    assert sum(await asyncio.gather(*adding)) == 30
    (events,) = (await bench.kept.of(["C1"])).values()
    assert [one.event_id for one in events] == [f"e{n}" for n in reversed(range(30))]


async def test_an_item_stays_small(bench: Bench) -> None:
    """Of very many events the least telling are left out."""
    views = [an_event(f"v{n}", kind=EventKind.VIEWED, timestamp=n + 1) for n in range(MOST + 60)]
    bought = an_event("bought", kind=EventKind.PURCHASED, timestamp=1)
    assert await bench.kept.add("C1", [bought, *views]) == MOST + 61
    (events,) = (await bench.kept.of(["C1"])).values()
    assert AFTER_TRIMMING <= len(events) <= MOST
    assert events[0].event_id == f"v{MOST + 59}"
    assert events[-1] == bought
