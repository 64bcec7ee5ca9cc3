"""`Converse`: its requests as a model reads them, and its answers."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from understudy.bedrock.errors import extra_input, invalid, refused_by_model
from understudy.bedrock.invocation import token_counts
from understudy.bedrock.request import Block, ModelRequest, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.bedrock.invocation import Reply
    from understudy.bedrock.models import Model, ModelFeatures
    from understudy.bedrock.request import Usage
    from understudy.wire.service import Params

_TEXT_KINDS = frozenset({"text", "cachePoint", "reasoningContent"})


def read_request(params: Params, model: Model) -> ModelRequest:
    """Return the request; raise `ServiceError` (ValidationException) for its first fault."""
    messages = params.get("messages", [])
    _check_conversation(messages)
    system = params.get("system", [])
    for number, block in enumerate(system):
        _check_block(block, f"SystemContentBlock object at system.{number}")
    schema, tool, forced = _binding(params, model.features)
    inference = params.get("inferenceConfig", {})
    fields = params.get("additionalModelRequestFields") or {}
    if not isinstance(fields, dict):
        raise invalid("The additionalModelRequestFields must be an object.")
    return ModelRequest(
        model=model,
        system=_blocks(system),
        turns=tuple(Turn(each["role"], _blocks(each["content"])) for each in messages),
        schema=schema,
        tool=tool,
        forced=forced,
        max_tokens=inference.get("maxTokens"),
        temperature=inference.get("temperature"),
        top_p=inference.get("topP"),
        stop_sequences=tuple(inference.get("stopSequences", ())),
        fields=fields,
        effort=_effort(params, fields),
    )


def write_response(reply: Reply, model: Model, *, latency_ms: int) -> Params:
    """Return the response."""
    return {
        "output": {"message": {"role": "assistant", "content": list(_content(reply))}},
        "stopReason": reply.stop_reason,
        "usage": _usage(reply.usage, model),
        "metrics": {"latencyMs": latency_ms},
    }


def _content(reply: Reply) -> Iterator[Params]:
    """Yield the thinking, whose text models leave out unless asked for it, and then the answer."""
    if reply.thought:
        yield {"reasoningContent": {"reasoningText": {"text": "", "signature": uuid.uuid4().hex}}}
    if reply.tool and reply.text:
        called = {"toolUseId": f"tooluse_{uuid.uuid4().hex}", "name": reply.tool}
        yield {"toolUse": {**called, "input": _json_object(reply.text)}}
    elif reply.text:
        yield {"text": reply.text}


def _json_object(text: str) -> Params:
    """Return the input of a tool, which is empty where the answer was cut."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


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
        raise refused_by_model(
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message."
        )


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
        if "reasoningContent" in each:
            continue
        if point is None:
            found.append(Block(each["text"]))
        else:
            text = found.pop().text if found else ""
            found.append(Block(text, point.get("ttl", "5m")))
    return tuple(found)


def _effort(params: Params, fields: Params) -> str | None:
    """Return the effort that is asked for, by Bedrock's name or the model's own."""
    config = fields.get("output_config", {})
    if not isinstance(config, dict) or config.keys() - {"effort"}:
        raise extra_input("output_config.format")
    effort = params.get("outputConfig", {}).get("effort") or config.get("effort")
    return None if effort is None else str(effort)


def _schema(params: Params, features: ModelFeatures) -> str | None:
    if features.thinking == "none" and "outputConfig" in params:
        raise invalid("This model doesn't support the outputConfig field. Remove outputConfig and try again.")
    text_format = params.get("outputConfig", {}).get("textFormat")
    if text_format is None:
        return None
    if features.structured_output != "native":
        raise extra_input("output_config.format")
    return str(text_format["structure"]["jsonSchema"]["schema"])


def _binding(params: Params, features: ModelFeatures) -> tuple[str | None, str | None, bool]:
    """Return a schema, the tool, chosen or first, that it is the input's of, and whether that is forced."""
    schema, config = _schema(params, features), params.get("toolConfig")
    if config is None:
        return schema, None, False
    if features.structured_output == "none":
        raise invalid("This model doesn't support tool use.")
    inputs = {each["name"]: each["inputSchema"] for tool in config["tools"] if (each := tool.get("toolSpec"))}
    choice = config.get("toolChoice", {"auto": {}})
    name = choice["tool"]["name"] if "tool" in choice else next(iter(inputs), "")
    if name not in inputs:
        raise invalid(f"The tool {name} is not among the tools of the request.")
    return json.dumps(inputs[name].get("json", {})), name, "auto" not in choice
