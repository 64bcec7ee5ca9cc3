"""Bedrock Runtime's `Converse` for text, with or without an output schema."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from understudy.bedrock.output_schema import read_output_schema
from understudy.bedrock.validation import MAX_OUTPUT_TOKENS, validate_request
from understudy.engines.copywriter import write
from understudy.wire.service import Service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from understudy.wire.service import Params

CHARS_PER_TOKEN = 4
"""The usual estimate for English text and JSON, in place of the model's own tokenizer."""


def create_service(*, model_ids: Collection[str]) -> Service:
    """Return Bedrock Runtime, which knows only the models with these ids."""

    async def converse(params: Params) -> Params:
        started = time.perf_counter()
        validate_request(params, model_ids=model_ids)
        answer = _answer(params)
        text, stop_reason = _truncate(answer, params.get("inferenceConfig", {}))
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
            "stopReason": stop_reason,
            "usage": _usage(params, text),
            "metrics": {"latencyMs": round((time.perf_counter() - started) * 1000)},
        }

    return Service("bedrock-runtime", {"Converse": converse})


def _answer(params: Params) -> str:
    """Ask the copywriter; each further turn of the conversation is another attempt at the same task."""
    messages = params["messages"]
    prompts = [
        text for message in messages if message["role"] == "user" for text in _texts(message["content"])
    ]
    return write(prompts, schema=_schema(params), attempt=len(messages) // 2)


def _schema(params: Params) -> Mapping[str, Any] | None:
    text_format = params.get("outputConfig", {}).get("textFormat")
    if text_format is None:
        return None
    return read_output_schema(text_format["structure"]["jsonSchema"]["schema"])


def _truncate(answer: str, config: Mapping[str, Any]) -> tuple[str, str]:
    """Cut the answer at the first stop sequence or at `maxTokens`; return it with the stop reason."""
    found = [answer.find(stop) for stop in config.get("stopSequences", ())]
    end = min((at for at in found if at >= 0), default=len(answer))
    allowed = config.get("maxTokens", MAX_OUTPUT_TOKENS) * CHARS_PER_TOKEN
    if end > allowed:
        return answer[:allowed], "max_tokens"
    return answer[:end], "stop_sequence" if end < len(answer) else "end_turn"


def _usage(params: Params, answer: str) -> Params:
    """Count the tokens sent to the model, its output schema included, and those of its answer."""
    blocks = [*params.get("system", ()), *(b for m in params["messages"] for b in m["content"])]
    sent_chars = sum(map(len, _texts(blocks))) + len(_schema_text(params))
    sent, written = _tokens(sent_chars), _tokens(len(answer))
    return {"inputTokens": sent, "outputTokens": written, "totalTokens": sent + written}


def _schema_text(params: Params) -> str:
    text_format = params.get("outputConfig", {}).get("textFormat", {})
    return str(text_format.get("structure", {}).get("jsonSchema", {}).get("schema", ""))


def _tokens(chars: int) -> int:
    return -(-chars // CHARS_PER_TOKEN)


def _texts(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    return [block["text"] for block in blocks if "text" in block]
