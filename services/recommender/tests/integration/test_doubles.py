"""Each double of `tests.fakes` keeps the promises of its adapter: the same tests run on both."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiobotocore.session import get_session

from fondly.contracts.events import RecommenderPoll, Round, parse_event
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import ResourceSpec
from fondly.recommender.adapters.turns import DynamoDBTurns
from fondly.recommender.domain.run_state import RecommenderBundle
from fondly.recommender.ports import (
    NotReadyError,
    Personalize,
    RefusedError,
    VanishedError,
)
from fondly.runtime.ports import Polls
from fondly.runtime.queue.polls import SQSPolls
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.stack.provision import Resources
from services.recommender.tests.fakes import (
    InMemoryPersonalize,
    InMemoryTurns,
)
from tests.support.stores import Clients, Emulated, InMemoryPolls
from understudy.personalize import PersonalizeOptions
from understudy.testing import UnderstudyServer

GROUP = ResourceSpec("dataset_group", Kind.DATASET_GROUP, "shop", {})
NO_PRIVILEGES = "Insufficient privileges for accessing data in Amazon S3."
SCHEMA = """{"type": "record", "name": "Users", "namespace": "com.amazonaws.personalize.schema",
 "fields": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "float"}], "version": "1.0"}"""


@pytest.fixture(params=[AWSPersonalize, InMemoryPersonalize])
async def personalize(request: pytest.FixtureRequest, emulator_url: str) -> AsyncIterator[Personalize]:
    """Personalize without resources, to which no bucket is accessible."""
    if request.param is InMemoryPersonalize:
        yield InMemoryPersonalize(failures={Kind.IMPORT_JOB: NO_PRIVILEGES})
        return
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        async with get_session().create_client("personalize", endpoint_url=server.url) as client:
            yield AWSPersonalize(client)


async def _active(personalize: Personalize, wanted: ResourceSpec) -> str:
    arn = await personalize.ensure(wanted)
    while not await personalize.is_active(wanted.kind, arn):
        pass
    return arn


async def test_a_resource_becomes_active_and_keeps_its_arn(personalize: Personalize) -> None:
    """A name is one resource, however often it is ensured; another name is another."""
    arn = await _active(personalize, GROUP)
    assert await personalize.ensure(GROUP) == arn
    assert await personalize.ensure(ResourceSpec("dataset_group", Kind.DATASET_GROUP, "other", {})) != arn


async def test_a_failed_job_is_refused_with_personalizes_reason(personalize: Personalize) -> None:
    """The reason is Personalize's own, so that an operator can look it up."""
    group = await _active(personalize, GROUP)
    schema = await _active(
        personalize, ResourceSpec("schema_users", Kind.SCHEMA, "users", {"schema": SCHEMA})
    )
    request = {"datasetGroupArn": group, "datasetType": "Users", "schemaArn": schema}
    dataset = await _active(personalize, ResourceSpec("dataset_users", Kind.DATASET, "users", request))
    job = {
        "datasetArn": dataset,
        "dataSource": {"dataLocation": "s3://no-such-bucket/users/"},
        "roleArn": "arn:aws:iam::000000000000:role/personalize",
        "importMode": "FULL",
    }
    with pytest.raises(RefusedError, match=NO_PRIVILEGES):
        await _active(personalize, ResourceSpec("import_users", Kind.IMPORT_JOB, "users", job))


async def test_a_dataset_that_was_deleted_does_not_exist(personalize: Personalize) -> None:
    """A run that has made it notices before it trains without it."""
    group = await _active(personalize, GROUP)
    schema = await _active(
        personalize, ResourceSpec("schema_users", Kind.SCHEMA, "users", {"schema": SCHEMA})
    )
    request = {"datasetGroupArn": group, "datasetType": "Users", "schemaArn": schema}
    dataset = await _active(personalize, ResourceSpec("dataset_users", Kind.DATASET, "users", request))
    assert await personalize.find(Kind.DATASET, "users", request) == dataset
    assert await personalize.delete(Kind.DATASET, dataset)
    async with asyncio.timeout(10):
        with pytest.raises(VanishedError):
            while True:
                await personalize.is_active(Kind.DATASET, dataset)
                await asyncio.sleep(0.02)
    assert await personalize.find(Kind.DATASET, "users", request) is None


@pytest.fixture(params=[AWSPersonalize, InMemoryPersonalize])
async def busy_personalize(request: pytest.FixtureRequest) -> AsyncIterator[Personalize]:
    """Personalize that takes an hour to create a dataset group."""
    if request.param is InMemoryPersonalize:
        yield InMemoryPersonalize(busy={Kind.DATASET})
        return
    with UnderstudyServer(personalize=PersonalizeOptions(state_delay_s=3600)) as server:
        async with get_session().create_client("personalize", endpoint_url=server.url) as client:
            yield AWSPersonalize(client)


async def test_a_resource_that_cannot_be_created_yet_is_not_ready(busy_personalize: Personalize) -> None:
    """The run waits for its next poll instead of failing."""
    group = await busy_personalize.ensure(GROUP)
    assert not await busy_personalize.is_active(Kind.DATASET_GROUP, group)
    schema = await busy_personalize.ensure(
        ResourceSpec("schema_users", Kind.SCHEMA, "users", {"schema": SCHEMA})
    )
    request = {"datasetGroupArn": group, "datasetType": "Users", "schemaArn": schema}
    with pytest.raises(NotReadyError):
        await busy_personalize.ensure(ResourceSpec("dataset_users", Kind.DATASET, "users", request))


@pytest.fixture
def turns(emulated: Emulated | None) -> DynamoDBTurns:
    """Turns that nobody has taken yet."""
    if emulated is None:
        return InMemoryTurns()
    return DynamoDBTurns(emulated.clients.dynamodb, table=emulated.resources.tables["runs"], name="shop")


async def test_a_turn_belongs_to_one_run_until_that_run_ends_it(turns: DynamoDBTurns) -> None:
    """Taking it again is harmless, and no other run can end it."""
    assert await turns.take("run-1") == "run-1"
    assert await turns.take("run-1") == "run-1"
    assert await turns.take("run-2") == "run-1"
    await turns.end("run-2")
    assert await turns.take("run-2") == "run-1"
    assert await turns.owner() == "run-1"
    await turns.end("run-1")
    assert await turns.owner() is None
    assert await turns.take("run-2") == "run-2"


async def test_a_turn_is_taken_over_only_from_the_named_run(turns: DynamoDBTurns) -> None:
    """Of two runs that see the same ended run, only one takes over."""
    assert await turns.take("ended") == "ended"
    assert await turns.take("run-1", instead_of="ended") == "run-1"
    assert await turns.take("run-2", instead_of="ended") == "run-1"


async def test_a_turn_is_not_listed_as_a_run(clients: Clients, resources: Resources) -> None:
    """Turns share the ledger's table, but operators who list runs never see them."""
    await DynamoDBTurns(clients.dynamodb, table=resources.tables["runs"], name="shop").take("run-1")
    assert await Ledger(clients.dynamodb, resources.tables["runs"]).runs() == []


Due = Callable[[int], Awaitable[list[tuple[str, int]]]]
"""Returns the run ids and attempts of the polls that are due within so many seconds."""
MakePolls = Callable[[int], tuple[Polls, Due]]


@pytest.fixture
def make_polls(emulated: Emulated | None) -> MakePolls:
    """Make polls with an interval in seconds."""
    if emulated is None:
        return _in_memory_polls
    queue = SQSQueue(emulated.clients.sqs, emulated.resources.queue_urls["recommender"])

    async def due(wait_s: int) -> list[tuple[str, int]]:
        messages = await queue.receive(limit=1, wait_s=wait_s)
        polls = [parse_event(message.body, RecommenderPoll) for message in messages]
        return [(poll.run_id, poll.data.attempt) for poll in polls]

    return lambda interval_s: (_sqs_polls(queue, interval_s), due)


def _sqs_polls(queue: SQSQueue, interval_s: int) -> SQSPolls:
    return SQSPolls(queue, poll=RecommenderPoll, source=StageName.RECOMMENDER, interval_s=interval_s)


def _in_memory_polls(interval_s: int) -> tuple[Polls, Due]:
    polls = InMemoryPolls()

    async def due(wait_s: int) -> list[tuple[str, int]]:
        return polls.sent if wait_s > interval_s else polls.sent_at_once

    return polls, due


async def test_a_poll_is_due_after_the_interval(make_polls: MakePolls) -> None:
    """The queue does the waiting: nothing holds the message meanwhile."""
    polls, due = make_polls(1)
    await polls.send("run-1", 3)
    assert await due(0) == []
    assert await due(5) == [("run-1", 3)]


async def test_a_poll_at_once_is_due_immediately(make_polls: MakePolls) -> None:
    """When there is nothing left to wait for, the interval would be lost time."""
    polls, due = make_polls(900)
    await polls.send("run-1", 4, delay_s=0)
    assert await due(5) == [("run-1", 4)]


async def test_every_bundle_has_a_message_at_once(clients: Clients, resources: Resources) -> None:
    """Each names its round and its bundle."""
    queue, doubles = SQSQueue(clients.sqs, resources.queue_urls["recommender"]), InMemoryPolls()
    for polls in (_sqs_polls(queue, 900), doubles):
        for number in range(1, 21):
            await polls.send_data("run-1", RecommenderBundle(round=Round.STUDY, bundle=number))
    received: list[tuple[str, Round, int]] = []
    while messages := await queue.receive(limit=10, wait_s=0):
        events = [parse_event(message.body, RecommenderBundle) for message in messages]
        received += [(event.run_id, event.data.round, event.data.bundle) for event in events]
    assert sorted(received) == doubles.bundles == [("run-1", Round.STUDY, n) for n in range(1, 21)]
