"""What a model answered, read from an answer of Converse."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from fondly.mailer.ports import ModelReply

COMPLETE = frozenset({"end_turn", "stop_sequence", "tool_use"})
GUARDRAIL = "guardrail_intervened"
REASONS = {GUARDRAIL: "a guardrail intervened", "refusal": "the model refused to answer"}
MAX_BRACES = 50
"""Further ones are not tried as the start of an object: an answer is untrusted."""
_JSON = json.JSONDecoder(strict=False)


def read_reply(answer: Mapping[str, Any]) -> ModelReply:
    """Return the text, the tokens billed, and why the answer is not complete if it is not.

    What a guardrail says in the model's place is left out. `inputTokens` has none that were read from or
    written to the cache.
    """
    stop, usage = answer["stopReason"], answer["usage"]
    return ModelReply(
        text="" if stop == GUARDRAIL else _answered(answer),
        refusal=None if stop in COMPLETE else REASONS.get(stop, f"the model stopped early: {stop}"),
        input_tokens=usage["inputTokens"],
        output_tokens=usage["outputTokens"],
        cache_read_tokens=usage.get("cacheReadInputTokens", 0),
        cache_write_tokens=usage.get("cacheWriteInputTokens", 0),
    )


def _answered(answer: Mapping[str, Any]) -> str:
    """Return what fills in the tool, else the JSON object in the text; blocks of thoughts have neither."""
    content = answer["output"].get("message", {}).get("content", [])
    for block in content:
        if "toolUse" in block:
            return json.dumps(block["toolUse"]["input"])
    return _json_object("".join(block.get("text", "") for block in content))


def _json_object(text: str) -> str:
    """Return the longest JSON object in an answer that may have words around it; all of it without one."""
    return max(_objects(text), key=len, default=text)


def _objects(text: str) -> Iterator[str]:
    """Yield the objects in a text that are not in another: `{1.name}` is none."""
    end = 0
    braces = (at for at, character in enumerate(text) if character == "{")
    for start in islice(braces, MAX_BRACES):
        if start < end:
            continue
        try:
            _, end = _JSON.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        yield text[start:end]
