"""Lean calls send what the SDK sends and answer what it answers; what else comes, the SDK treats."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from zlib import crc32

import pytest
import time_machine
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import get_session
from aiohttp import web
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    FlexibleChecksumError,
    ParamValidationError,
)

from fondly.runtime.aws import CONFIG, client_opener
from fondly.runtime.lean_calls import TOLD
from fondly.runtime.lean_requests import WRITERS

REGION, ACCESS, SECRET, TOKEN = "eu-west-1", "AKIAEXAMPLE", "secret", "session token"
KEY = {"run_id": {"S": "run-1"}, "item": {"S": "part-1 ü \u2028 \U0001f600"}}
ITEM = {
    **KEY,
    "n": {"N": "1.50"},
    "sub": {"M": {"is": {"BOOL": False}, "of": {"L": [{"NULL": True}, {"SS": ["a"]}]}}},
}
QUEUE = "https://sqs.eu-west-1.amazonaws.com/000000000000/q"
MODEL = "arn:aws:bedrock:eu-west-1:000000000000:inference-profile/eu.anthropic.model-v1:0"
TRACE = {"traceparent": {"DataType": "String", "StringValue": "00-aa"}}
OBJECT: dict[str, Any] = {
    "Bucket": "data",
    "Body": b"Dear you",
    "ContentType": "message/rfc822",
    "Metadata": {},
}
CALLS: Mapping[str, tuple[str, str, dict[str, Any]]] = {
    "BatchGetItem": (
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}},
    ),
    "BatchWriteItem": (
        "dynamodb",
        "batch_write_item",
        {"RequestItems": {"t": [{"PutRequest": {"Item": ITEM}}]}},
    ),
    "GetItem": ("dynamodb", "get_item", {"TableName": "t", "Key": KEY, "ConsistentRead": True}),
    "PutItem": ("dynamodb", "put_item", {"TableName": "t", "Item": ITEM, "ConditionExpression": "a < :b"}),
    "UpdateItem": ("dynamodb", "update_item", {"TableName": "t", "Key": KEY, "UpdateExpression": "ADD a :b"}),
    "Query": (
        "dynamodb",
        "query",
        {"TableName": "t", "Limit": 3, "ExpressionAttributeValues": {":a": {"N": "1"}}},
    ),
    "TransactWriteItems": (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": "t", "Item": ITEM}}]},
    ),
    "ReceiveMessage": ("sqs", "receive_message", {"QueueUrl": QUEUE, "MaxNumberOfMessages": 10}),
    "SendMessage": (
        "sqs",
        "send_message",
        {"QueueUrl": QUEUE, "MessageBody": "{}", "MessageAttributes": TRACE},
    ),
    "DeleteMessageBatch": (
        "sqs",
        "delete_message_batch",
        {"QueueUrl": QUEUE, "Entries": [{"Id": "0", "ReceiptHandle": "r"}]},
    ),
    "PublishBatch": (
        "sns",
        "publish_batch",
        {
            "TopicArn": "arn:aws:sns:eu-west-1:000000000000:t",
            "PublishBatchRequestEntries": [
                {"Id": "0", "Message": '{"a": "ü & b=~ +"}', "MessageAttributes": TRACE},
                {"Id": "1", "Message": "*'()%20/", "MessageAttributes": {}},
            ],
        },
    ),
    "BatchDetectSentiment": (
        "comprehend",
        "batch_detect_sentiment",
        {"TextList": ["naïve"], "LanguageCode": "en"},
    ),
    "Converse": (
        "bedrock-runtime",
        "converse",
        {
            "modelId": MODEL,
            "messages": [{"role": "user", "content": [{"text": "hi"}]}],
            "inferenceConfig": {"temperature": 0.5},
        },
    ),
    "PutObject": (
        "s3",
        "put_object",
        {**OBJECT, "Key": "a/b c+ü~&?#%2F.eml", "Metadata": {"traceparent": "00-aa"}},
    ),
}
ANSWERS: Mapping[str, Any] = {
    "BatchGetItem": {"Responses": {"t": [ITEM, ITEM]}, "UnprocessedKeys": {"t": {"Keys": [KEY]}}},
    "BatchWriteItem": {"UnprocessedItems": {"t": [{"PutRequest": {"Item": ITEM}}]}},
    "GetItem": {"Item": ITEM},
    "Query": {"Items": [ITEM], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": KEY},
    "ReceiveMessage": {
        "Messages": [
            {"MessageId": "m", "Body": "é", "Attributes": {"SentTimestamp": "1"}, "MessageAttributes": TRACE}
        ]
    },
    "SendMessage": {"MessageId": "m", "MD5OfMessageBody": "x"},
    "DeleteMessageBatch": {
        "Successful": [{"Id": "0"}],
        "Failed": [{"Id": "1", "SenderFault": True, "Code": "c"}],
    },
    "BatchDetectSentiment": {
        "ResultList": [{"Index": 0, "Sentiment": "MIXED", "SentimentScore": {"Mixed": 1, "Neutral": 0.25}}],
        "ErrorList": [],
    },
    "Converse": {
        "output": {"message": {"role": "assistant", "content": [{"text": "{}"}]}},
        "usage": {"inputTokens": 1},
        "stopReason": "end_turn",
    },
}


PUBLISHED = b"""<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed/>
<Successful><member><Id>0</Id><MessageId>m-0</MessageId></member><member><MessageId>m-1</MessageId><Id>1</Id></member>
</Successful></PublishBatchResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishBatchResponse>
"""


FACTS = {"etag": '"e"', "x-amz-checksum-sha256": "FeKwrmI=", "x-amz-checksum-type": "FULL_OBJECT"}
LOADER = get_session().get_component("data_loader")
"""What has read the SDK's models once."""


class Raw:
    """A body that has yet to be read."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def read(self) -> bytes:
        """Return it."""
        return self.body


class Wire:
    """Keeps what clients send, and answers by the next of `script`, or else by the last one."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.script: list[tuple[int, bytes, dict[str, str]] | Exception] = []

    async def send(self, request: Any) -> AioAWSResponse:  # noqa: ANN401 - the SDK's types
        """Keep a request and answer it."""
        self.sent.append(request)
        now = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(now, Exception):
            raise now
        status, body, headers = now
        told: Any = {"x-amzn-requestid": "r-1", **headers}
        return AioAWSResponse(request.url, status, told, Raw(body))

    def answers(self, *script: tuple[int, bytes, dict[str, str]] | Exception) -> None:
        """Answer so from now on."""
        self.script, self.sent = list(script), []


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What stands in for every connection of the SDK."""
    wire = Wire()
    monkeypatch.setattr(AIOHTTPSession, "send", lambda _, request: wire.send(request))
    monkeypatch.setattr("asyncio.sleep", _at_once)
    return wire


async def _at_once(_seconds: float) -> None:
    """Wait for no retry."""


@pytest.fixture(autouse=True)
def a_moment() -> Iterator[None]:
    """Let both kinds of client sign at one time."""
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        yield


class Clients:
    """Opens clients of the SDK alone, and lean ones."""

    def __init__(self, stack: AsyncExitStack, setenv: Callable[[str, str], None]) -> None:
        self.sdk: Any = get_session()
        self.lean: Any = get_session()
        for session in (self.sdk, self.lean):
            session.register_component("data_loader", LOADER)
            session.set_config_variable("region", REGION)
            session.set_credentials(ACCESS, SECRET, TOKEN)
        self._stack, self._setenv = stack, setenv

    async def open(
        self, service: str, *, endpoint_url: str | None = None, validate: bool = False
    ) -> tuple[Any, Any]:
        """Return a client of each kind."""
        if endpoint_url:
            self._setenv("AWS_ENDPOINT_URL", endpoint_url)
        sdk = await self._stack.enter_async_context(self.sdk.create_client(service, config=CONFIG))
        lean = await client_opener(self._stack, validate=validate, session=self.lean)(service)
        return sdk, lean


@pytest.fixture
async def clients(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clients]:
    """What opens clients for AWS itself."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    async with AsyncExitStack() as stack:
        yield Clients(stack, monkeypatch.setenv)


def _reply(operation: str) -> tuple[int, bytes, dict[str, str]]:
    if operation == "PutObject":
        return 200, b"", {"etag": '"e"'}
    if operation == "PublishBatch":
        return 200, PUBLISHED, {}
    return 200, json.dumps(ANSWERS.get(operation, {})).encode(), {}


def _headers(request: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    found = {name.lower(): value for name, value in request.headers.items()}
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in found.items()}


@pytest.mark.parametrize("operation", sorted(WRITERS.keys() - {"GetObject"}))
async def test_a_lean_call_is_the_sdk_s(operation: str, clients: Clients, wire: Wire) -> None:
    """Address, headers, contents and answer are the same; the signature is the one of the SDK for them."""
    service, method, params = CALLS[operation]
    sdk, lean = await clients.open(service)
    wire.answers(_reply(operation))
    expected = await getattr(sdk, method)(**params)
    learned = await getattr(lean, method)(**params)
    assert await getattr(lean, method)(**params) == expected == learned
    theirs, _, ours = wire.sent
    assert (ours.method, ours.url) == (theirs.method, theirs.url)
    if operation == "PublishBatch":
        assert ours.body == theirs.body.encode()
    elif operation != "PutObject":
        ours_told, theirs_told = json.loads(ours.body), json.loads(theirs.body)
        assert ours_told.keys() == theirs_told.keys()
        assert {**ours_told, "ClientRequestToken": ""} == {**theirs_told, "ClientRequestToken": ""}
        per_call = {"amz-sdk-invocation-id", "amz-sdk-request", "content-length", "authorization"}
        assert _headers(ours).items() - {("host", "")} >= {
            each for each in _headers(theirs).items() if each[0] not in per_call
        }
    assert _headers(ours)["authorization"] == _signature(ours, service)


def _signature(request: Any, service: str) -> str:  # noqa: ANN401 - as above
    """What the SDK's own signer says of a request."""
    headers = {
        name: value for name, value in request.headers.items() if name not in {"authorization", "host"}
    }
    again = AWSRequest(request.method, request.url, headers=headers, data=request.body)
    again.context["payload_signing_enabled"] = True
    if service == "s3":
        again.context |= {
            "has_streaming_input": True,
            "checksum": {"request_algorithm": {"in": "header", "name": "x-amz-checksum-crc32"}},
        }
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    name = "bedrock" if service == "bedrock-runtime" else service
    signer(Credentials(ACCESS, SECRET, TOKEN), name, REGION).add_auth(again)
    return str(again.headers["Authorization"])


async def test_a_transaction_is_tried_again_as_the_same(clients: Clients, wire: Wire) -> None:
    """One that was carried out although its answer was lost is not carried out twice, but the next is."""
    _, lean = await clients.open("dynamodb")
    wire.answers((200, b"{}", {}), EndpointConnectionError(endpoint_url="x"), (200, b"{}", {}))
    for _ in range(3):
        await lean.transact_write_items(TransactItems=[])
    tokens = [json.loads(request.body)["ClientRequestToken"] for request in wire.sent]
    assert tokens[1] == tokens[2]
    assert len(set(tokens)) == 3


async def test_an_object_is_read_as_the_sdk_reads_it(clients: Clients) -> None:
    """Whatever its key: facts, contents as they come, and that they are whole; or that it is missing."""
    wanted, keys = [], ["a/b c+%2F=ü~é:@&?#.eml", "emails//twice//./x", "damaged", "missing"]

    async def answer(request: web.Request) -> web.Response:
        wanted.append((request.raw_path, request.headers["x-amz-checksum-mode"]))
        if "missing" in request.path:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
        checksum = "AAAAAA==" if "damaged" in request.path else "y/Q5Jg=="
        return web.Response(body=b"123456789", headers={"x-amz-checksum-crc32": checksum, **FACTS})

    async with served(answer) as url:
        sdk, lean = await clients.open("s3", endpoint_url=url)
        ends = [[await _contents(client, key) for key in ["first", *keys]] for client in (sdk, lean)]
    assert ends[0] == ends[1]
    assert wanted[: len(keys) + 1] == wanted[len(keys) + 1 :]
    assert [end[0] for end in ends[1]] == [b"123456789"] * 3 + ["FlexibleChecksumError", "NoSuchKey"]


async def _contents(s3: Any, key: str) -> tuple[Any, ...]:  # noqa: ANN401 - as above
    try:
        answer = await s3.get_object(Bucket="data", Key=key)
        async with answer.pop("Body") as body:
            return await body.read(), {name: answer[name] for name in (*TOLD.values(), "ContentLength")}
    except (ClientError, FlexibleChecksumError) as error:
        return type(error).__name__, str(error)


@asynccontextmanager
async def served(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """Serve on loopback; yield the URL."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
        yield site.name
    finally:
        await runner.cleanup()


async def test_without_tls_a_signature_covers_an_object(clients: Clients, wire: Wire) -> None:
    """With it, a checksum does, as with the SDK."""
    wire.answers(_reply("PutObject"))
    for url, digest in (
        ("http://127.0.0.1:1", sha256(OBJECT["Body"]).hexdigest()),
        ("https://127.0.0.1:1", "UNSIGNED-PAYLOAD"),
    ):
        _, lean = await clients.open("s3", endpoint_url=url)
        for _ in range(2):
            await lean.put_object(**OBJECT, Key="k")
        assert _headers(wire.sent[-1])["x-amz-content-sha256"] == digest
        assert _headers(wire.sent[-1])["authorization"] == _signature(wire.sent[-1], "s3")


async def test_an_object_is_sent_under_its_own_key(clients: Clients, wire: Wire) -> None:
    """What was learned of one object is true of others: all of their checksum, type and metadata is there."""
    _, lean = await clients.open("s3")
    wire.answers(_reply("PutObject"))
    await lean.put_object(**OBJECT, Key="first")
    await lean.put_object(
        **{**OBJECT, "Key": "second/ö", "Body": b"123456789", "Metadata": {"a": "b"}, "IfMatch": "e"}
    )
    await lean.put_object(Bucket="data", Key="typeless", Body=b"", Metadata={})
    request = wire.sent[1]
    assert request.url == "https://data.s3.eu-west-1.amazonaws.com/second/%C3%B6"
    assert request.body == b"123456789"
    headers = _headers(request)
    assert headers["x-amz-checksum-crc32"] == "y/Q5Jg=="  # the check value of CRC-32
    assert headers["x-amz-meta-a"] == "b"
    assert headers["content-type"] == "message/rfc822"
    assert headers["if-match"] == "e"
    assert "content-type" not in _headers(wire.sent[2])
    assert "expect" not in headers


FAULTS: Mapping[str, Sequence[Any]] = {
    "a condition": [
        (400, b'{"__type":"x#ConditionalCheckFailedException","message":"no","Item":{"a":{"S":"b"}}}', {})
    ],
    "a throttle": [(400, b'{"__type":"x#ThrottlingException"}', {}), (200, b'{"Item":{}}', {})],
    "a fault": [(500, b"oops", {}), (503, b"", {}), (200, b'{"Item":{}}', {})],
    "faults": [(500, b"", {})],
    "a lost connection": [EndpointConnectionError(endpoint_url="x"), (200, b'{"Item":{}}', {})],
    "lost connections": [EndpointConnectionError(endpoint_url="x")],
    "a damaged answer": [(200, b'{"Item":{}}', {"x-amz-crc32": "1"}), (200, b'{"Item":{"a":{"S":"b"}}}', {})],
    "a right checksum": [(200, b"{}", {"x-amz-crc32": str(crc32(b"{}"))})],
    "bytes": [(200, b'{"Item":{"a":{"B":"AAE="},"b":{"BS":["AAE="]}}}', {})],
    "quoted nothing": [(200, json.dumps({"Item": {"a": {"S": '{"b": null,"B":"AA"}'}}}).encode(), {})],
    "nothing": [(200, b'{"Item":{"a":{"S":"b"}},"ConsumedCapacity":null}', {})],
    "no JSON": [(200, b"<html>", {})],
}


async def test_what_is_not_plainly_answered_is_the_sdk_s(clients: Clients, wire: Wire) -> None:
    """Retries, errors and odd answers are as without lean calls: as many tries, and the same end."""
    sdk, lean = await clients.open("dynamodb")
    wire.answers((200, b"{}", {}))
    await lean.get_item(TableName="t", Key=KEY)
    for name, script in FAULTS.items():
        assert await _end(lean, wire, script) == await _end(sdk, wire, script), name


async def _end(client: Any, wire: Wire, script: Sequence[Any]) -> list[Any]:  # noqa: ANN401 - as above
    """The answer or the error of a call that is answered so, and how many tries it took."""
    wire.answers(*script)
    try:
        return [await client.get_item(TableName="t", Key=KEY), len(wire.sent)]
    except (ClientError, EndpointConnectionError) as error:
        return [type(error).__name__, str(error), getattr(error, "response", None), len(wire.sent)]


async def test_what_the_sdk_must_write_it_writes(clients: Clients, wire: Wire) -> None:
    """Bytes in items, files as objects and members beside the usual ones are not lean calls'."""
    _, dynamodb = await clients.open("dynamodb")
    _, s3 = await clients.open("s3")
    wire.answers(_reply("PutObject"))
    for _ in range(2):
        await dynamodb.put_item(TableName="t", Item={"a": {"B": b"\x00"}})
        await s3.put_object(**OBJECT, Key="k", CacheControl="none")
        await s3.put_object(**{**OBJECT, "Key": "k", "Body": BytesIO(b"a file")})
    assert b'"AA=="' in wire.sent[3].body
    assert _headers(wire.sent[4])["cache-control"] == "none"
    assert _headers(wire.sent[5])["expect"] == "100-continue"


async def test_what_sns_refuses_is_told(clients: Clients, wire: Wire) -> None:
    """Of messages published together, those that are not accepted are named as the SDK names them."""
    sdk, lean = await clients.open("sns")
    refused = b"<Failed><member><Id>0</Id><Code>Slow</Code><SenderFault>false</SenderFault></member></Failed>"
    wire.answers((200, PUBLISHED, {}), (200, PUBLISHED.replace(b"<Failed/>", refused), {}))
    _, _, params = CALLS["PublishBatch"]
    await lean.publish_batch(**params)
    found = await lean.publish_batch(**params)
    assert found == await sdk.publish_batch(**params)
    assert found["Failed"] == [{"Id": "0", "Code": "Slow", "SenderFault": False}]


async def test_what_is_to_be_checked_is_checked(clients: Clients, wire: Wire) -> None:
    """Lean calls are those of tests as well; what is wrong is told by the SDK, and not sent."""
    _, lean = await clients.open("dynamodb", validate=True)
    wire.answers((200, b"{}", {}))
    for _ in range(2):
        await lean.get_item(TableName="t", Key=KEY)
    assert "amz-sdk-invocation-id" not in _headers(wire.sent[1])
    with pytest.raises(ParamValidationError, match='Unknown parameter in input: "Kye"'):
        await lean.get_item(TableName="t", Key=KEY, Kye=KEY)
    assert len(wire.sent) == 2
    _, unchecked = await clients.open("dynamodb")
    await unchecked.get_item(TableName="t", Key=KEY)
    await unchecked.get_item(TableName="t", Key=KEY, Kye=KEY)
    assert len(wire.sent) == 4


async def test_a_client_can_be_kept_from_lean_calls(clients: Clients, wire: Wire) -> None:
    """Whoever listens to the SDK's events hears of every call."""
    _, lean = await clients.open("dynamodb")
    lean.is_lean, heard = False, []
    lean.meta.events.register("after-call", lambda **_: heard.append(1))
    wire.answers((200, b"{}", {}))
    for _ in range(2):
        await lean.get_item(TableName="t", Key=KEY)
    assert len(heard) == 2
