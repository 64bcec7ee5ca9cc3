"""Bedrock's Converse, called with real AWS SDK clients."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError
from jsonschema import Draft202012Validator

from understudy.bedrock import create_service
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_bedrock_runtime import BedrockRuntimeClient

MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
WORDINGS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}
TEXTS = {
    "type": "object",
    "properties": {
        "subject": WORDINGS,
        "line": WORDINGS,
        "tone": {"enum": ["warm", "plain"]},
    },
    "required": ["subject", "line", "tone"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "products": {
            "type": "object",
            "properties": {"1": TEXTS},
            "required": ["1"],
            "additionalProperties": False,
        },
    },
    "required": ["products"],
    "additionalProperties": False,
}
FACTS = {
    "task": "product",
    "slots": ["customer.first_name"],
    "products": [{"n": 1, "kind": "zorb", "bullets": {"b1": "Keeps the rope on its hook"}}],
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with Bedrock alone."""
    with UnderstudyServer([create_service()]) as server:
        yield server.url


@pytest.fixture
def bedrock(url: str, monkeypatch: pytest.MonkeyPatch) -> "BedrockRuntimeClient":
    """A client that finds the server through the environment, as services do."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url)
    client: BedrockRuntimeClient = boto3.client("bedrock-runtime")
    return client


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


def _request(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter of Converse
    return {
        "modelId": MODEL,
        "system": [{"text": "Write warmly."}],
        "messages": [_user(f"Write.\n<facts>{json.dumps(FACTS)}</facts>")],
        "outputConfig": _format(SCHEMA),
        **changes,
    }


def _format(schema: object) -> dict[str, Any]:
    definition = {"schema": json.dumps(schema), "name": "email"}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": definition}}}


def _text(answer: Any) -> str:  # noqa: ANN401 - the response type differs between clients
    return str(answer["output"]["message"]["content"][0]["text"])


def test_answer_follows_the_schema_and_the_facts(bedrock: "BedrockRuntimeClient") -> None:
    """Structured output is valid against the requested schema and composed from the facts."""
    answer = bedrock.converse(**_request())
    copy = json.loads(_text(answer))
    Draft202012Validator(SCHEMA).validate(copy)
    assert "rope" in copy["products"]["1"]["line"][0]["text"]
    assert answer["stopReason"] == "end_turn"


def test_usage_counts_the_tokens_of_prompt_and_answer(bedrock: "BedrockRuntimeClient") -> None:
    """3.25 characters count as a token, rounded up; the total is the sum."""
    answer = bedrock.converse(modelId=MODEL, messages=[_user("x" * 9)])  # type: ignore[list-item] # a dict will do
    usage = answer["usage"]
    assert usage["inputTokens"] == 3
    assert usage["outputTokens"] == -(-len(_text(answer)) * 4 // 13)
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"]


def test_answer_ends_at_max_tokens(bedrock: "BedrockRuntimeClient") -> None:
    """The answer is cut, and the stop reason says so."""
    answer = bedrock.converse(**_request(inferenceConfig={"maxTokens": 5}))
    assert answer["stopReason"] == "max_tokens"
    assert len(_text(answer)) == 16


def test_answer_ends_at_a_stop_sequence(bedrock: "BedrockRuntimeClient") -> None:
    """The sequence itself is not in the answer."""
    answer = bedrock.converse(**_request(inferenceConfig={"stopSequences": ["products"]}))
    assert answer["stopReason"] == "stop_sequence"
    assert _text(answer) == '{"'


@pytest.mark.parametrize(
    "model_id",
    [
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
    ],
)
def test_model_is_known_by_id_profile_or_arn(bedrock: "BedrockRuntimeClient", model_id: str) -> None:
    """The colons and slashes of an id arrive percent-encoded in the path."""
    assert bedrock.converse(**_request(modelId=model_id))["stopReason"] == "end_turn"


_ASSISTANT = {"role": "assistant", "content": [{"text": "Yes."}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"modelId": "anthropic.claude-3-sonnet-20240229-v1:0"}, "model identifier is invalid"),
        ({"modelId": "no such model"}, "regular expression pattern"),
        ({"messages": []}, "must start with a user message"),
        ({"messages": [_ASSISTANT]}, "must start with a user message"),
        ({"messages": [_user("a"), _user("b")]}, "must alternate between user and assistant"),
        ({"messages": [_user("a"), _ASSISTANT]}, "must end with a user message"),
        ({"messages": [{"role": "user", "content": []}]}, "at messages.0 is empty"),
        ({"messages": [_user(" \n")]}, "at messages.0.content.0 is blank"),
        ({"system": [{"text": " "}]}, "at system.0 is blank"),
        ({"inferenceConfig": {"maxTokens": 64_001}}, "exceeds the model limit of 64000"),
        ({"inferenceConfig": {"topP": 1.5}}, "less than or equal to 1"),
        ({"outputConfig": _format({"type": "object"})}, "must be explicitly set to false"),
        (
            {"outputConfig": _format({"type": "string", "maxLength": 60})},
            "For 'string' type, properties maxLength are not supported",
        ),
        (
            {"messages": [{"role": "user", "content": [{"image": {
                "format": "png", "source": {"bytes": b"x"}}}]}]},
            "doesn't support the image field",
        ),
    ],
)  # fmt: skip
def test_bad_request_is_refused(
    bedrock: "BedrockRuntimeClient", changes: dict[str, Any], message: str
) -> None:
    """Each fault gets the code and the text that client code matches on."""
    with pytest.raises(bedrock.exceptions.ValidationException, match=message) as raised:
        bedrock.converse(**_request(**changes))
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_repair_turn_gets_a_different_text(bedrock: "BedrockRuntimeClient") -> None:
    """A caller that asks for a correction gets the same facts in other words."""
    request = _request()
    first = _text(bedrock.converse(**request))
    turn = [{"role": "assistant", "content": [{"text": first}]}, _user("Correct it, please.")]
    second = _text(bedrock.converse(**{**request, "messages": [*request["messages"], *turn]}))
    assert second != first
    assert "rope" in json.loads(second)["products"]["1"]["line"][0]["text"]


def test_operation_that_is_not_modelled_is_refused_by_name(bedrock: "BedrockRuntimeClient") -> None:
    """An operation that understudy lacks gets UnknownOperationException."""
    with pytest.raises(ClientError, match="UnknownOperationException"):
        bedrock.list_async_invokes()


async def test_asynchronous_client_gets_the_same_answer(url: str, bedrock: "BedrockRuntimeClient") -> None:
    """The services use aiobotocore; the same facts give the same answer."""
    async with get_session().create_client("bedrock-runtime", endpoint_url=url) as client:
        answer = await client.converse(**_request())
    assert _text(answer) == _text(bedrock.converse(**_request()))
