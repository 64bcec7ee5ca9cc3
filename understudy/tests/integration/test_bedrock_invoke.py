"""`InvokeModel` in Anthropic's form, and guardrails, called with an AWS SDK client."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from bedrocks import (
    HAIKU,
    NOVA,
    SCHEMA,
    body,
    invoke,
    output_format,
    refused,
    request,
    runtime,
    user,
)
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_bedrock_runtime import BedrockRuntimeClient

FACTS = {"task": "product", "slots": [], "products": [{"n": 1, "slots": ["1.name"], "kind": "Kettles"}]}
PROMPT = f"Write.\n<facts>{json.dumps(FACTS)}</facts>"
GUARDRAIL = {"guardrailIdentifier": "understudy", "guardrailVersion": "1"}


@pytest.fixture(scope="module")
def bedrock() -> "Iterator[BedrockRuntimeClient]":
    """Bedrock with default options."""
    with runtime() as client:
        yield client


def _message(content: object = "Hello", role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": content}


def test_the_answer_has_the_form_of_claude(bedrock: "BedrockRuntimeClient") -> None:
    """A client of Anthropic's own finds every member where it looks for it."""
    answer = invoke(bedrock, body())
    assert answer["id"].startswith("msg_bdrk_")
    assert (answer["type"], answer["role"]) == ("message", "assistant")
    assert answer["model"] == "claude-haiku-4-5-20251001"
    [block] = answer["content"]
    assert block["type"] == "text"
    assert (answer["stop_reason"], answer["stop_sequence"]) == ("end_turn", None)
    assert answer["usage"]["input_tokens"] == 2
    assert answer["usage"]["output_tokens"] == -(-len(block["text"]) // 4)


def test_both_operations_answer_alike(bedrock: "BedrockRuntimeClient") -> None:
    """Texts and lists of blocks are the same prompt; a schema binds the answer here too."""
    in_blocks = body(
        system="Write warmly.",
        messages=[_message([{"type": "text", "text": PROMPT}])],
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
    )
    in_texts = {**in_blocks, "messages": [_message(PROMPT)]}
    texts = [invoke(bedrock, each)["content"][0]["text"] for each in (in_blocks, in_texts)]
    asked = request(system=[{"text": "Write warmly."}], messages=[user(PROMPT)], outputConfig=output_format())
    converse: Any = bedrock.converse(**asked)
    Draft202012Validator(SCHEMA).validate(json.loads(texts[0]))
    assert {*texts} == {converse["output"]["message"]["content"][0]["text"]}


def test_an_answer_ends_at_a_stop_sequence_or_at_max_tokens(bedrock: "BedrockRuntimeClient") -> None:
    """The sequence is named."""
    at_sequence = invoke(bedrock, body(messages=[_message(PROMPT)], stop_sequences=["nowhere", "subject"]))
    assert (at_sequence["stop_reason"], at_sequence["stop_sequence"]) == ("stop_sequence", "subject")
    cut = invoke(bedrock, body(messages=[_message(PROMPT)], max_tokens=3))
    assert (cut["stop_reason"], cut["usage"]["output_tokens"]) == ("max_tokens", 3)


@pytest.mark.parametrize(
    ("content", "phrases"),
    [
        (b"{", ""),
        (b"[]", ""),
        (body(max_tokens=None), ": #: required key [max_tokens] not found"),
        (body(model=HAIKU), ": #: extraneous key [model] is not permitted"),
        (
            body(stream=True, max_tokens=None),
            ": #: required key [max_tokens] not found#: extraneous key [stream] is not permitted",
        ),
        (body(stop_sequences="."), ": #/stop_sequences: expected type: JSONArray, found: String"),
        (body(messages=3), ": #/messages: expected type: JSONArray, found: Integer"),
        (body(system=[{"type": "text"}]), ": #/system/0: required key [text] not found"),
        (body(temperature=2), ": #/temperature: 2 is not less or equal to 1"),
        (body(max_tokens=0), ": #/max_tokens: 0 is not greater or equal to 1"),
        (
            body(messages=[_message(role="system")]),
            ": #/messages/0/role: system is not a valid enum value",
        ),
    ],
    ids=[
        *("not-json", "a-list", "missing", "extraneous", "two"),
        *("type", "messages", "block", "max", "min", "enum"),
    ],
)
def test_a_malformed_body_is_refused(
    bedrock: "BedrockRuntimeClient", content: dict[str, Any] | bytes, phrases: str
) -> None:
    """Every violation is named, one directly after the other."""
    assert refused(invoke, bedrock, content) == (
        "ValidationException",
        400,
        f"Malformed input request{phrases}, please reformat your input and try again.",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (body(anthropic_version=None), "anthropic_version: Field required"),
        (body(anthropic_version="1"), "anthropic_version: Input should be 'bedrock-2023-05-31'"),
        (body(messages=[]), "messages: at least one message is required"),
        (body(messages=[_message(" ")]), "messages: text content blocks must contain non-whitespace text"),
        (body(system=" "), "system: text content blocks must contain non-whitespace text"),
        (body(messages=[_message([])]), "messages.0: all messages must have non-empty content"),
        (
            body(messages=[_message(role="assistant")]),
            'messages: first message must use the "user" role',
        ),
        (
            body(messages=[_message(), _message()]),
            (
                'messages: roles must alternate between "user" and "assistant", but found multiple '
                '"user" roles '
                "in a row"
            ),
        ),
        (
            body(messages=[_message(), _message(role="assistant")]),
            (
                "This model does not support assistant message prefill. "
                "The conversation must end with a user message."
            ),
        ),
        (body(messages=[_message("word " * 160_001)]), "Input is too long for requested model."),
        (
            body(max_tokens=64_001),
            (
                "The maximum tokens you requested exceeds the model limit of 64000. "
                "Try again with a maximum tokens value that is lower than 64000."
            ),
        ),
        (
            body(output_config={"format": {"type": "json_schema", "schema": {"type": "object"}}}),
            (
                "output_config.format.schema: For 'object' type, 'additionalProperties' must be "
                "explicitly set to false"
            ),
        ),
        (
            {"prompt": "\n\nHuman: Hello\n\nAssistant:", "max_tokens_to_sample": 200},
            '"claude-haiku-4-5-20251001" is not supported on this API. Please use the Messages API instead.',
        ),
    ],
    ids=[
        *("no-version", "version", "no-messages", "blank", "blank-system", "empty", "first-role", "roles"),
        *("prefill", "too-long", "max-tokens", "schema", "old-form"),
    ],
)
def test_what_the_model_refuses_stands_alone(
    bedrock: "BedrockRuntimeClient", content: dict[str, Any], message: str
) -> None:
    """Converse puts "The model returned the following errors" before it, InvokeModel does not."""
    assert refused(invoke, bedrock, content) == ("ValidationException", 400, message)


def test_other_models_have_other_bodies(bedrock: "BedrockRuntimeClient") -> None:
    """InvokeModel speaks the form of Claude alone; Converse answers for every model."""
    code, status, message = refused(invoke, bedrock, body(), NOVA)
    assert (code, status) == ("ValidationException", 400)
    assert "Anthropic" in message


def test_a_guardrail_stops_a_prompt(bedrock: "BedrockRuntimeClient") -> None:
    """The model is not asked, so no tokens are used; a trace names the word."""
    blocked = request(
        messages=[user("Say ForbiddenWord.")], guardrailConfig={**GUARDRAIL, "trace": "enabled"}
    )
    answer: Any = bedrock.converse(**blocked)
    assert answer["stopReason"] == "guardrail_intervened"
    assert answer["output"]["message"]["content"] == [
        {"text": "Sorry, the model cannot answer this question."}
    ]
    assert answer["usage"]["totalTokens"] == 0
    found = answer["trace"]["guardrail"]["inputAssessment"]["understudy"]["wordPolicy"]["customWords"]
    assert found == [{"match": "forbiddenword", "action": "BLOCKED", "detected": True}]


def test_a_guardrail_replaces_an_answer() -> None:
    """Its tokens are paid for; the trace has what was written."""
    with runtime(guardrails={"g1": ["message"]}) as client:
        config = {"guardrailIdentifier": "g1", "guardrailVersion": "DRAFT", "trace": "enabled"}
        answer: Any = client.converse(**request(guardrailConfig=config))
    assert answer["stopReason"] == "guardrail_intervened"
    assert answer["usage"]["outputTokens"] > 0
    assert "message" in answer["trace"]["guardrail"]["modelOutput"][0]
    assert list(answer["trace"]["guardrail"]["outputAssessments"]) == ["g1"]


def test_a_guardrail_leaves_other_texts_alone(bedrock: "BedrockRuntimeClient") -> None:
    """A word within another is not the word; without a trace asked for, there is none."""
    fine = request(messages=[user("Unforbiddenwords.")], guardrailConfig=GUARDRAIL)
    answer: Any = bedrock.converse(**fine)
    assert answer["stopReason"] == "end_turn"
    assert "trace" not in answer


def test_invoke_model_names_the_action_of_a_guardrail(bedrock: "BedrockRuntimeClient") -> None:
    """The members of the answer are those of AWS; without a guardrail there is no such member."""
    content = body(messages=[_message("Say forbiddenword.")])
    stopped = invoke(bedrock, content, **GUARDRAIL)
    assert stopped["amazon-bedrock-guardrailAction"] == "INTERVENED"
    assert stopped["content"][0]["text"] == "Sorry, the model cannot answer this question."
    assert invoke(bedrock, body(), **GUARDRAIL)["amazon-bedrock-guardrailAction"] == "NONE"
    assert "amazon-bedrock-guardrailAction" not in invoke(bedrock, body())


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"guardrailIdentifier": "none", "guardrailVersion": "1"},
            "The guardrail identifier or version provided in the request does not exist.",
        ),
        (
            {"guardrailIdentifier": "understudy"},
            "The guardrail identifier and the guardrail version must be given together.",
        ),
    ],
    ids=["unknown", "no-version"],
)
def test_a_guardrail_must_exist(
    bedrock: "BedrockRuntimeClient", config: dict[str, Any], message: str
) -> None:
    """A misspelt one does not go unnoticed."""
    assert refused(bedrock.converse, **request(guardrailConfig=config)) == (
        "ValidationException",
        400,
        message,
    )
