"""The handlers called directly, with S3 in a dictionary."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from understudy.personalize import PersonalizeOptions, create_services
from understudy.wire.service import Params, ServiceError

ROLE = "arn:aws:iam::000000000000:role/personalize"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
FIELDS = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": FIELDS,
        "version": "1.0",
    }
)


ENDED = {"ACTIVE", "COMPLETED", "CREATE FAILED", "CREATE STOPPED", "FAILED"}


class FakeBody:
    """The body of a stored object."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    async def iter_chunks(self, size: int) -> AsyncIterator[bytes]:
        """Yield the content in chunks."""
        while chunk := self._content.read(size):
            yield chunk


@dataclass
class FakeS3:
    """The few S3 calls that jobs make."""

    objects: dict[str, bytes] = field(default_factory=dict)

    async def get_object(self, *, Bucket: str, Key: str) -> Params:  # noqa: N803 - AWS's names
        """Return an object of the only bucket."""
        if Bucket != "data" or Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": FakeBody(self.objects[Key])}

    async def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        """Store an object in the only bucket."""
        if Bucket != "data":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")
        self.objects[Key] = Body


class Api:
    """All services, called by operation name."""

    def __init__(
        self,
        s3: FakeS3,
        options: PersonalizeOptions = PersonalizeOptions(),  # noqa: B008 - frozen
    ) -> None:
        @asynccontextmanager
        async def client() -> AsyncIterator[Any]:
            yield s3

        self._services = create_services(
            options, region="eu-west-1", account_id="123456789012", s3=cast("Any", client)
        )

    async def call(self, operation: str, **params: Any) -> Params:  # noqa: ANN401 - any parameter
        """Return the response of an operation."""
        [handler] = [
            service.operations[operation] for service in self._services if operation in service.operations
        ]
        return await handler(params)

    async def finished(self, noun: str, arn: str) -> Params:
        """Return the description of a resource once its status is final."""
        key = noun[0].lower() + noun[1:]
        while True:
            found: Params = (await self.call(f"Describe{noun}", **{f"{key}Arn": arn}))[key]
            if found["status"] in ENDED:
                return found
            await asyncio.sleep(0.002)

    async def code(self, operation: str, **params: Any) -> str:  # noqa: ANN401 - any parameter
        """Return the code of the error that an operation raises."""
        with pytest.raises(ServiceError) as failure:
            await self.call(operation, **params)
        return failure.value.code

    async def made(self, noun: str, **params: Any) -> str:  # noqa: ANN401 - any parameter
        """Create a resource and return its ARN once it is active."""
        [arn] = (await self.call(f"Create{noun}", **params)).values()
        found = await self.finished(noun, arn)
        assert found["status"] == "ACTIVE", found
        return str(arn)

    async def dataset(self) -> tuple[str, str]:
        """Return a group and its Interactions dataset."""
        group = await self.made("DatasetGroup", name="shop")
        schema = await self.call("CreateSchema", name="s", schema=SCHEMA)
        dataset = await self.made(
            "Dataset",
            name="events",
            schemaArn=schema["schemaArn"],
            datasetGroupArn=group,
            datasetType="interactions",
        )
        return group, dataset

    async def load(self, dataset: str, name: str) -> Params:
        """Import an object and return the finished job."""
        answer = await self.call(
            "CreateDatasetImportJob",
            jobName=name,
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://data/{name}.csv"},
            roleArn=ROLE,
        )
        return await self.finished("DatasetImportJob", answer["datasetImportJobArn"])

    async def solution(self, group: str) -> str:
        """Return a solution."""
        return await self.made("Solution", name="taste", datasetGroupArn=group, recipeArn=RECIPE)

    async def recommended(self, campaign: str, user: str) -> set[str]:
        """Return the items recommended to a user."""
        answer = await self.call("GetRecommendations", campaignArn=campaign, userId=user, numResults=500)
        return {entry["itemId"] for entry in answer["itemList"]}

    async def close(self) -> None:
        """Stop all background work."""
        for service in self._services:
            if service.close is not None:
                await service.close()


def csv_of(prefix: str) -> bytes:
    """Return 1,200 interactions of 200 users with items that have this prefix."""
    rows = [f"u{n % 200},{prefix}{(n * 7) % 30},{n}" for n in range(1_200)]
    return "\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *rows]).encode()


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with three files of interactions, each with its own items."""
    return FakeS3({f"{name}.csv": csv_of(name) for name in ("a", "b", "c")})


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """Fresh services whose states have no delay."""
    made = Api(s3)
    yield made
    await made.close()


async def test_imports_replace_what_was_imported(api: Api) -> None:
    """A campaign's recommendations show which data its version was trained on."""
    group, dataset = await api.dataset()
    solution, found = None, []
    for name in ("a", "b"):
        assert (await api.load(dataset, name))["status"] == "ACTIVE"
        solution = solution or await api.solution(group)
        version = await api.made("SolutionVersion", solutionArn=solution)
        campaign = await api.made("Campaign", name=f"live-{name}", solutionVersionArn=version)
        found.append({item[0] for item in await api.recommended(campaign, "u1")})

    assert found == [{"a"}, {"b"}]


async def test_a_campaign_serves_the_old_version_until_its_update_is_done(s3: FakeS3) -> None:
    """The update has its own states while the campaign stays active."""
    api = Api(s3, PersonalizeOptions(state_delay_s=0.05))
    group, dataset = await api.dataset()
    await api.load(dataset, "a")
    solution = await api.solution(group)
    old = await api.made("SolutionVersion", solutionArn=solution)
    campaign = await api.made("Campaign", name="live", solutionVersionArn=old)
    await api.load(dataset, "b")
    new = await api.made("SolutionVersion", solutionArn=solution)

    await api.call("UpdateCampaign", campaignArn=campaign, solutionVersionArn=new)

    shown = (await api.call("DescribeCampaign", campaignArn=campaign))["campaign"]
    assert (shown["status"], shown["solutionVersionArn"]) == ("ACTIVE", old)
    assert shown["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert shown["latestCampaignUpdate"]["solutionVersionArn"] == new
    assert await api.code("UpdateCampaign", campaignArn=campaign) == "ResourceInUseException"
    assert {item[0] for item in await api.recommended(campaign, "u1")} == {"a"}
    while shown["latestCampaignUpdate"]["status"] != "ACTIVE":
        await asyncio.sleep(0.01)
        shown = (await api.call("DescribeCampaign", campaignArn=campaign))["campaign"]
    assert {item[0] for item in await api.recommended(campaign, "u1")} == {"b"}
    await api.close()


@pytest.mark.parametrize(("patience_s", "status"), [(0, "CREATE PENDING"), (5, "ACTIVE")])
async def test_a_description_may_wait_for_the_end(s3: FakeS3, patience_s: float, status: str) -> None:
    """Of what is under way, so that nobody has to ask again."""
    api = Api(s3, PersonalizeOptions(state_delay_s=0.01, patience_s=patience_s))
    arn = (await api.call("CreateDatasetGroup", name="shop"))["datasetGroupArn"]
    described = await api.call("DescribeDatasetGroup", datasetGroupArn=arn)
    assert described["datasetGroup"]["status"] == status
    await api.close()


async def test_a_stopped_version_has_no_metrics_and_no_campaign(s3: FakeS3) -> None:
    """A version can be stopped while it is being created, and then stays stopped."""
    api = Api(s3, PersonalizeOptions(state_delay_s=0.02))
    group, dataset = await api.dataset()
    await api.load(dataset, "a")
    solution = await api.solution(group)
    arn = (await api.call("CreateSolutionVersion", solutionArn=solution))["solutionVersionArn"]
    assert await api.code("GetSolutionMetrics", solutionVersionArn=arn) == "ResourceInUseException"

    await api.call("StopSolutionVersionCreation", solutionVersionArn=arn)

    assert (await api.finished("SolutionVersion", arn))["status"] == "CREATE STOPPED"
    refused = [
        await api.code("GetSolutionMetrics", solutionVersionArn=arn),
        await api.code("CreateCampaign", name="live", solutionVersionArn=arn),
        await api.code("StopSolutionVersionCreation", solutionVersionArn=arn),
    ]
    assert refused == ["InvalidInputException", "InvalidInputException", "ResourceInUseException"]
    await api.close()


async def test_a_batch_job_needs_valid_paths_and_a_writable_bucket(api: Api, s3: FakeS3) -> None:
    """Invalid paths are refused at once; a bucket that cannot be written to fails the job."""
    group, dataset = await api.dataset()
    await api.load(dataset, "a")
    version = await api.made("SolutionVersion", solutionArn=await api.solution(group))
    s3.objects["in.json"] = b'{"userId": "u1"}'

    def job(name: str, source: str, target: str) -> Params:
        return {
            "jobName": name,
            "solutionVersionArn": version,
            "roleArn": ROLE,
            "jobInput": {"s3DataSource": {"path": source}},
            "jobOutput": {"s3DataDestination": {"path": target}},
        }

    async def end(name: str, source: str, target: str) -> Params:
        [arn] = (await api.call("CreateBatchInferenceJob", **job(name, source, target))).values()
        return await api.finished("BatchInferenceJob", arn)

    same = job("same", "s3://data/in/", "s3://data/in/")
    assert await api.code("CreateBatchInferenceJob", **same) == "InvalidInputException"
    web = job("web", "https://data/in.json", "s3://data/out/")
    assert await api.code("CreateBatchInferenceJob", **web) == "InvalidInputException"
    many = {**job("many", "s3://data/in.json", "s3://data/out/"), "numResults": 501}
    assert await api.code("CreateBatchInferenceJob", **many) == "InvalidInputException"
    denied = await end("denied", "s3://data/in.json", "s3://other/out/")
    absent = await end("absent", "s3://data/none.json", "s3://data/out/")
    good = await end("good", "s3://data/in.json", "s3://data/out")

    reasons = {denied["failureReason"], absent["failureReason"]}
    assert reasons == {"Insufficient privileges for accessing data in Amazon S3."}
    assert good["status"] == "ACTIVE"
    assert json.loads(s3.objects["out/in.json.out"])["error"] is None


async def test_everything_is_deleted_in_one_order_only(api: Api, s3: FakeS3) -> None:
    """What something depends on is in use; the records of jobs go with what they were for."""
    group, dataset = await api.dataset()
    await api.load(dataset, "a")
    tracker = (await api.call("CreateEventTracker", name="clicks", datasetGroupArn=group))["eventTrackerArn"]
    solution = await api.solution(group)
    version = await api.made("SolutionVersion", solutionArn=solution)
    campaign = await api.made("Campaign", name="live", solutionVersionArn=version)
    s3.objects["in.json"] = b'{"userId": "u1"}'
    await api.made(
        "BatchInferenceJob",
        jobName="night",
        solutionVersionArn=version,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://data/in.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
    )
    await api.finished("EventTracker", tracker)
    schema = (await api.call("ListSchemas"))["schemas"][0]["schemaArn"]
    order = {"campaign": campaign, "solution": solution, "eventTracker": tracker, "dataset": dataset}
    order |= {"schema": schema, "datasetGroup": group}
    held = {"solution": solution, "schema": schema, "datasetGroup": group}
    for kind, arn in held.items():
        operation = f"Delete{kind[0].upper()}{kind[1:]}"
        assert await api.code(operation, **{f"{kind}Arn": arn}) == "ResourceInUseException"
    for kind, arn in order.items():
        noun = f"{kind[0].upper()}{kind[1:]}"
        await api.call(f"Delete{noun}", **{f"{kind}Arn": arn})
        while (await api.call(f"List{noun}s"))[f"{kind}s"]:  # noqa: ASYNC110 - clients can only poll as well
            await asyncio.sleep(0.001)
    for noun, key in (
        ("DatasetImportJobs", "datasetImportJobs"),
        ("SolutionVersions", "solutionVersions"),
        ("BatchInferenceJobs", "batchInferenceJobs"),
    ):
        assert (await api.call(f"List{noun}"))[key] == []


async def test_a_second_deletion_finds_the_resource_in_use(s3: FakeS3) -> None:
    """It is being deleted already, for a while; then it does not exist."""
    api = Api(s3, PersonalizeOptions(state_delay_s=0.02))
    group = await api.made("DatasetGroup", name="shop")
    await api.call("DeleteDatasetGroup", datasetGroupArn=group)
    described = (await api.call("DescribeDatasetGroup", datasetGroupArn=group))["datasetGroup"]
    assert described["status"] == "DELETE PENDING"
    assert await api.code("DeleteDatasetGroup", datasetGroupArn=group) == "ResourceInUseException"
    while (await api.call("ListDatasetGroups"))["datasetGroups"]:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.01)
    assert await api.code("DeleteDatasetGroup", datasetGroupArn=group) == "ResourceNotFoundException"
    await api.close()


async def test_a_dataset_is_moved_to_another_schema(api: Api) -> None:
    """The old schema is free then, and can be deleted; the new one has to fit."""
    _, dataset = await api.dataset()
    old = (await api.call("DescribeDataset", datasetArn=dataset))["dataset"]["schemaArn"]
    fields = [*FIELDS, {"name": "EVENT_TYPE", "type": "string"}]
    text = json.dumps({**json.loads(SCHEMA), "fields": fields})
    new = (await api.call("CreateSchema", name="s2", schema=text))["schemaArn"]
    await api.call("UpdateDataset", datasetArn=dataset, schemaArn=new)
    assert await api.code("UpdateDataset", datasetArn=dataset, schemaArn=new) == "ResourceInUseException"
    assert await api.code("DeleteSchema", schemaArn=old) == "ResourceInUseException"
    shown: Params = {}
    while shown.get("status") != "ACTIVE":
        await asyncio.sleep(0.001)
        described = (await api.call("DescribeDataset", datasetArn=dataset))["dataset"]
        shown = described["latestDatasetUpdate"]
    assert (described["schemaArn"], shown["schemaArn"]) == (new, new)
    await api.call("DeleteSchema", schemaArn=old)
    assert await api.code("DeleteSchema", schemaArn=new) == "ResourceInUseException"
    users = json.dumps({**json.loads(SCHEMA), "name": "Users", "fields": [FIELDS[0], FIELDS[1]]})
    other = (await api.call("CreateSchema", name="users", schema=users))["schemaArn"]
    assert await api.code("UpdateDataset", datasetArn=dataset, schemaArn=other) == "InvalidInputException"


@pytest.mark.parametrize("given", ["roleArn", "kmsKeyArn"])
async def test_a_key_needs_a_role_and_a_role_a_key(api: Api, given: str) -> None:
    """A dataset group is encrypted with both, or with a key of AWS's own."""
    both = {"roleArn": ROLE, "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1"}
    one = {given: both[given]}
    assert await api.code("CreateDatasetGroup", name="shop", **one) == "InvalidInputException"
    arn = await api.made("DatasetGroup", name="shop", **both)
    described = (await api.call("DescribeDatasetGroup", datasetGroupArn=arn))["datasetGroup"]
    assert {name: described[name] for name in both} == both


async def test_recipes_can_be_read(api: Api) -> None:
    """The recipes that can be trained here are listed and described, and no others."""
    listed = (await api.call("ListRecipes"))["recipes"]
    names = {recipe["name"] for recipe in listed}
    described = await api.call("DescribeRecipe", recipeArn=RECIPE)

    assert names == {"aws-user-personalization-v2"}
    assert described["recipe"]["recipeType"] == "USER_PERSONALIZATION"
    assert (await api.call("ListRecipes", domain="ECOMMERCE"))["recipes"] == []
    assert await api.code("DescribeRecipe", recipeArn=RECIPE + "x") == "ResourceNotFoundException"
