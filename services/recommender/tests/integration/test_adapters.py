from collections.abc import AsyncIterator

import pytest
from aiobotocore.session import get_session

from encore.contracts.events import RecommenderPoll, parse_event
from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.adapters.polls import SQSPolls
from encore.recommender.adapters.turns import DynamoLease
from encore.recommender.domain.plan import Plan, Step
from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.ports import RefusedError
from encore.recommender.use_cases.prepare_data_sets import Preparation
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run
from encore.runtime.storage import S3Objects
from encore.stack.provision import Resources
from services.recommender.tests.fakes import made_up_shop
from tests.support.ledger import START
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

ROLE = "arn:aws:iam::000000000000:role/personalize"


@pytest.fixture
async def personalize(emulator_url: str) -> AsyncIterator[AWSPersonalize]:
    """The adapter on an empty account of understudy's."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        async with get_session().create_client("personalize", endpoint_url=server.url) as client:
            yield AWSPersonalize(client)


async def settled(personalize: AWSPersonalize, kind: Kind, arn: str) -> None:
    """Look until the resource is active; understudy works in the background."""
    while not await personalize.is_active(kind, arn):
        pass


async def test_every_resource_of_a_run_is_made_once_and_found_again(
    personalize: AWSPersonalize, clients: Clients, resources: Resources
) -> None:
    """A run that lost its memory of what it made finds all of it by name, the solution version too."""
    shop = made_up_shop(customers=600, part_size=600)
    bucket = resources.buckets["data"]
    objects = S3Objects(clients.s3, bucket)
    await shop.store(objects, "run-1")
    run = Run(run_id="run-1", created_at=START, parts=1)
    await Preparation(objects).run(run)
    plan = Plan(dataset_group="shop", role_arn=ROLE, bucket=bucket, num_results=10)
    for step in list(Step)[:-1]:
        for wanted in plan.wanted(step, run):
            arn = await personalize.ensure(wanted)
            await settled(personalize, wanted.kind, arn)
            assert await personalize.ensure(wanted) == arn
            run = run.model_copy(update={"step": {**run.step, wanted.key: arn}})
    assert (await objects.get("runs/run-1/personalize/output/part-00001.json.out")).count(b"\n") == 600


async def test_a_failed_job_is_refused_with_personalizes_reason(personalize: AWSPersonalize) -> None:
    """The reason is the one that Personalize gives, so that an operator can look it up."""
    run = Run(run_id="run-1", created_at=START, parts=1)
    plan = Plan(dataset_group="shop", role_arn=ROLE, bucket="no-such-bucket", num_results=10)
    for step in (Step.SET_UP, Step.DATASETS):
        for wanted in plan.wanted(step, run):
            arn = await personalize.ensure(wanted)
            await settled(personalize, wanted.kind, arn)
            run = run.model_copy(update={"step": {**run.step, wanted.key: arn}})
    arn = await personalize.ensure(plan.wanted(Step.IMPORT, run)[0])
    with pytest.raises(RefusedError, match="Insufficient privileges"):
        await settled(personalize, Kind.IMPORT_JOB, arn)


async def test_a_request_that_can_never_succeed_is_refused(personalize: AWSPersonalize) -> None:
    """Waiting would not help, so the run must end."""
    bad = ResourceSpec("schema_users", Kind.SCHEMA, "shop-users", {"schema": "not Avro"})
    with pytest.raises(RefusedError, match="Personalize refused schema"):
        await personalize.ensure(bad)


@pytest.fixture
def lease(clients: Clients, resources: Resources) -> DynamoLease:
    """A lease in the ledger's table."""
    return DynamoLease(clients.dynamodb, table=resources.tables["runs"], name="shop")


async def test_a_lease_has_one_holder_until_it_is_released(lease: DynamoLease) -> None:
    """Holding again is harmless, and only the holder can let go."""
    assert await lease.hold("run-1") == "run-1"
    assert await lease.hold("run-1") == "run-1"
    assert await lease.hold("run-2") == "run-1"
    await lease.release("run-2")
    assert await lease.hold("run-2") == "run-1"
    assert await lease.held_by() == "run-1"
    await lease.release("run-1")
    assert await lease.held_by() is None
    assert await lease.hold("run-2") == "run-2"


async def test_a_lease_is_taken_over_only_from_the_holder_meant(lease: DynamoLease) -> None:
    """Two runs that see the same ended holder cannot both take over."""
    await lease.hold("ended")
    assert await lease.hold("run-1", instead_of="ended") == "run-1"
    assert await lease.hold("run-2", instead_of="ended") == "run-1"


async def test_a_lease_is_no_run(lease: DynamoLease, clients: Clients, resources: Resources) -> None:
    """Operators that list runs never see it."""
    await lease.hold("run-1")
    assert await Ledger(clients.dynamodb, resources.tables["runs"]).runs() == []


async def test_a_check_arrives_after_its_delay(clients: Clients, resources: Resources) -> None:
    """Nothing holds the message meanwhile; it is the queue that waits."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["recommender"])
    await SQSPolls(queue, interval_s=1).send("run-1", 3)
    assert await queue.receive(limit=1, wait_s=0) == []
    (message,) = await queue.receive(limit=1, wait_s=5)
    check = parse_event(message.body, RecommenderPoll)
    assert (check.run_id, check.data.attempt) == ("run-1", 3)


async def test_a_check_at_once_does_not_wait(clients: Clients, resources: Resources) -> None:
    """When nothing is left to wait for, the interval would be lost time."""
    queue = SQSQueue(clients.sqs, resources.queue_urls["recommender"])
    await SQSPolls(queue, interval_s=900).send("run-1", 4, at_once=True)
    (message,) = await queue.receive(limit=1, wait_s=5)
    assert parse_event(message.body, RecommenderPoll).data.attempt == 4
