"""How campaigns are made, updated and asked through the SDK's client."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.session import get_session
from aiobotocore.stub import AioStubber
from botocore.exceptions import ClientError

from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.adapters.personalize_runtime import AWSCampaignRuntime
from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.ports import CampaignRequest, NotReadyError, Promotion, RefusedError, VanishedError
from encore.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient
    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient

BASE = "arn:aws:personalize:eu-west-1:000000000000:"
ARN = f"{BASE}campaign/shop"
OLD, NEW = f"{BASE}solution/shop/old", f"{BASE}solution/shop/new"
WANTED = ResourceSpec(
    "campaign", Kind.CAMPAIGN, "shop", {"solutionVersionArn": NEW, "minProvisionedTPS": 1, "tags": []}
)
REQUEST = CampaignRequest(ARN, 50, f"{BASE}filter/offered")


@pytest.fixture
async def client() -> AsyncIterator["PersonalizeClient"]:
    """A client without a server; its replies are stubbed."""
    async with get_session().create_client("personalize", endpoint_url="http://127.0.0.1:1") as client:
        yield client


@pytest.fixture
async def runtime() -> AsyncIterator["PersonalizeRuntimeClient"]:
    """The same for requests to campaigns."""
    async with get_session().create_client(
        "personalize-runtime", endpoint_url="http://127.0.0.1:1"
    ) as client:
        yield client


def existing(stub: AioStubber, **facts: object) -> None:
    """There is a campaign already, with these facts."""
    stub.add_client_error("create_campaign", "ResourceAlreadyExistsException")
    stub.add_response("list_campaigns", {"campaigns": [{"name": "shop", "campaignArn": ARN}]})
    described = {"name": "shop", "solutionVersionArn": OLD, "minProvisionedTPS": 1, "status": "ACTIVE"}
    stub.add_response("describe_campaign", {"campaign": described | facts})


async def test_a_campaign_of_an_earlier_version_is_updated(client: "PersonalizeClient") -> None:
    """To the version and the throughput that are wanted, and to nothing else."""
    with AioStubber(client) as stub:
        existing(stub)
        expected = {"campaignArn": ARN, "solutionVersionArn": NEW, "minProvisionedTPS": 1}
        stub.add_response("update_campaign", {"campaignArn": ARN}, expected)
        assert await AWSPersonalize(client).ensure(WANTED) == ARN
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    "facts",
    [
        {"solutionVersionArn": NEW},
        {
            "latestCampaignUpdate": {
                "solutionVersionArn": NEW,
                "minProvisionedTPS": 1,
                "status": "CREATE IN_PROGRESS",
            }
        },
    ],
)
async def test_a_campaign_that_is_as_wanted_or_will_be_is_left_alone(
    client: "PersonalizeClient", facts: Mapping[str, Any]
) -> None:
    """A second update would be refused until the first is done."""
    with AioStubber(client) as stub:
        existing(stub, **facts)
        assert await AWSPersonalize(client).ensure(WANTED) == ARN
        stub.assert_no_pending_responses()


async def test_a_campaign_that_is_being_deleted_is_waited_for(client: "PersonalizeClient") -> None:
    """Its name is free once it is gone."""
    with AioStubber(client) as stub:
        existing(stub, status="DELETE IN_PROGRESS")
        with pytest.raises(NotReadyError, match="is being deleted"):
            await AWSPersonalize(client).ensure(WANTED)


async def test_a_campaign_that_has_just_gone_is_made_by_the_next_poll(client: "PersonalizeClient") -> None:
    """Between the refusal and the look."""
    with AioStubber(client) as stub:
        stub.add_client_error("create_campaign", "ResourceAlreadyExistsException")
        stub.add_response("list_campaigns", {"campaigns": []})
        with pytest.raises(NotReadyError):
            await AWSPersonalize(client).ensure(WANTED)


@pytest.mark.parametrize(
    ("latest", "active"),
    [(None, True), ("CREATE PENDING", False), ("CREATE IN_PROGRESS", False), ("ACTIVE", True)],
)
async def test_a_campaign_is_ready_once_it_answers_by_the_new_version(
    client: "PersonalizeClient", latest: str | None, *, active: bool
) -> None:
    """During an update it stays active and answers by the earlier version."""
    update = {"latestCampaignUpdate": {"status": latest}} if latest else {}
    with AioStubber(client) as stub:
        stub.add_response("describe_campaign", {"campaign": {"status": "ACTIVE", **update}})
        assert await AWSPersonalize(client).is_active(Kind.CAMPAIGN, ARN) is active


async def test_a_failed_update_is_refused_with_its_reason(client: "PersonalizeClient") -> None:
    """The campaign itself still answers, by a version that nobody wants."""
    failed = {"status": "CREATE FAILED", "failureReason": "no capacity"}
    with AioStubber(client) as stub:
        stub.add_response(
            "describe_campaign", {"campaign": {"status": "ACTIVE", "latestCampaignUpdate": failed}}
        )
        with pytest.raises(RefusedError, match="no capacity"):
            await AWSPersonalize(client).is_active(Kind.CAMPAIGN, ARN)


@pytest.mark.parametrize(("status", "exists"), [("ACTIVE", True), ("DELETE PENDING", False)])
async def test_a_campaign_that_is_being_deleted_does_not_count_as_there(
    client: "PersonalizeClient", status: str, *, exists: bool
) -> None:
    """It can still be described, and answers nothing any more."""
    with AioStubber(client) as stub:
        stub.add_response("describe_campaign", {"campaign": {"status": status}})
        assert await AWSPersonalize(client).exists(Kind.CAMPAIGN, ARN) is exists


async def test_a_request_names_filter_and_promotion(runtime: "PersonalizeRuntimeClient") -> None:
    """AWS takes one promotion, with a filter of its own."""
    promoting = REQUEST._replace(promotion=Promotion("new-products", 20, f"{BASE}filter/new"))
    expected = {
        "campaignArn": ARN,
        "userId": "C1",
        "numResults": 50,
        "filterArn": f"{BASE}filter/offered",
        "promotions": [
            {"name": "new-products", "percentPromotedItems": 20, "filterArn": f"{BASE}filter/new"}
        ],
    }
    with AioStubber(runtime) as stub:
        stub.add_response("get_recommendations", {"itemList": [{"itemId": "A"}, {"itemId": "B"}]}, expected)
        assert await AWSCampaignRuntime(runtime, Limiter(100)).rank("C1", promoting) == ("A", "B")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ResourceNotFoundException", VanishedError),
        ("InvalidInputException", RefusedError),
        ("AccessDeniedException", ClientError),
    ],
)
async def test_an_error_means_gone_refused_or_retry(
    runtime: "PersonalizeRuntimeClient", code: str, meaning: type[Exception]
) -> None:
    """A missing permission is no customer's own fault."""
    with AioStubber(runtime) as stub:
        stub.add_client_error("get_recommendations", code, "why")
        with pytest.raises(meaning, match="why"):
            await AWSCampaignRuntime(runtime, Limiter(100)).rank("C1", REQUEST)


async def test_throttled_requests_wait_and_are_sent_again(runtime: "PersonalizeRuntimeClient") -> None:
    """As often as it takes, at a lower rate: the message is not to blame, and spends no receive."""
    limiter = Limiter(1_000)
    with AioStubber(runtime) as stub:
        for _ in range(2):
            stub.add_client_error("get_recommendations", "ThrottlingException", http_status_code=400)
        stub.add_response("get_recommendations", {"itemList": [{"itemId": "A"}]})
        async with asyncio.timeout(30):
            assert await AWSCampaignRuntime(runtime, limiter).rank("C1", REQUEST) == ("A",)
    assert (limiter.counts.calls, limiter.counts.throttled) == (3, 2)
    assert limiter.calls_per_s < 1_000
