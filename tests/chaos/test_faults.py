import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from encore.stack.provision import Resources
from tests.chaos.calls import Call
from tests.chaos.conftest import Proxied, Proxies
from tests.chaos.fates import Fates, Fault, Odds
from tests.chaos.paid import DOCUMENTS
from tests.chaos.scripted import Scripted
from tests.support.stores import Clients

Made = Callable[[Proxied], Awaitable[Any]]
CALLS: dict[str, tuple[str, Made]] = {
    "RequestThrottled": ("ListQueues", lambda through: through.clients.sqs.list_queues()),
    "Throttling": ("ListTopics", lambda through: through.clients.sns.list_topics()),
    "SlowDown": ("GetBucket", lambda through: through.clients.s3.list_objects_v2(Bucket="some-bucket")),
    "ProvisionedThroughputExceededException": (
        "ListTables",
        lambda through: through.clients.dynamodb.list_tables(),
    ),
    "ThrottlingException": (
        "DetectSentiment",
        lambda through: through.comprehend.detect_sentiment(Text="Good", LanguageCode="en"),
    ),
}


@pytest.mark.parametrize("code", CALLS)
async def test_each_service_throttles_with_its_own_error(proxied: Proxies, code: str) -> None:
    """The SDK reads the error of each protocol, with the code that the service uses."""
    operation, call = CALLS[code]
    async with proxied(Scripted(Fault.THROTTLED, on=operation)) as through:
        with pytest.raises(ClientError) as caught:
            await call(through)
    assert caught.value.response["Error"]["Code"] == code
    assert through.tally.by_fault() == {"throttled": 1}


async def test_personalize_and_bedrock_throttle_too(proxied: Proxies) -> None:
    """The two other AI services are recognised by their signature and answered in their protocols."""
    async with proxied(Scripted(Fault.THROTTLED, on="ListSchemas")) as through:
        with pytest.raises(ClientError, match="ThrottlingException"):
            await through.personalize.list_schemas()
    async with proxied(Scripted(Fault.THROTTLED, on="Converse")) as through:
        with pytest.raises(ClientError, match="ThrottlingException") as caught:
            await through.bedrock.converse(modelId="any", messages=[])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


@pytest.mark.parametrize(("fault", "status"), [(Fault.BROKEN, 500), (Fault.UNAVAILABLE, 503)])
async def test_server_faults_carry_their_status(proxied: Proxies, fault: Fault, status: int) -> None:
    """A broken or unavailable service is told from a refused request."""
    async with proxied(Scripted(fault, on="ListTables")) as through:
        with pytest.raises(ClientError) as caught:
            await through.clients.dynamodb.list_tables()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(("fault", "stored"), [(Fault.CUT_BEFORE, False), (Fault.CUT_AFTER, True)])
async def test_a_cut_call_is_done_only_when_it_was_cut_after_the_server_acted(
    proxied: Proxies, clients: Clients, resources: Resources, fault: Fault, *, stored: bool
) -> None:
    """The caller sees the same broken connection; only the server's state tells the two apart.

    Stubborn, since the HTTP client itself repeats a PUT whose connection broke.
    """
    bucket = resources.buckets["data"]
    async with proxied(Scripted(fault, on="PutObject", stubborn=True)) as through:
        with pytest.raises(ConnectionClosedError):
            await through.clients.s3.put_object(Bucket=bucket, Key="odd key/ü+&", Body=b"content")
    found = await clients.s3.list_objects_v2(Bucket=bucket)
    assert [each["Key"] for each in found.get("Contents", [])] == (["odd key/ü+&"] if stored else [])


async def test_a_slow_call_is_done_late(proxied: Proxies) -> None:
    """The answer is the right one, after the given time."""
    started = time.monotonic()
    async with proxied(Scripted(Fault.SLOW, on="ListTables", slow_s=0.3)) as through:
        assert "TableNames" in await through.clients.dynamodb.list_tables()
    assert time.monotonic() - started >= 0.3


async def test_the_sdk_gets_through_a_fault_unless_it_is_stubborn(proxied: Proxies) -> None:
    """All attempts of one call share its fate: mostly only the first fails."""
    async with proxied(Scripted(Fault.BROKEN, on="ListTables"), attempts=2) as through:
        await through.clients.dynamodb.list_tables()
    async with proxied(Scripted(Fault.BROKEN, on="ListTables", stubborn=True), attempts=2) as through:
        with pytest.raises(ClientError, match="InternalServerError"):
            await through.clients.dynamodb.list_tables()


async def test_without_faults_calls_go_through_unchanged(proxied: Proxies, resources: Resources) -> None:
    """Bytes, metadata and missing objects look as they do without a proxy."""
    bucket, body = resources.buckets["data"], bytes(range(256)) * 1000
    async with proxied(Scripted()) as through:
        s3 = through.clients.s3
        await s3.put_object(Bucket=bucket, Key="bytes", Body=body, Metadata={"name": "value"})
        head = await s3.head_object(Bucket=bucket, Key="bytes")
        assert (head["ContentLength"], head["Metadata"]) == (len(body), {"name": "value"})
        assert await (await s3.get_object(Bucket=bucket, Key="bytes"))["Body"].read() == body
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket=bucket, Key="none")


async def test_the_bill_tells_answers_that_came_from_those_cut_off(proxied: Proxies) -> None:
    """Paid work counts by what was asked for; work whose answer was cut off is listed apart."""
    async with proxied(Scripted()) as through:
        for _ in range(2):
            await through.comprehend.batch_detect_sentiment(TextList=["Good", "Bad"], LanguageCode="en")
    assert through.proxy.bill.done[DOCUMENTS] == {"Good": 2, "Bad": 2}
    async with proxied(Scripted(Fault.CUT_AFTER, on="DetectSentiment")) as through:
        with pytest.raises(ConnectionClosedError):
            await through.comprehend.detect_sentiment(Text="Good", LanguageCode="en")
    assert through.proxy.bill.total(DOCUMENTS) == 0
    assert through.proxy.bill.unseen == {DOCUMENTS: 1}


async def test_documents_that_fail_are_errors_of_their_own(proxied: Proxies) -> None:
    """At most two of a batch fail, with a code that a repetition cures; the others keep their results."""
    async with proxied(Scripted(odds=Odds(batch_fails=1.0, entry_fails=1.0))) as through:
        reply = await through.comprehend.batch_detect_sentiment(
            TextList=["Good", "Bad", "Fair", "Fine"], LanguageCode="en"
        )
    assert [each["Index"] for each in reply["ResultList"]] == [2, 3]
    assert {each["ErrorCode"] for each in reply["ErrorList"]} == {"InternalServerException"}


def test_the_same_seed_deals_the_same_fates_however_calls_interleave() -> None:
    """The n-th call of an operation draws by itself: other operations do not disturb it."""

    def call(target: str) -> Call:
        return Call("POST", "/", {"x-amz-target": target})

    def struck(*, disturbed: bool) -> list[bool]:
        fates, found = Fates(7, Odds(fault=0.5)), []
        for _ in range(40):
            if disturbed:
                fates.of(call("SNS.ListTopics"))
            found.append(fates.of(call("AmazonSQS.ListQueues"))[1] is not None)
        return found

    calm = struck(disturbed=False)
    assert set(calm) == {True, False}
    assert struck(disturbed=True) == calm
