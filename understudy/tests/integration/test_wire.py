"""The protocol layer over HTTP, with requests that no SDK client would send."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from understudy import __version__
from understudy.testing import UnderstudyServer
from understudy.wire.endpoint import MAX_BODY_BYTES
from understudy.wire.operations import operations_of
from understudy.wire.service import Params, Service, ServiceError

TARGET = "Comprehend_20171127.DetectSentiment"


@dataclass
class Answer:
    """An HTTP response."""

    status: int
    headers: http.client.HTTPMessage
    body: dict[str, Any]


@pytest.fixture(scope="module")
def closed() -> list[str]:
    """The services that were closed."""
    return []


@pytest.fixture(scope="module")
def url(closed: list[str]) -> Iterator[str]:
    """The address of a server whose handlers behave as the request's text says."""

    async def detect_sentiment(params: Params) -> Params:
        if params["Text"] == "wrong":
            return {"Sentiment": "HAPPY"}
        if params["Text"] == "nan":
            return {"SentimentScore": {"Positive": float("nan")}}
        if params["Text"] == "crash":
            raise RuntimeError("secret detail")
        raise ServiceError("InternalServerException", "reported")

    async def get_recommendations(_params: Params) -> Params:
        raise ServiceError("ResourceNotFoundException", "no campaign")

    async def close() -> None:
        await asyncio.sleep(0)
        closed.append("comprehend")

    services = [
        Service("comprehend", {"DetectSentiment": detect_sentiment}, close=close),
        Service("personalize-runtime", {"GetRecommendations": get_recommendations}),
    ]
    with UnderstudyServer(services) as server:
        yield server.url
    assert closed == ["comprehend"]


def _call(
    url: str, body: bytes, *, path: str = "/", target: str | None = TARGET, method: str = "POST"
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        headers = {} if target is None else {"X-Amz-Target": target}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, json.loads(response.read()))
    finally:
        connection.close()


def _detect(url: str, text: str) -> Answer:
    return _call(url, json.dumps({"Text": text, "LanguageCode": "en"}).encode())


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"text"', b'{"Text": 1}'])
def test_broken_body_is_a_serialization_error(url: str, body: bytes) -> None:
    """A body that is not a request of the operation never reaches a handler."""
    answer = _call(url, body)
    assert (answer.status, answer.body["__type"]) == (400, "SerializationException")


def test_empty_body_is_an_empty_request(url: str) -> None:
    """Its required members are missing, which is a validation error."""
    answer = _call(url, b"")
    assert answer.body["__type"] == "ValidationException"
    assert answer.body["message"].startswith("2 validation errors detected: ")


def test_unknown_target_and_unknown_path_are_unknown_operations(url: str) -> None:
    """Both protocols answer with UnknownOperationException."""
    by_target = _call(url, b"{}", target="Comprehend_20171127.Nothing")
    by_path = _call(url, b"{}", path="/nothing", target=None)
    assert (by_target.status, by_target.body["__type"]) == (400, "UnknownOperationException")
    assert (by_path.status, by_path.headers["x-amzn-ErrorType"]) == (
        404,
        "UnknownOperationException",
    )


@pytest.mark.parametrize(
    ("target", "method", "path", "named"),
    [
        ("Comprehend_20171127.DetectEntities", "POST", "/", "Comprehend_20171127.DetectEntities"),
        (None, "POST", "/personalize-ranking", "GetPersonalizedRanking"),
        (None, "DELETE", "/personalize-ranking", "this operation"),
    ],
)
def test_an_operation_that_is_not_answered_is_named(
    url: str, target: str | None, method: str, path: str, named: str
) -> None:
    """Its caller learns what is missing."""
    answer = _call(url, b"{}", path=path, target=target, method=method)
    assert answer.body["__type"] == "UnknownOperationException"
    assert answer.body["message"] == f"understudy does not answer {named}"


def test_json_error_has_its_type_in_the_body_and_the_members_of_the_model(url: str) -> None:
    """Comprehend's text member is `Message`, and an error that the model marks as a fault is a 500."""
    answer = _detect(url, "x")
    assert answer.status == 500
    assert answer.body == {"__type": "InternalServerException", "Message": "reported"}
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-RequestId"]


def test_rest_error_has_its_type_in_a_header_and_the_status_of_the_model(url: str) -> None:
    """Personalize Runtime declares 404 for a missing resource."""
    answer = _call(url, b"{}", path="/recommendations", target=None)
    assert answer.status == 404
    assert answer.body == {"message": "no campaign"}
    assert answer.headers["x-amzn-ErrorType"].startswith("ResourceNotFoundException:")


@pytest.mark.parametrize("text", ["wrong", "nan", "crash"])
def test_failing_handler_is_a_500_without_details(url: str, text: str) -> None:
    """A response that violates the model is never sent, and no exception text leaks."""
    answer = _detect(url, text)
    assert answer.status == 500
    assert answer.body == {"__type": "InternalServerException", "Message": "Internal failure"}


def test_wrong_method_on_a_known_path_is_an_unknown_operation(url: str) -> None:
    """Operations are found by method and path."""
    answer = _call(url, b"", path="/recommendations", target=None, method="GET")
    assert answer.status == 404


def test_oversized_body_is_refused(url: str) -> None:
    """A single request cannot fill the memory."""
    answer = _call(url, b" " * (MAX_BODY_BYTES + 1))
    assert (answer.status, answer.body["__type"]) == (413, "RequestEntityTooLargeException")


def test_health_lists_the_services(url: str) -> None:
    """A supervisor sees that the server is up, and which services it has."""
    answer = _call(url, b"", path="/_understudy/health", target=None, method="GET")
    assert answer.body == {"services": ["comprehend", "personalize-runtime"], "version": __version__}


def test_usage_counts_calls_by_outcome() -> None:
    """A test reads from it how often an operation was answered, refused or throttled."""

    async def detect_sentiment(params: Params) -> Params:
        if params["Text"] == "crash":
            raise RuntimeError
        if params["Text"] == "fine":
            return {}
        raise ServiceError("ThrottlingException", "Rate exceeded")

    with UnderstudyServer([Service("comprehend", {"DetectSentiment": detect_sentiment})]) as server:
        for text in ("fine", "fine", "fast", "crash", ""):
            _detect(server.url, text)
        _call(server.url, b"{}", target="Comprehend_20171127.Nothing")
        answer = _call(server.url, b"", path="/_understudy/usage", target=None, method="GET")
    assert answer.body == {
        "DetectSentiment": {
            "ok": 2,
            "ThrottlingException": 1,
            "InternalServerException": 1,
            "ValidationException": 1,
        }
    }


async def _nothing(_params: Params) -> Params:
    return {}


def test_handler_of_an_unknown_operation_is_refused_at_startup() -> None:
    """A misspelt operation is found before it is called."""
    with pytest.raises(KeyError, match="DetectMood"):
        operations_of(Service("comprehend", {"DetectMood": _nothing}))


def test_operation_that_answers_with_a_stream_is_refused_at_startup() -> None:
    """Its answers would have a form that no client can read."""
    with pytest.raises(NotImplementedError, match="InvokeModelWithResponseStream"):
        operations_of(Service("bedrock-runtime", {"InvokeModelWithResponseStream": _nothing}))


def test_path_query_and_body_are_all_read() -> None:
    """Members get their types wherever they are; bytes are Base64 in a body."""
    seen: list[Params] = []

    async def listed(params: Params) -> Params:
        seen.append(params)
        return {"NextToken": "2"}

    async def answer(params: Params) -> Params:
        seen.append(params)
        return {"MessageId": "1"} if "Content" in params else {}

    operations = {
        "ListSuppressedDestinations": listed,
        "DeleteSuppressedDestination": answer,
        "SendEmail": answer,
    }
    with UnderstudyServer([Service("sesv2", operations)]) as server:
        ses = boto3.client("sesv2", endpoint_url=server.url)
        assert ses.list_suppressed_destinations(PageSize=7, Reasons=["BOUNCE"])["NextToken"] == "2"
        ses.delete_suppressed_destination(EmailAddress="a@b:c")
        ses.send_email(Content={"Raw": {"Data": b"\xffabc"}})
    assert seen[0] == {"PageSize": 7, "Reasons": ["BOUNCE"]}
    assert seen[1:] == [{"EmailAddress": "a@b:c"}, {"Content": {"Raw": {"Data": b"\xffabc"}}}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("PageSize=many", "SerializationException"),
        ("StartDate=yesterday", "SerializationException"),
        ("Reason=LOST", "ValidationException"),
    ],
)
def test_a_query_is_validated_like_a_body(query: str, code: str) -> None:
    """A wrong type and a violated constraint have the codes that they have elsewhere."""
    path = f"/v2/email/suppression/addresses?{query}"
    with UnderstudyServer([Service("sesv2", {"ListSuppressedDestinations": _nothing})]) as server:
        answer = _call(server.url, b"", path=path, target=None, method="GET")
    assert answer.status == 400
    assert answer.headers["x-amzn-ErrorType"].startswith(f"{code}:")


def test_an_error_may_have_further_members() -> None:
    """ModelErrorException says which status the model's server had."""

    async def invoke(_params: Params) -> Params:
        raise ServiceError("ModelErrorException", "broken", members={"originalStatusCode": 500})

    with UnderstudyServer([Service("bedrock-runtime", {"Converse": invoke})]) as server:
        answer = _call(server.url, b"{}", path="/model/a.b/converse", target=None)
    assert (answer.status, answer.body) == (424, {"message": "broken", "originalStatusCode": 500})


def test_usage_has_what_a_service_counts_itself() -> None:
    """A test reads from it what the answers of a model would have cost."""
    counts = {"ListSuppressedDestinations": {"listed": 3}, "GetSuppressedDestination": {"found": 1}}
    service = Service("sesv2", {"ListSuppressedDestinations": _nothing}, counts=counts)
    with UnderstudyServer([service]) as server:
        _call(server.url, b"", path="/v2/email/suppression/addresses", target=None, method="GET")
        answer = _call(server.url, b"", path="/_understudy/usage", target=None, method="GET")
    assert answer.body == {"ListSuppressedDestinations": {"ok": 1, "listed": 3}}
