import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from aiobotocore.session import get_session

from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import Plan, ResourceSpec
from fondly.recommender.domain.run_state import TRAINING, Phase, RecommenderState, bundle_of
from fondly.recommender.ports import RefusedError, VanishedError
from fondly.runtime.runs.run import Run
from fondly.runtime.storage import S3Objects
from fondly.stack.provision import Resources
from services.recommender.tests.fakes import made_up_shop, preparing
from tests.support.runs import START, with_state
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

ROLE = "arn:aws:iam::000000000000:role/personalize"


@pytest.fixture
async def personalize(emulator_url: str) -> AsyncIterator[AWSPersonalize]:
    """The adapter on an empty understudy."""
    with UnderstudyServer(s3_endpoint_url=emulator_url) as server:
        async with get_session().create_client("personalize", endpoint_url=server.url) as client:
            yield AWSPersonalize(client)


async def made(personalize: AWSPersonalize, kind: Kind, arn: str) -> None:
    """Poll until the resource is active; understudy works in the background."""
    while not await personalize.is_active(kind, arn):  # noqa: ASYNC110 - a service has no event
        await asyncio.sleep(0.02)


async def test_every_resource_of_a_run_is_made_once_and_found_again(
    personalize: AWSPersonalize, clients: Clients, resources: Resources
) -> None:
    """A run whose ARNs were lost finds everything it created by name, even the solution version."""
    shop = made_up_shop(customers=240, part_size=240)
    bucket = resources.buckets["data"]
    objects = S3Objects(clients.s3, bucket)
    await shop.store(objects, "run-1")
    run = Run(run_id="run-1", created_at=START, parts=1)
    prepare, _ = preparing(objects)
    state = RecommenderState().passing(Phase.BEGIN, await prepare.begin(run))
    run = with_state(run, state)
    await prepare.do(run, bundle_of(run, 1))
    plan = Plan(dataset_group="shop", role_arn=ROLE, bucket=bucket, num_results=10, tags={"stack": "shop"})
    for phase in TRAINING:
        for wanted in plan.wanted(phase, run):
            arn = await personalize.ensure(wanted)
            await made(personalize, wanted.kind, arn)
            assert await personalize.ensure(wanted) == arn
            state = state.having(resources={**state.resources, wanted.key: arn})
            run = with_state(run, state)
    assert (await objects.get("runs/run-1/personalize/output/part-00001.json.out")).count(b"\n") == 240
    await assert_can_be_removed(personalize, state.resources)
    assert (
        await objects.remove("runs/run-1/personalize/") == 5 + 1
    )  # and the object with which Personalize tries
    assert await objects.find("runs/run-1/personalize/output/part-00001.json.out") is None


async def assert_can_be_removed(personalize: AWSPersonalize, made: Mapping[str, str]) -> None:
    """What a run has made is found, and goes with its solution; what is in use stays."""
    solution = made["solution"]
    assert await personalize.solutions(made["dataset_group"]) == {"shop-run-1": solution}
    assert not await personalize.delete(Kind.SCHEMA, made["schema_users"])
    assert await personalize.delete(Kind.SOLUTION, solution)
    async with asyncio.timeout(10):
        version = made["solution_version"]
        with pytest.raises(VanishedError):
            while True:
                await personalize.is_active(Kind.SOLUTION_VERSION, version)
                await asyncio.sleep(0.02)
    assert await personalize.delete(Kind.SOLUTION, solution)
    with pytest.raises(VanishedError):
        await personalize.is_active(Kind.BATCH_JOB, made["batch_job"])


async def test_a_request_that_can_never_succeed_is_refused(personalize: AWSPersonalize) -> None:
    """Waiting would not help, so the run must fail."""
    bad = ResourceSpec("schema_users", Kind.SCHEMA, "shop-users", {"schema": "not Avro"})
    with pytest.raises(RefusedError, match="Personalize refused schema"):
        await personalize.ensure(bad)
