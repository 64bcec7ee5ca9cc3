import json
from typing import Any

import pytest
from bedrocks import HAIKU, LLAMA, NOVA, SCHEMA, SONNET, output_format, tool_config, user

from understudy.bedrock.converse import read_request, write_response
from understudy.bedrock.invocation import Reply
from understudy.bedrock.models import MODEL_FEATURES, Model
from understudy.bedrock.request import Block, Turn, Usage
from understudy.wire.service import ServiceError

CLAUDE = Model(HAIKU, MODEL_FEATURES[HAIKU])
WITHOUT_CACHE = Model(LLAMA, MODEL_FEATURES[LLAMA])
POINT = {"cachePoint": {"type": "default"}}
MODEL_SAYS = {"role": "assistant", "content": [{"text": "Rome."}]}


def refusal(model: str = HAIKU, **params: Any) -> str:  # noqa: ANN401 - any parameter
    """Return the message of the error that a request gets."""
    with pytest.raises(ServiceError) as raised:
        read_request({"messages": [user()], **params}, Model(model, MODEL_FEATURES[model]))
    assert raised.value.code == "ValidationException"
    return raised.value.message


def test_a_request_is_read_with_all_its_settings() -> None:
    """What a model needs to know of it."""
    read = read_request(
        {
            "messages": [user("a"), MODEL_SAYS, user("b")],
            "system": [{"text": "Be brief."}],
            "inferenceConfig": {"maxTokens": 5, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
            "outputConfig": output_format(),
        },
        CLAUDE,
    )
    assert read.turns[1] == Turn("assistant", (Block("Rome."),))
    assert read.system == (Block("Be brief."),)
    assert (read.max_tokens, read.temperature, read.top_p, read.stop_sequences) == (5, 0.5, 0.9, ("END",))
    assert read.schema is not None


def test_what_is_left_out_has_no_value() -> None:
    """The model decides."""
    read = read_request({"messages": [user()]}, CLAUDE)
    assert (read.max_tokens, read.temperature, read.top_p, read.schema) == (None, None, None, None)
    assert (read.stop_sequences, read.system) == ((), ())


def test_a_cache_point_belongs_to_the_text_before_it() -> None:
    """Five minutes unless it says an hour; without a text before it, it stands alone."""
    hour = {"cachePoint": {"type": "default", "ttl": "1h"}}
    content = [{"text": "a"}, POINT, {"text": "b"}, hour, {"text": "c"}]
    read = read_request({"messages": [{"role": "user", "content": content}], "system": [POINT]}, CLAUDE)
    assert read.turns[0].blocks == (Block("a", "5m"), Block("b", "1h"), Block("c"))
    assert read.system == (Block("", "5m"),)


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ([], "A conversation must start with a user message."),
        ([MODEL_SAYS], "A conversation must start with a user message."),
        ([user(), user()], "A conversation must alternate between user and assistant roles."),
        ([user(), MODEL_SAYS, MODEL_SAYS], "A conversation must alternate between user and assistant roles."),
        ([user(), MODEL_SAYS], "prefill. The conversation must end with a user message."),
        (
            [{"role": "user", "content": []}],
            "The content field in the Message object at messages.0 is empty.",
        ),
        ([user(), {"role": "assistant", "content": []}], "Message object at messages.1 is empty."),
        ([user("\t\n")], "The text field in the ContentBlock object at messages.0.content.0 is blank."),
        ([user(), MODEL_SAYS, user(" ")], "ContentBlock object at messages.2.content.0 is blank."),
        (
            [{"role": "user", "content": [{"text": "a"}, {"image": {}}]}],
            "doesn't support the image field in the ContentBlock object at messages.0.content.1.",
        ),
    ],
)
def test_a_fault_of_a_conversation_is_told_with_its_place(messages: list[Any], text: str) -> None:
    """As Bedrock tells it."""
    assert text in refusal(messages=messages)


def test_a_blank_system_prompt_is_refused() -> None:
    """With its place."""
    assert "SystemContentBlock object at system.1 is blank" in refusal(
        messages=[user()], system=[{"text": "a"}, {"text": ""}]
    )


@pytest.mark.parametrize(
    ("model", "params", "text"),
    [
        (LLAMA, {"toolConfig": tool_config()}, "This model doesn't support tool use."),
        (LLAMA, {"outputConfig": output_format()}, "This model doesn't support the outputConfig field."),
        (NOVA, {"outputConfig": {"effort": "low"}}, "This model doesn't support the outputConfig field."),
        (SONNET, {"outputConfig": output_format()}, "output_config.format: Extra inputs are not permitted"),
        (
            HAIKU,
            {"additionalModelRequestFields": {"output_config": {"format": {}}}},
            "output_config.format: Extra inputs are not permitted",
        ),
        (HAIKU, {"toolConfig": tool_config(tool={"name": "read"})}, "The tool read is not among the tools"),
    ],
)
def test_what_a_model_is_not_bound_by_is_refused(model: str, params: dict[str, Any], text: str) -> None:
    """Schemas and tools, each with the words of its maker."""
    assert text in refusal(model, **params)


@pytest.mark.parametrize(
    ("choice", "forced"),
    [({}, False), ({"auto": {}}, False), ({"any": {}}, True), ({"tool": {"name": "write"}}, True)],
)
def test_a_tool_binds_the_answer(choice: dict[str, Any], forced: bool) -> None:  # noqa: FBT001 - a column
    """The first one, unless another is chosen."""
    read = read_request({"messages": [user()], "toolConfig": tool_config(**choice)}, CLAUDE)
    assert (read.tool, read.forced, read.schema) == ("write", forced, json.dumps(SCHEMA))


@pytest.mark.parametrize(
    "params",
    [
        {"outputConfig": {"effort": "low"}},
        {"additionalModelRequestFields": {"output_config": {"effort": "low"}}},
    ],
)
def test_effort_has_two_names(params: dict[str, Any]) -> None:
    """Bedrock's and the model's own."""
    assert read_request({"messages": [user()], **params}, CLAUDE).effort == "low"


def test_thinking_that_is_sent_back_is_not_read() -> None:
    """A client need not take it out of a conversation."""
    thought = {"reasoningContent": {"reasoningText": {"text": "", "signature": "s"}}}
    turn = {"role": "assistant", "content": [thought, {"text": "Rome."}]}
    read = read_request({"messages": [user(), turn, user("b")]}, CLAUDE)
    assert read.turns[1].blocks == (Block("Rome."),)


def reply(**changes: Any) -> Reply:  # noqa: ANN401 - any field
    """Return an answer."""
    return Reply(**{"text": "Rome.", "stop_reason": "end_turn", "usage": Usage(input=3, output=2), **changes})


def test_an_answer_has_converses_form() -> None:
    """With what it took."""
    written = write_response(reply(), CLAUDE, latency_ms=7)
    assert written["output"] == {"message": {"role": "assistant", "content": [{"text": "Rome."}]}}
    assert (written["stopReason"], written["metrics"]) == ("end_turn", {"latencyMs": 7})
    assert written["usage"]["totalTokens"] == 5


def test_thinking_comes_first() -> None:
    """So whoever reads the first block reads no answer."""
    [thought, text] = write_response(reply(thought=True), CLAUDE, latency_ms=0)["output"]["message"][
        "content"
    ]
    assert thought["reasoningContent"]["reasoningText"]["text"] == ""
    assert text == {"text": "Rome."}
    only = write_response(reply(text="", thought=True), CLAUDE, latency_ms=0)["output"]["message"]["content"]
    assert [*only[0]] == ["reasoningContent"]
    assert len(only) == 1


@pytest.mark.parametrize(("text", "called"), [('{"a": 1}', {"a": 1}), ('{"a', {}), ("[1]", {})])
def test_a_call_of_a_tool_has_its_input(text: str, called: object) -> None:
    """Which is empty if the answer was cut."""
    [block] = write_response(reply(text=text, tool="write"), CLAUDE, latency_ms=0)["output"]["message"][
        "content"
    ]
    assert (block["toolUse"]["name"], block["toolUse"]["input"]) == ("write", called)


@pytest.mark.parametrize(
    ("usage", "details"),
    [
        (Usage(cache_write=9), [{"ttl": "5m", "inputTokens": 9}]),
        (Usage(cache_write=9, cache_write_1h=9), [{"ttl": "1h", "inputTokens": 9}]),
        (
            Usage(cache_write=9, cache_write_1h=4),
            [{"ttl": "1h", "inputTokens": 4}, {"ttl": "5m", "inputTokens": 5}],
        ),
        (Usage(), None),
    ],
)
def test_what_was_cached_is_told_by_how_long(usage: Usage, details: object) -> None:
    """Nothing is told of nothing."""
    written = write_response(reply(usage=usage), CLAUDE, latency_ms=0)["usage"]
    assert written.get("cacheDetails") == details
    assert written["cacheWriteInputTokens"] == usage.cache_write


def test_a_model_without_a_cache_says_nothing_of_one() -> None:
    """Not even zeros."""
    usage = write_response(reply(), WITHOUT_CACHE, latency_ms=0)["usage"]
    assert set(usage) == {"inputTokens", "outputTokens", "totalTokens"}
