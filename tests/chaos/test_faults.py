import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from fondly.stack.provision import Resources
from tests.chaos.calls import Call
from tests.chaos.conftest import Proxied, Proxies
from tests.chaos.faults import Fault, FaultPlan, Odds
from tests.chaos.paid import COMPREHEND_DOCUMENTS
from tests.chaos.scripted import ScriptedPlan
from tests.support.stores import Clients

Invoke = Callable[[Proxied], Awaitable[Any]]
CALLS: dict[str, tuple[str, Invoke]] = {
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
    """The SDK can read each protocol's error, with the code that the service uses."""
    operation, call = CALLS[code]
    async with proxied(ScriptedPlan(Fault.THROTTLED, on=operation)) as through:
        with pytest.raises(ClientError) as caught:
            await call(through)
    assert caught.value.response["Error"]["Code"] == code
    assert through.tally.by_fault() == {"throttled": 1}


async def test_personalize_and_bedrock_throttle_in_their_protocols(proxied: Proxies) -> None:
    """Both services are recognised by the signature of the call."""
    async with proxied(ScriptedPlan(Fault.THROTTLED, on="ListSchemas")) as through:
        with pytest.raises(ClientError, match="ThrottlingException"):
            await through.personalize.list_schemas()
    async with proxied(ScriptedPlan(Fault.THROTTLED, on="Converse")) as through:
        with pytest.raises(ClientError, match="ThrottlingException") as caught:
            await through.bedrock.converse(modelId="any", messages=[])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


@pytest.mark.parametrize(("fault", "status"), [(Fault.BROKEN, 500), (Fault.UNAVAILABLE, 503)])
async def test_server_faults_have_their_http_status(proxied: Proxies, fault: Fault, status: int) -> None:
    """A client can tell a failing service from a refused request."""
    async with proxied(ScriptedPlan(fault, on="ListTables")) as through:
        with pytest.raises(ClientError) as caught:
            await through.clients.dynamodb.list_tables()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(("fault", "stored"), [(Fault.CUT_BEFORE, False), (Fault.CUT_AFTER, True)])
async def test_a_cut_call_takes_effect_only_if_cut_after_the_server_acted(
    proxied: Proxies, clients: Clients, resources: Resources, fault: Fault, *, stored: bool
) -> None:
    """The caller sees a broken connection either way; only the server's state differs.

    The fault is stubborn, since the HTTP client itself retries a PUT whose connection breaks.
    """
    bucket = resources.buckets["data"]
    async with proxied(ScriptedPlan(fault, on="PutObject", stubborn=True)) as through:
        with pytest.raises(ConnectionClosedError):
            await through.clients.s3.put_object(Bucket=bucket, Key="odd key/ü+&", Body=b"content")
    found = await clients.s3.list_objects_v2(Bucket=bucket)
    assert [each["Key"] for each in found.get("Contents", [])] == (["odd key/ü+&"] if stored else [])


async def test_a_slow_call_is_answered_late(proxied: Proxies) -> None:
    """The answer is correct and comes after the given time."""
    started = time.monotonic()
    async with proxied(ScriptedPlan(Fault.SLOW, on="ListTables", slow_s=0.3)) as through:
        assert "TableNames" in await through.clients.dynamodb.list_tables()
    assert time.monotonic() - started >= 0.3


async def test_a_retry_succeeds_unless_the_fault_is_stubborn(proxied: Proxies) -> None:
    """All attempts of a call share its plan, in which usually only the first fails."""
    async with proxied(ScriptedPlan(Fault.BROKEN, on="ListTables"), attempts=2) as through:
        await through.clients.dynamodb.list_tables()
    async with proxied(ScriptedPlan(Fault.BROKEN, on="ListTables", stubborn=True), attempts=2) as through:
        with pytest.raises(ClientError, match="InternalServerError"):
            await through.clients.dynamodb.list_tables()


async def test_without_faults_calls_go_through_unchanged(proxied: Proxies, resources: Resources) -> None:
    """Bytes, metadata and missing objects look the same as without a proxy."""
    bucket, body = resources.buckets["data"], bytes(range(256)) * 1000
    async with proxied(ScriptedPlan()) as through:
        s3 = through.clients.s3
        await s3.put_object(Bucket=bucket, Key="bytes", Body=body, Metadata={"name": "value"})
        head = await s3.head_object(Bucket=bucket, Key="bytes")
        assert (head["ContentLength"], head["Metadata"]) == (len(body), {"name": "value"})
        assert await (await s3.get_object(Bucket=bucket, Key="bytes"))["Body"].read() == body
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket=bucket, Key="none")


async def test_the_bill_counts_undelivered_answers_apart(proxied: Proxies) -> None:
    """Paid work is counted by request; work whose answer was cut off is listed apart."""
    async with proxied(ScriptedPlan()) as through:
        for _ in range(2):
            await through.comprehend.batch_detect_sentiment(TextList=["Good", "Bad"], LanguageCode="en")
    assert through.proxy.bill.delivered[COMPREHEND_DOCUMENTS] == {"Sentiment Good": 2, "Sentiment Bad": 2}
    async with proxied(ScriptedPlan(Fault.CUT_AFTER, on="DetectSentiment")) as through:
        with pytest.raises(ConnectionClosedError):
            await through.comprehend.detect_sentiment(Text="Good", LanguageCode="en")
    assert through.proxy.bill.total(COMPREHEND_DOCUMENTS) == 0
    assert through.proxy.bill.undelivered == {COMPREHEND_DOCUMENTS: 1}
    assert through.proxy.bill.most_in_flight[COMPREHEND_DOCUMENTS] == 1


async def test_failed_documents_are_listed_as_errors(proxied: Proxies) -> None:
    """At most two of a batch fail, with a retryable code; the others keep their results."""
    async with proxied(ScriptedPlan(odds=Odds(batch_fails=1.0, entry_fails=1.0))) as through:
        reply = await through.comprehend.batch_detect_sentiment(
            TextList=["Good", "Bad", "Fair", "Fine"], LanguageCode="en"
        )
    assert [each["Index"] for each in reply["ResultList"]] == [2, 3]
    assert {each["ErrorCode"] for each in reply["ErrorList"]} == {"InternalServerException"}


def test_the_same_seed_plans_the_same_faults_however_calls_interleave() -> None:
    """The n-th call of an operation has its own generator, whatever other operations do."""

    def call(target: str) -> Call:
        return Call("POST", "/", {"x-amz-target": target})

    def faulted(*, disturbed: bool) -> list[bool]:
        plan, found = FaultPlan(7, Odds(fault=0.5)), []
        for _ in range(40):
            if disturbed:
                plan.of(call("SNS.ListTopics"))
            found.append(plan.of(call("AmazonSQS.ListQueues"))[1] is not None)
        return found

    calm = faulted(disturbed=False)
    assert set(calm) == {True, False}
    assert faulted(disturbed=True) == calm
