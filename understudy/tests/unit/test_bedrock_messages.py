import json
from typing import Any

import pytest
from bedrocks import HAIKU, LLAMA, body

from understudy.bedrock.errors import ModelRefusalError
from understudy.bedrock.guardrails import Guardrail
from understudy.bedrock.invocation import Reply
from understudy.bedrock.messages import parse_body, read_body, write_body
from understudy.bedrock.messages_schema import malformed, violations_of
from understudy.bedrock.models import MODEL_FEATURES, Model
from understudy.bedrock.request import Usage
from understudy.wire.errors import ServiceError

CLAUDE = Model(HAIKU, MODEL_FEATURES[HAIKU])
OTHER = Model(LLAMA, MODEL_FEATURES[LLAMA])


def text(content: str) -> list[dict[str, str]]:
    """Return the content of a message."""
    return [{"type": "text", "text": content}]


def refusal(content: dict[str, Any], model: Model = CLAUDE, *, in_batch: bool = False) -> ServiceError:
    """Return the error that a body gets."""
    with pytest.raises(ServiceError) as raised:
        read_body(content, model, in_batch=in_batch)
    assert raised.value.code == "ValidationException"
    return raised.value


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_malformed(content: bytes) -> None:
    """With nothing more to say of it."""
    with pytest.raises(ServiceError) as raised:
        parse_body(content)
    assert raised.value.message == "Malformed input request, please reformat your input and try again."


def test_a_text_is_the_same_as_one_block() -> None:
    """In messages and in the system prompt."""
    short = read_body(body(system="Be brief."), CLAUDE)
    long = read_body(
        body(system=text("Be brief."), messages=[{"role": "user", "content": text("Hello")}]), CLAUDE
    )
    assert short == long
    assert short.system[0].text == "Be brief."


def test_a_body_is_read_with_all_its_settings() -> None:
    """What a model needs to know of it."""
    cached = [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    read = read_body(
        body(
            system=cached,
            temperature=0.5,
            top_p=0.9,
            stop_sequences=["END"],
            output_config={"format": {"type": "json_schema", "schema": schema}},
        ),
        CLAUDE,
    )
    assert (read.temperature, read.top_p, read.stop_sequences, read.max_tokens) == (0.5, 0.9, ("END",), 500)
    assert read.system[0].cache_ttl == "1h"
    assert json.loads(read.schema or "") == schema


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"model": "x"}, "#: extraneous key [model] is not permitted"),
        ({"max_tokens": None}, "#: required key [max_tokens] not found"),
        ({"stop_sequences": "x"}, "#/stop_sequences: expected type: JSONArray, found: String"),
        ({"max_tokens": "5"}, "#/max_tokens: expected type: Integer, found: String"),
        ({"max_tokens": 0}, "#/max_tokens: 0 is not greater or equal to 1"),
        ({"temperature": 2}, "#/temperature: 2 is not less or equal to 1"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "#/messages/0/role: robot is not a valid enum"),
        ({"messages": [{"role": "user", "content": "x", "name": "y"}]}, "extraneous key [name]"),
        ({"messages": [{"role": "user"}]}, "#/messages/0: required key [content] not found"),
    ],
)
def test_bedrock_checks_a_body_before_the_model_reads_it(changes: dict[str, Any], phrase: str) -> None:
    """In the words of its validator."""
    message = refusal(body(**changes)).message
    assert message.startswith("Malformed input request: ")
    assert phrase in message
    assert message.endswith(", please reformat your input and try again.")


def test_all_faults_of_a_body_are_reported_at_once() -> None:
    """Joined without a space, as Bedrock joins them."""
    found = violations_of({"model": "x", "messages": []})
    assert malformed(found) == (
        "Malformed input request: #: required key [max_tokens] not found#: extraneous key [model] is not "
        "permitted, please reformat your input and try again."
    )


def test_in_a_batch_the_model_reports_the_first_fault() -> None:
    """In its own words."""
    error = refusal(body(model="x", max_tokens=None), in_batch=True)
    assert isinstance(error, ModelRefusalError)
    assert error.reason in {"max_tokens: Field required", "model: Extra inputs are not permitted"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"anthropic_version": None}, "anthropic_version: Field required"),
        ({"anthropic_version": "2020"}, "anthropic_version: Input should be 'bedrock-2023-05-31'"),
        ({"messages": []}, "messages: at least one message is required"),
        (
            {"messages": [{"role": "assistant", "content": "x"}]},
            'messages: first message must use the "user" role',
        ),
        (
            {"messages": [{"role": "user", "content": "x"}] * 2},
            'messages: roles must alternate between "user" and "assistant", but found multiple "user" roles',
        ),
        (
            {"messages": [{"role": "user", "content": []}]},
            "messages.0: all messages must have non-empty content",
        ),
        ({"messages": [{"role": "user", "content": " "}]}, "messages: text content blocks must contain"),
        ({"system": " "}, "system: text content blocks must contain non-whitespace text"),
        (
            {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]},
            "This model does not support assistant message prefill.",
        ),
    ],
)
def test_the_model_refuses_what_it_cannot_read(changes: dict[str, Any], reason: str) -> None:
    """InvokeModel answers with the reason alone."""
    error = refusal(body(**changes))
    assert isinstance(error, ModelRefusalError)
    assert error.reason.startswith(reason)


def test_the_old_form_is_refused_by_name() -> None:
    """`prompt` and `max_tokens_to_sample` are of a withdrawn API."""
    error = refusal({"prompt": "\n\nHuman: Hi", "max_tokens_to_sample": 5})
    assert '"claude-haiku-4-5-20251001" is not supported on this API' in error.message


def test_other_models_have_other_forms() -> None:
    """Which understudy does not read."""
    assert "Anthropic" in refusal(body(), OTHER).message


def reply(**changes: Any) -> Reply:  # noqa: ANN401 - any field
    """Return an answer."""
    return Reply(**{"text": "Rome.", "stop_reason": "end_turn", "usage": Usage(), **changes})


def test_an_answer_is_a_message_of_claudes() -> None:
    """With the name that the model has at Anthropic."""
    written = write_body(reply(), CLAUDE)
    assert written["id"].startswith("msg_bdrk_")
    assert written["model"] == "claude-haiku-4-5-20251001"
    assert written["content"] == text("Rome.")
    assert (written["type"], written["role"], written["stop_reason"]) == ("message", "assistant", "end_turn")
    assert "amazon-bedrock-guardrailAction" not in written


def test_tokens_are_told_by_where_they_were_read_and_written() -> None:
    """Those of five minutes apart from those of an hour."""
    usage = Usage(input=1, output=2, cache_read=3, cache_write=9, cache_write_1h=4)
    assert write_body(reply(usage=usage), CLAUDE)["usage"] == {
        "input_tokens": 1,
        "cache_creation_input_tokens": 9,
        "cache_read_input_tokens": 3,
        "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 4},
        "output_tokens": 2,
    }


@pytest.mark.parametrize(
    ("stop_reason", "shown", "action"),
    [
        ("guardrail_intervened", "end_turn", "INTERVENED"),
        ("content_filtered", "refusal", "NONE"),
        ("max_tokens", "max_tokens", "NONE"),
    ],
)
def test_a_guardrail_says_what_it_did(stop_reason: Any, shown: str, action: str) -> None:  # noqa: ANN401 - a literal
    """Beside a stop reason that Claude has."""
    written = write_body(reply(stop_reason=stop_reason), CLAUDE, Guardrail("g", ()))
    assert (written["stop_reason"], written["amazon-bedrock-guardrailAction"]) == (shown, action)
