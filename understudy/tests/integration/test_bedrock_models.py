"""What a model can do, and how Bedrock refuses what it cannot: features, access and quotas."""

from typing import TYPE_CHECKING, Any

import pytest
from bedrocks import (
    HAIKU,
    LLAMA,
    NEWEST_HAIKU,
    NOVA,
    OPUS,
    output_format,
    refused,
    request,
    runtime,
    thinking,
    tool_config,
    user,
)

from understudy.bedrock.models import MODEL_FEATURES, Model, ModelFeatures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_bedrock_runtime import BedrockRuntimeClient

CACHE_POINT = {"cachePoint": {"type": "default"}}
LONG_TEXT = "Write warmly. " * 2_000


@pytest.fixture(scope="module")
def bedrock() -> "Iterator[BedrockRuntimeClient]":
    """Bedrock with default options."""
    with runtime() as client:
        yield client


def _cached(text: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
    return request(system=[{"text": text}, CACHE_POINT], **changes)


def _cache_usage(client: "BedrockRuntimeClient", params: dict[str, Any]) -> tuple[int, int, int]:
    """Return the tokens of a request that are read from the cache, written to it, and neither."""
    usage = client.converse(**params)["usage"]
    return usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"], usage["inputTokens"]


def test_a_prompt_before_a_cache_point_is_written_once_and_then_read(bedrock: "BedrockRuntimeClient") -> None:
    """Further text is counted as usual; the total holds everything."""
    long = f"one:{LONG_TEXT}"
    size = -(-len(long) * 4 // 13)
    assert _cache_usage(bedrock, _cached(long)) == (0, size, 2)
    answer = bedrock.converse(**_cached(long, messages=[user("Goodbye!")]))["usage"]
    assert (answer["cacheReadInputTokens"], answer["cacheWriteInputTokens"]) == (size, 0)
    assert answer["totalTokens"] == size + answer["inputTokens"] + answer["outputTokens"]


def test_a_cache_belongs_to_a_model_and_not_to_its_profiles(bedrock: "BedrockRuntimeClient") -> None:
    """A regional profile reads what another wrote; another model writes its own."""
    text = f"profiles {LONG_TEXT}"
    assert _cache_usage(bedrock, _cached(text, modelId=f"us.{HAIKU}"))[0] == 0
    assert _cache_usage(bedrock, _cached(text, modelId=f"eu.{HAIKU}"))[0] > 0
    assert _cache_usage(bedrock, _cached(text, modelId=NEWEST_HAIKU))[0] == 0


@pytest.mark.parametrize(("model_id", "minimum"), [(HAIKU, 4_096), (NEWEST_HAIKU, 512), (NOVA, 1_000)])
def test_a_cache_point_below_the_minimum_has_no_effect(
    bedrock: "BedrockRuntimeClient", model_id: str, minimum: int
) -> None:
    """Nothing is written, and nothing says so, as on AWS; one token more is cached."""
    model = Model(model_id, MODEL_FEATURES[model_id.removeprefix("global.")])
    short = _cached("x" * model.chars(minimum - 1), modelId=model_id)
    assert _cache_usage(bedrock, short)[:2] == (0, 0)
    long = _cached("x" * model.chars(minimum), modelId=model_id)
    assert _cache_usage(bedrock, long)[:2] == (0, minimum)


def test_writes_are_listed_by_how_long_they_are_kept(bedrock: "BedrockRuntimeClient") -> None:
    """An hour's part comes first."""
    hour = {"cachePoint": {"type": "default", "ttl": "1h"}}
    answer = bedrock.converse(
        **request(
            system=[{"text": "a" * 16_250}, hour],
            messages=[{"role": "user", "content": [{"text": "b" * 3_250}, CACHE_POINT]}],
        )
    )
    assert answer["usage"]["cacheDetails"] == [
        {"ttl": "1h", "inputTokens": 5_000},
        {"ttl": "5m", "inputTokens": 1_000},
    ]


def test_more_than_four_cache_points_are_refused(bedrock: "BedrockRuntimeClient") -> None:
    """The model's own limit."""
    system = [{"text": "a"}, CACHE_POINT] * 5
    assert refused(bedrock.converse, **request(system=system)) == (
        "ValidationException",
        400,
        (
            "The model returned the following errors: A maximum of 4 blocks with cache_control may be "
            "provided. Found 5."
        ),
    )


@pytest.mark.parametrize(
    ("model_id", "changes", "message"),
    [
        (
            LLAMA,
            {"system": [{"text": "a"}, CACHE_POINT]},
            (
                "You invoked an unsupported model or your request did not allow prompt caching. "
                "See the documentation for more information."
            ),
        ),
        (
            NEWEST_HAIKU,
            {"outputConfig": output_format()},
            "The model returned the following errors: output_config.format: Extra inputs are not permitted",
        ),
        (
            NOVA,
            {"outputConfig": output_format()},
            "This model doesn't support the outputConfig field. Remove outputConfig and try again.",
        ),
        (
            NOVA,
            {"inferenceConfig": {"maxTokens": 10_001}},
            (
                "The maximum tokens you requested exceeds the model limit of 10000. "
                "Try again with a maximum tokens value that is lower than 10000."
            ),
        ),
        (
            f"us.{OPUS}",
            {"inferenceConfig": {"temperature": 0.5}},
            "The model returned the following errors: `temperature` is deprecated for this model.",
        ),
        (
            HAIKU,
            {"messages": [user("word " * 160_001)]},
            "The model returned the following errors: Input is too long for requested model.",
        ),
    ],
    ids=["cache", "schema-haiku", "schema-nova", "max-tokens", "temperature", "context"],
)
def test_what_a_model_lacks_is_refused(
    bedrock: "BedrockRuntimeClient", model_id: str, changes: dict[str, Any], message: str
) -> None:
    """The texts are those that client code matches on."""
    found = refused(bedrock.converse, **request(modelId=model_id, **changes))
    assert found == ("ValidationException", 400, message)


def _blocks(client: "BedrockRuntimeClient", **changes: Any) -> list[Any]:  # noqa: ANN401 - any parameter
    answer = client.converse(**request(modelId=NEWEST_HAIKU, **changes))
    return [answer["stopReason"], *answer["output"]["message"]["content"]]


def test_haiku_5_5_thinks_first_unless_told_not_to(bedrock: "BedrockRuntimeClient") -> None:
    """With a small limit there is no text at all."""
    stop, thought, text = _blocks(bedrock)
    assert (stop, [*thought], [*text]) == ("end_turn", ["reasoningContent"], ["text"])
    stop, thought = _blocks(bedrock, inferenceConfig={"maxTokens": 60})
    assert (stop, [*thought]) == ("max_tokens", ["reasoningContent"])
    stop, text = _blocks(bedrock, additionalModelRequestFields=thinking())
    assert [*text] == ["text"]


def test_haiku_5_5_answers_by_a_tool(bedrock: "BedrockRuntimeClient") -> None:
    """Which may be forced if it does not think."""
    forced = tool_config(tool={"name": "write"})
    stop, call = _blocks(bedrock, toolConfig=forced, additionalModelRequestFields=thinking())
    assert (stop, call["toolUse"]["name"]) == ("tool_use", "write")
    assert call["toolUse"]["input"] == {"subject": "Subject"}
    assert [*_blocks(bedrock, toolConfig=tool_config())[-1]] == ["toolUse"]


def test_a_model_may_refuse_to_answer(bedrock: "BedrockRuntimeClient") -> None:
    """Converse says so in its own word, and there is no text."""
    assert _blocks(bedrock, messages=[user("a refusedword")]) == ["content_filtered"]


def test_a_model_without_a_cache_says_nothing_of_it(bedrock: "BedrockRuntimeClient") -> None:
    """Its usage has the three members that every answer has."""
    usage = bedrock.converse(**request(modelId=LLAMA))["usage"]
    assert set(usage) == {"inputTokens", "outputTokens", "totalTokens"}


@pytest.mark.parametrize(
    ("access", "code", "status", "message"),
    [
        (
            "not_granted",
            "AccessDeniedException",
            403,
            "You don't have access to the model with the specified model ID.",
        ),
        (
            "no_subscription",
            "AccessDeniedException",
            403,
            "Model access is denied due to IAM user or service role is not authorized",
        ),
        (
            "no_use_case",
            "ResourceNotFoundException",
            404,
            "Model use case details have not been submitted for this account. Fill out the Anthropic use",
        ),
        (
            "legacy",
            "ResourceNotFoundException",
            404,
            "Access denied. This Model is marked by provider as Legacy",
        ),
        (
            "ended",
            "ResourceNotFoundException",
            404,
            (
                "This model version has reached the end of its life. "
                "Please refer to the AWS documentation for more details."
            ),
        ),
    ],
    ids=["not-granted", "no-subscription", "no-use-case", "legacy", "ended"],
)
def test_access_can_be_taken_away(access: Any, code: str, status: int, message: str) -> None:  # noqa: ANN401 - a literal
    """A client's handling of it can be tried; it is refused before the request is read."""
    with runtime(features={HAIKU: ModelFeatures(access=access)}) as client:
        found = refused(client.converse, **request(messages=[]))
        assert found[:2] == (code, status)
        assert found[2].startswith(message)


def test_a_model_may_need_an_inference_profile() -> None:
    """Its own id is refused with AWS's curly apostrophe."""
    with runtime(features={HAIKU: ModelFeatures(on_demand=False)}) as client:
        assert refused(client.converse, **request()) == (
            "ValidationException",
            400,
            (
                f"Invocation of model ID {HAIKU} with on-demand throughput isn\u2019t supported. "
                "Retry your request with the ID or ARN of an inference profile that contains this model."
            ),
        )
        assert client.converse(**request(modelId=f"eu.{HAIKU}"))["stopReason"] == "end_turn"


def test_requests_beyond_the_quota_of_a_minute_are_throttled() -> None:
    """Every model has its own quota."""
    with runtime(requests_per_min=2) as client:
        for _ in range(2):
            client.converse(**request())
        throttled = ("ThrottlingException", 429, "Too many requests, please wait before trying again.")
        assert refused(client.converse, **request()) == throttled
        assert refused(client.converse, **request(modelId=f"us.{HAIKU}")) == throttled
        assert client.converse(**request(modelId=f"us.{OPUS}"))["stopReason"] == "end_turn"


def test_max_tokens_are_reserved_against_the_quota_of_a_minute() -> None:
    """A request with a tight `maxTokens` passes where one without is throttled."""
    with runtime(tokens_per_min=20_000) as client:
        assert refused(client.converse, **request()) == (
            "ThrottlingException",
            429,
            "Too many tokens, please wait before trying again.",
        )
        for _ in range(3):
            client.converse(**request(inferenceConfig={"maxTokens": 15_000}))


def test_an_invalid_request_costs_nothing_of_a_quota() -> None:
    """It is refused before it is counted."""
    with runtime(requests_per_min=1) as client:
        assert refused(client.converse, **request(messages=[]))[0] == "ValidationException"
        assert client.converse(**request())["stopReason"] == "end_turn"
