"""What Bedrock's models answer and refuse by `Converse`."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Answered
from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases, found, unless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conform.case import Asked, Case
    from understudy.conform.check import Check

_CASES = Cases("bedrock-runtime")
ABSENT_MODEL = "anthropic.claude-0-none-20200101-v1:0"
ANSWER_USD = 0.05
"""A prompt of some words, and at most 2,000 tokens of thinking and answer, by any of Claude's models."""
NEWEST, THOUGHTFUL = "global.anthropic.claude-haiku-5-5", "global.anthropic.claude-sonnet-5-5"
BOUND, NOVA = "global.anthropic.claude-haiku-4-5-20251001-v1:0", "us.amazon.nova-lite-v1:0"
"""Models that take little, think always, take schemas, and are no Claude."""
_LONG_PROMPT_USD = 0.4
"""If Haiku 4.5 reads it after all."""
_MORE_THAN_A_CONTEXT = "word " * 300_000
_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
_FORCED_TOOL = {
    "tools": [{"toolSpec": {"name": "write", "inputSchema": {"json": _SCHEMA}}}],
    "toolChoice": {"any": {}},
}


def converse_checks() -> Iterator[Check]:
    """Yield the checks of Converse."""
    yield from _models()
    yield from _tastes()
    yield from _conversations()
    yield from _limits()
    yield from _schemas()
    yield from _answers()


def _user(text: str = "Name a city.") -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


_ASSISTANT = {"role": "assistant", "content": [{"text": "Rome."}]}


def _converse(**changes: Any) -> Asked:  # noqa: ANN401 - any parameter
    return lambda world: {
        "modelId": world.target.model_id,
        "messages": [_user()],
        "inferenceConfig": {"maxTokens": 2_000},
        **changes,
    }


def _refused(name: str, asked: Asked, text: str, origin: Origin = Origin.QUOTED) -> Case:
    return _CASES.refused(name, "Converse", asked, "ValidationException", text, origin=origin)


def _models() -> Iterator[Check]:
    yield _refused(
        "a model that there is not", _converse(modelId=ABSENT_MODEL), "model identifier is invalid"
    )
    yield _refused("an id with spaces is no model's", _converse(modelId="no such model"), BAD_VALUE)


def _thinking(kind: str) -> dict[str, Any]:
    return {"additionalModelRequestFields": {"thinking": {"type": kind, "budget_tokens": 1_024}}}


def _tastes() -> Iterator[Check]:
    """Yield what only some models refuse; where the words are from is said in `bedrock`."""
    schema, forced = {"outputConfig": _format(_SCHEMA)}, {"toolConfig": _FORCED_TOOL}
    table: tuple[tuple[str, str, dict[str, Any], str], ...] = (
        ("its own id", NEWEST.partition(".")[2], {}, "on-demand throughput"),
        ("a temperature", NEWEST, {"inferenceConfig": {"temperature": 0.7}}, "`temperature` is deprecated"),
        ("a topP", NEWEST, {"inferenceConfig": {"topP": 0.9}}, "`top_p` is deprecated"),
        ("a budget", NEWEST, _thinking("enabled"), '"thinking.type.enabled" is not'),
        ("no thinking", THOUGHTFUL, _thinking("disabled"), '"thinking.type.disabled" is not supported'),
        ("a schema", NEWEST, schema, "output_config.format: Extra inputs are not"),
        ("outputConfig", NOVA, schema, "doesn't support the outputConfig field"),
        ("a forced tool", THOUGHTFUL, forced, 'type "tool" and "any" are not supported'),
        ("a forced tool while it thinks", NEWEST, forced, "Thinking may not be enabled when"),
        ("a last word", NEWEST, {"messages": [_user(), _ASSISTANT]}, "must end with a user message"),
    )
    for what, model, changes, text in table:
        yield _refused(f"{model} refuses {what}", _converse(modelId=model, **changes), text)


def _conversations() -> Iterator[Check]:
    table: tuple[tuple[str, list[dict[str, Any]], str], ...] = (
        ("a conversation without messages", [], "must start with a user message"),
        ("a conversation that the model begins", [_ASSISTANT, _user()], "must start with a user message"),
        (
            "two messages of the user in a row",
            [_user(), _user()],
            "must alternate between user and assistant",
        ),
        (
            "two messages of the model in a row",
            [_user(), _ASSISTANT, _ASSISTANT, _user()],
            "must alternate between user and assistant",
        ),
        ("a message without content", [{"role": "user", "content": []}], "messages.0 is empty"),
        ("a blank text", [_user(" \n")], "messages.0.content.0 is blank"),
        ("a blank text later on", [_user(), _ASSISTANT, _user(" ")], "messages.2.content.0 is blank"),
    )
    for what, messages, text in table:
        yield _refused(f"Converse refuses {what}", _converse(messages=messages), text)


def _limits() -> Iterator[Check]:
    table: tuple[tuple[str, dict[str, Any], str, Origin], ...] = (
        (
            "more tokens than the model writes",
            {"maxTokens": 10_000_000},
            "exceeds the model limit of",
            Origin.QUOTED,
        ),
        ("no tokens", {"maxTokens": 0}, BAD_VALUE, Origin.MODEL),
        ("a topP above 1", {"topP": 1.5}, BAD_VALUE, Origin.MODEL),
        ("a temperature below 0", {"temperature": -0.5}, BAD_VALUE, Origin.MODEL),
        ("an empty stop sequence", {"stopSequences": [""]}, BAD_VALUE, Origin.MODEL),
    )
    for what, config, text, origin in table:
        yield _refused(f"Converse refuses {what}", _converse(inferenceConfig=config), text, origin=origin)
    yield _CASES.refused(
        "Converse refuses a prompt that is longer than the context",
        "Converse",
        _converse(modelId=BOUND, messages=[_user(_MORE_THAN_A_CONTEXT)]),
        "ValidationException",
        "too long",
        origin=Origin.QUOTED,
        cost_usd=_LONG_PROMPT_USD,
    )


def _schemas() -> Iterator[Check]:
    table: tuple[tuple[str, object, str], ...] = (
        ("an open object", {"type": "object", "properties": {}}, "must be explicitly set to false"),
        (
            "the longest text",
            {**_SCHEMA, "properties": {"city": {"type": "string", "maxLength": 9}}},
            "maxLength",
        ),
        (
            "the largest number",
            {**_SCHEMA, "properties": {"city": {"type": "number", "maximum": 9}}},
            "maximum",
        ),
    )
    for what, schema, text in table:
        yield _refused(
            f"a schema may not have {what}", _converse(modelId=BOUND, outputConfig=_format(schema)), text
        )


def _format(schema: object) -> dict[str, Any]:
    definition = {"schema": json.dumps(schema), "name": "answer"}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": definition}}}


def _answers() -> Iterator[Check]:
    for name, changes, reason in (
        ("an answer ends by itself", {}, "end_turn"),
        ("an answer ends at maxTokens", {"inferenceConfig": {"maxTokens": 1}}, "max_tokens"),
        ("an answer follows a schema", {"modelId": BOUND, "outputConfig": _format(_SCHEMA)}, "end_turn"),
        ("an answer calls a tool", {"modelId": BOUND, "toolConfig": _FORCED_TOOL}, "tool_use"),
        ("a model need not think", {"modelId": NEWEST, **_thinking("disabled")}, "end_turn"),
    ):
        yield _CASES.answered(
            name,
            "Converse",
            _converse(**changes),
            found(reason, itemgetter("stopReason")),
            cost_usd=ANSWER_USD,
        )
    yield _CASES.answered(
        "the tokens of an answer are counted",
        "Converse",
        _converse(),
        Answered(_wrong_usage),
        cost_usd=ANSWER_USD,
    )


def _wrong_usage(answer: Mapping[str, Any]) -> str | None:
    usage = answer["usage"]
    cached = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
    counted = usage["inputTokens"] + usage["outputTokens"] + cached
    return unless(usage["totalTokens"] == counted and usage["outputTokens"] > 0, usage)
