"""What a model answered, read from an answer of Converse."""

import json
from collections.abc import Mapping
from typing import Any

from fondly.mailer.ports import ModelReply

COMPLETE = frozenset({"end_turn", "stop_sequence"})
GUARDRAIL = "guardrail_intervened"


def read_reply(answer: Mapping[str, Any]) -> ModelReply:
    """Return the text, the tokens billed, and why the answer is not complete if it is not.

    What a guardrail says in the model's place is left out. `inputTokens` has none that were read from or
    written to the cache.
    """
    stop, usage = answer["stopReason"], answer["usage"]
    return ModelReply(
        text="" if stop == GUARDRAIL else _json_object(_text(answer)),
        refusal=None if stop in COMPLETE else _refusal(stop),
        input_tokens=usage["inputTokens"],
        output_tokens=usage["outputTokens"],
        cache_read_tokens=usage.get("cacheReadInputTokens", 0),
        cache_write_tokens=usage.get("cacheWriteInputTokens", 0),
    )


def _refusal(stop: str) -> str:
    return "a guardrail intervened" if stop == GUARDRAIL else f"the model stopped early: {stop}"


def _text(answer: Mapping[str, Any]) -> str:
    content = answer["output"].get("message", {}).get("content", [])
    return "".join(block.get("text", "") for block in content)


def _json_object(text: str) -> str:
    """Return the JSON object within an answer that may have words around it; all of it if there is none."""
    start = text.find("{")
    if start < 0:
        return text
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return text
    return text[start:end]
