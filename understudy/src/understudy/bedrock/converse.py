"""`Converse`: its requests as a model reads them, and its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.bedrock.errors import invalid
from understudy.bedrock.invocation import token_counts
from understudy.bedrock.request import Block, ModelRequest, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.bedrock.invocation import Reply
    from understudy.bedrock.models import Model
    from understudy.bedrock.request import Usage
    from understudy.wire.service import Params

_TEXT_KINDS = frozenset({"text", "cachePoint"})


def read_request(params: Params, model: Model) -> ModelRequest:
    """Return the request; raise `ServiceError` (ValidationException) for its first fault."""
    messages = params.get("messages", [])
    _check_conversation(messages)
    system = params.get("system", [])
    for number, block in enumerate(system):
        _check_block(block, f"SystemContentBlock object at system.{number}")
    if "toolConfig" in params:
        raise invalid("This model doesn't support tool use.")
    inference = params.get("inferenceConfig", {})
    return ModelRequest(
        model=model,
        system=_blocks(system),
        turns=tuple(Turn(each["role"], _blocks(each["content"])) for each in messages),
        schema=_schema(params),
        max_tokens=inference.get("maxTokens"),
        temperature=inference.get("temperature"),
        top_p=inference.get("topP"),
        stop_sequences=tuple(inference.get("stopSequences", ())),
    )


def write_response(reply: Reply, model: Model, *, latency_ms: int) -> Params:
    """Return the response."""
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": reply.text}]}},
        "stopReason": reply.stop_reason,
        "usage": _usage(reply.usage, model),
        "metrics": {"latencyMs": latency_ms},
    }


def _usage(usage: Usage, model: Model) -> Params:
    counts: dict[str, Any] = {**token_counts(usage), "totalTokens": usage.total}
    if model.features.cache_min_tokens is None:
        return {name: each for name, each in counts.items() if not name.startswith("cache")}
    by_ttl = {"1h": usage.cache_write_1h, "5m": usage.cache_write - usage.cache_write_1h}
    details = [{"ttl": ttl, "inputTokens": each} for ttl, each in by_ttl.items() if each]
    return {**counts, **({"cacheDetails": details} if details else {})}


def _check_conversation(messages: Sequence[Params]) -> None:
    if not messages or messages[0]["role"] != "user":
        raise invalid(
            "A conversation must start with a user message. "
            "Try again with a conversation that starts with a user message."
        )
    for number, message in enumerate(messages):
        if message["role"] != ("user", "assistant")[number % 2]:
            raise invalid(
                "A conversation must alternate between user and assistant roles. Make sure the "
                "conversation alternates between user and assistant roles and try again."
            )
        _check_content(message["content"], number)
    if messages[-1]["role"] != "user":
        raise invalid("The conversation must end with a user message.")


def _check_content(content: Sequence[Params], number: int) -> None:
    if not content:
        raise invalid(f"The content field in the Message object at messages.{number} is empty.")
    for position, block in enumerate(content):
        _check_block(block, f"ContentBlock object at messages.{number}.content.{position}")


def _check_block(block: Params, where: str) -> None:
    kind = next(iter(block))
    if kind not in _TEXT_KINDS:
        raise invalid(f"This model doesn't support the {kind} field in the {where}.")
    if kind == "text" and not block["text"].strip():
        raise invalid(f"The text field in the {where} is blank. Add text to the text field, and try again.")


def _blocks(content: Sequence[Params]) -> tuple[Block, ...]:
    """Return the texts; a cache point belongs to the text before it, and stands alone without one."""
    found: list[Block] = []
    for each in content:
        point = each.get("cachePoint")
        if point is None:
            found.append(Block(each["text"]))
        else:
            text = found.pop().text if found else ""
            found.append(Block(text, point.get("ttl", "5m")))
    return tuple(found)


def _schema(params: Params) -> str | None:
    text_format = params.get("outputConfig", {}).get("textFormat")
    return None if text_format is None else text_format["structure"]["jsonSchema"]["schema"]
