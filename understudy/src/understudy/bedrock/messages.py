"""`InvokeModel` in the form of Claude's Messages API: its bodies as a model reads them, and its answers."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from understudy.bedrock.errors import ModelRefusalError, invalid
from understudy.bedrock.messages_schema import malformed, violations_of
from understudy.bedrock.request import Block, ModelRequest, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.bedrock.guardrails import Guardrail
    from understudy.bedrock.invocation import Reply
    from understudy.bedrock.models import Model
    from understudy.bedrock.request import Usage
    from understudy.wire.service import Params

ANTHROPIC_VERSION = "bedrock-2023-05-31"
_ID_BYTES = 12
_STOP_REASONS = {"content_filtered": "refusal", "guardrail_intervened": "end_turn"}
_BLANK = "text content blocks must contain non-whitespace text"


def parse_body(content: bytes) -> dict[str, Any]:
    """Return a request's body; raise `ServiceError` (ValidationException) unless it is a JSON object."""
    try:
        body = json.loads(content)
    except ValueError as error:
        raise invalid(malformed(())) from error
    if not isinstance(body, dict):
        raise invalid(malformed(()))
    return body


def read_body(body: Mapping[str, Any], model: Model, *, in_batch: bool = False) -> ModelRequest:
    """Return the request; raise `ServiceError` (ValidationException) for its faults.

    Bedrock checks a body against a schema before the model reads it, and reports every violation; in a batch
    it does not, and the model reports the first.
    """
    if model.features.form != "anthropic":
        raise invalid("understudy answers InvokeModel in the form of Anthropic's models only.")
    if "prompt" in body and "messages" not in body:
        name = _short_name(model)
        raise ModelRefusalError(
            f'"{name}" is not supported on this API. Please use the Messages API instead.'
        )
    body = _with_blocks(body)
    found = violations_of(body)
    if found:
        raise ModelRefusalError(str(found[0])) if in_batch else invalid(malformed(found))
    _check_version(body)
    _check_conversation(body)
    return _request(body, model)


def write_body(reply: Reply, model: Model, guardrail: Guardrail | None = None) -> Params:
    """Return the body of the response."""
    intervened = reply.stop_reason == "guardrail_intervened"
    action = {"amazon-bedrock-guardrailAction": "INTERVENED" if intervened else "NONE"}
    return {
        "model": _short_name(model),
        "id": f"msg_bdrk_{secrets.token_hex(_ID_BYTES)}",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": reply.text}],
        "stop_reason": _STOP_REASONS.get(reply.stop_reason, reply.stop_reason),
        "stop_sequence": reply.stop_sequence,
        "usage": _usage(reply.usage),
        **(action if guardrail else {}),
    }


def _short_name(model: Model) -> str:
    """Return the name that Claude has at Anthropic: `claude-haiku-4-5-20251001`."""
    return model.id.removeprefix("anthropic.").partition("-v1:")[0]


def _usage(usage: Usage) -> Params:
    return {
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write - usage.cache_write_1h,
            "ephemeral_1h_input_tokens": usage.cache_write_1h,
        },
        "output_tokens": usage.output,
    }


def _with_blocks(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with a list of blocks in place of each text."""
    filled = dict(body)
    if "system" in filled:
        filled["system"] = _as_blocks(filled["system"])
    if isinstance(filled.get("messages"), list):
        filled["messages"] = [
            {**each, "content": _as_blocks(each["content"])}
            if isinstance(each, dict) and "content" in each
            else each
            for each in filled["messages"]
        ]
    return filled


def _as_blocks(content: object) -> object:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _check_version(body: Mapping[str, Any]) -> None:
    version = body.get("anthropic_version")
    if version is None:
        raise ModelRefusalError("anthropic_version: Field required")
    if version != ANTHROPIC_VERSION:
        raise ModelRefusalError(f"anthropic_version: Input should be '{ANTHROPIC_VERSION}'")


def _check_conversation(body: Mapping[str, Any]) -> None:
    messages = body["messages"]
    if not messages:
        raise ModelRefusalError("messages: at least one message is required")
    if messages[0]["role"] != "user":
        raise ModelRefusalError('messages: first message must use the "user" role')
    for number, message in enumerate(messages):
        if message["role"] != ("user", "assistant")[number % 2]:
            raise ModelRefusalError(
                'messages: roles must alternate between "user" and "assistant", but found multiple '
                f'"{message["role"]}" roles in a row'
            )
        if not message["content"]:
            raise ModelRefusalError(f"messages.{number}: all messages must have non-empty content")
        _check_texts("messages", message["content"])
    _check_texts("system", body.get("system", ()))
    if messages[-1]["role"] != "user":
        raise ModelRefusalError(
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message."
        )


def _check_texts(where: str, blocks: Sequence[Mapping[str, Any]]) -> None:
    if not all(block["text"].strip() for block in blocks):
        raise ModelRefusalError(f"{where}: {_BLANK}")


def _request(body: Mapping[str, Any], model: Model) -> ModelRequest:
    schema = body.get("output_config", {}).get("format", {}).get("schema")
    return ModelRequest(
        model=model,
        system=_blocks(body.get("system", ())),
        turns=tuple(Turn(each["role"], _blocks(each["content"])) for each in body["messages"]),
        schema=None if schema is None else json.dumps(schema),
        max_tokens=body["max_tokens"],
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        stop_sequences=tuple(body.get("stop_sequences", ())),
    )


def _blocks(content: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    return tuple(
        Block(each["text"], each["cache_control"].get("ttl", "5m") if "cache_control" in each else None)
        for each in content
    )
