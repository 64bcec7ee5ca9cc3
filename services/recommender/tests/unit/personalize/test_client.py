from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.session import get_session
from aiobotocore.stub import AioStubber
from botocore.exceptions import ClientError

from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import ResourceSpec
from fondly.recommender.ports import NotReadyError, QuotaError, RefusedError, VanishedError

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
ARN = "arn:aws:personalize:eu-west-1:000000000000:"
DATASET = {
    "datasetGroupArn": f"{ARN}dataset-group/shop",
    "datasetType": "Users",
    "schemaArn": f"{ARN}schema/new",
}
IMPORT = {"datasetArn": f"{ARN}dataset/shop/USERS", "dataSource": {"dataLocation": "s3://b/k/"}}
REQUESTS: Mapping[Kind, tuple[str, Mapping[str, Any]]] = {
    Kind.DATASET_GROUP: ("create_dataset_group", {}),
    Kind.DATASET: ("create_dataset", DATASET),
    Kind.IMPORT_JOB: ("create_dataset_import_job", IMPORT),
}


@pytest.fixture
async def client() -> AsyncIterator["PersonalizeClient"]:
    """A client without a server; its replies are stubbed."""
    async with get_session().create_client("personalize", endpoint_url="http://127.0.0.1:1") as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "code", "meaning"),
    [
        (Kind.IMPORT_JOB, "LimitExceededException", NotReadyError),
        (Kind.DATASET_GROUP, "LimitExceededException", QuotaError),
        (Kind.DATASET, "ResourceInUseException", NotReadyError),
        (Kind.DATASET, "ResourceNotFoundException", VanishedError),
        (Kind.DATASET, "InvalidInputException", RefusedError),
        (Kind.DATASET, "ValidationException", RefusedError),
        (Kind.DATASET, "ThrottlingException", ClientError),
        (Kind.DATASET, "AccessDeniedException", ClientError),
    ],
)
async def test_an_error_means_wait_fail_or_retry(
    client: "PersonalizeClient", kind: Kind, code: str, meaning: type[Exception]
) -> None:
    """Quotas of running jobs free up, quotas of resources do not; throttling is retried by the queue."""
    operation, request = REQUESTS[kind]
    with AioStubber(client) as stub:
        stub.add_client_error(operation, code)
        with pytest.raises(meaning):
            await AWSPersonalize(client).ensure(ResourceSpec("key", kind, "shop", request))


async def test_a_training_that_exists_is_found_before_another_is_asked_for(
    client: "PersonalizeClient",
) -> None:
    """Personalize may accept a second version of the same name, and bills each."""
    solution, arn = f"{ARN}solution/shop", f"{ARN}solution/shop/1"
    wanted = ResourceSpec("key", Kind.SOLUTION_VERSION, "shop-run-1", {"solutionArn": solution})
    with AioStubber(client) as stub:
        stub.add_response(
            "list_solution_versions",
            {"solutionVersions": [{"solutionVersionArn": arn, "creationDateTime": MADE_AT}]},
        )
        stub.add_response(
            "describe_solution_version",
            {"solutionVersion": {"solutionVersionArn": arn, "name": "shop-run-1"}},
        )
        assert await AWSPersonalize(client).ensure(wanted) == arn
        stub.assert_no_pending_responses()


async def test_a_dataset_of_an_earlier_release_gets_the_new_schema(client: "PersonalizeClient") -> None:
    """Schemas are immutable, so an existing dataset is updated to the one that the data is written for."""
    arn = f"{ARN}dataset/shop/USERS"
    with AioStubber(client) as stub:
        stub.add_client_error("create_dataset", "ResourceAlreadyExistsException")
        stub.add_response("list_datasets", {"datasets": [{"name": "shop-users", "datasetArn": arn}]})
        stub.add_response("describe_dataset", {"dataset": {"schemaArn": f"{ARN}schema/old"}})
        stub.add_response("update_dataset", {"datasetArn": arn})
        assert (
            await AWSPersonalize(client).ensure(ResourceSpec("key", Kind.DATASET, "shop-users", DATASET))
            == arn
        )
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("status", "active"), [("CREATE PENDING", False), ("CREATE IN_PROGRESS", False), ("ACTIVE", True)]
)
async def test_only_an_active_resource_is_ready(
    client: "PersonalizeClient", status: str, *, active: bool
) -> None:
    """Pending and in progress mean that the next poll looks again."""
    with AioStubber(client) as stub:
        stub.add_response("describe_solution", {"solution": {"status": status}})
        found = await AWSPersonalize(client).is_active(Kind.SOLUTION, f"{ARN}solution/shop")
    assert found is active


async def test_a_stopped_training_is_a_failure(client: "PersonalizeClient") -> None:
    """Someone stopped it by hand, so waiting would never end."""
    with AioStubber(client) as stub:
        stub.add_response("describe_solution_version", {"solutionVersion": {"status": "CREATE STOPPED"}})
        with pytest.raises(RefusedError, match="CREATE STOPPED"):
            await AWSPersonalize(client).is_active(Kind.SOLUTION_VERSION, f"{ARN}solution/shop/1")


async def test_a_campaign_of_an_earlier_version_is_updated(client: "PersonalizeClient") -> None:
    """To the version and the throughput that are wanted, once."""
    arn, old, new = f"{ARN}campaign/shop", f"{ARN}solution/shop/old", f"{ARN}solution/shop/new"
    served = {"solutionVersionArn": new, "minProvisionedTPS": 1}
    wanted = ResourceSpec("campaign", Kind.CAMPAIGN, "shop", {**served, "tags": []})
    with AioStubber(client) as stub:
        for version in (old, new):
            stub.add_client_error("create_campaign", "ResourceAlreadyExistsException")
            stub.add_response("list_campaigns", {"campaigns": [{"name": "shop", "campaignArn": arn}]})
            stub.add_response("describe_campaign", {"campaign": {**served, "solutionVersionArn": version}})
            if version == old:
                stub.add_response("update_campaign", {"campaignArn": arn}, {"campaignArn": arn, **served})
            assert await AWSPersonalize(client).ensure(wanted) == arn
        stub.assert_no_pending_responses()
