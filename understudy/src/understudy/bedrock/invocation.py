"""One invocation of a model: validation, quotas, guardrail, cache and answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from understudy.bedrock.cache import PromptCache
from understudy.bedrock.errors import (
    input_too_long,
    no_prompt_caching,
    no_structured_output,
    no_temperature,
    too_many_cache_points,
    too_many_output_tokens,
)
from understudy.bedrock.guardrails import BLOCKED_MESSAGE
from understudy.bedrock.output_schema import read_output_schema
from understudy.bedrock.request import CHARS_PER_TOKEN, Answer, Usage, tokens
from understudy.disturbance import Disturbance
from understudy.engines.copywriter import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.bedrock.guardrails import Guardrail
    from understudy.bedrock.quotas import Quotas
    from understudy.bedrock.request import ModelRequest, StopReason


class Engine(Protocol):
    """Answers requests that have been validated."""

    async def answer(self, request: ModelRequest) -> Answer:
        """Return the answer; raise `ServiceError` for a fault of the model."""
        ...

    async def close(self) -> None:
        """Free what it holds."""
        ...


class Copywriter:
    """Composes answers from phrases and the facts in the user's messages."""

    async def answer(self, request: ModelRequest) -> Answer:
        """Return a text; each further turn of the conversation is another attempt at the same task."""
        prompts = [turn.text for turn in request.turns if turn.role == "user"]
        schema = read_output_schema(request.schema) if request.schema else None
        return _cut(write(prompts, schema=schema, attempt=len(request.turns) // 2), request)

    async def close(self) -> None:
        """Nothing is held."""


def _cut(text: str, request: ModelRequest) -> Answer:
    """Cut a text at the first stop sequence or at the most tokens that it may have."""
    found = [(text.find(stop), stop) for stop in request.stop_sequences if stop in text]
    end, stop = min(found, default=(len(text), None))
    allowed = request.max_output_tokens * CHARS_PER_TOKEN
    if end > allowed:
        return Answer(text[:allowed], "max_tokens")
    return Answer(text[:end], "stop_sequence" if stop else "end_turn", stop)


MAX_CACHE_POINTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as it leaves Bedrock."""

    text: str
    stop_reason: StopReason | Literal["guardrail_intervened"]
    stop_sequence: str | None = None
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoker:
    """Asks a model, and counts the tokens."""

    engine: Engine
    quotas: Quotas
    disturbance: Disturbance = field(default_factory=Disturbance)
    cache: PromptCache = field(default_factory=PromptCache)
    counts: Counter[str] = field(default_factory=Counter)

    async def invoke(self, request: ModelRequest, guardrail: Guardrail | None = None) -> Reply:
        """Answer a request; raise `ServiceError` for an invalid or throttled one."""
        check(request)
        self.quotas.reserve(request)
        usage = Usage()
        try:
            await self.disturbance.strike()
            reply = await self._guarded(request, guardrail)
            usage = reply.usage
        finally:
            self.quotas.settle(request, usage)
        self.counts.update(token_counts(usage))
        return reply

    async def _guarded(self, request: ModelRequest, guardrail: Guardrail | None) -> Reply:
        prompt = [block.text for role, block in request.blocks if role == "user"]
        if guardrail and guardrail.blocks(prompt):
            return _blocked(Usage())
        reply = _reply(request, await self.engine.answer(request), self.cache.use(request))
        return _blocked(reply.usage) if guardrail and guardrail.blocks([reply.text]) else reply


def check(request: ModelRequest) -> None:
    """Raise `ServiceError` (ValidationException) for what the model cannot do or does not accept."""
    features = request.model.features
    if request.max_output_tokens > features.max_output_tokens:
        raise too_many_output_tokens(features.max_output_tokens)
    if request.temperature is not None and not features.temperature:
        raise no_temperature()
    points = sum(block.cache_ttl is not None for _, block in request.blocks)
    if points and features.cache_min_tokens is None:
        raise no_prompt_caching()
    if points > MAX_CACHE_POINTS:
        raise too_many_cache_points(points, MAX_CACHE_POINTS)
    if request.schema is not None:
        if not features.structured_output:
            raise no_structured_output()
        read_output_schema(request.schema)
    if request.input_tokens > features.context_tokens:
        raise input_too_long()


def token_counts(usage: Usage) -> Mapping[str, int]:
    """Return the tokens by the names that Converse gives them."""
    return {
        "inputTokens": usage.input,
        "outputTokens": usage.output,
        "cacheReadInputTokens": usage.cache_read,
        "cacheWriteInputTokens": usage.cache_write,
    }


def _reply(request: ModelRequest, answer: Answer, sent: Usage) -> Reply:
    """Join an answer with the tokens sent, scaled to what the model counted if it did."""
    if answer.input_tokens is not None:
        sent = _scaled(sent, answer.input_tokens / max(1, request.input_tokens), answer.input_tokens)
    written = tokens(len(answer.text)) if answer.output_tokens is None else answer.output_tokens
    return Reply(
        text=answer.text,
        stop_reason=answer.stop_reason,
        stop_sequence=answer.stop_sequence,
        usage=replace(sent, output=written),
    )


def _scaled(usage: Usage, factor: float, total: int) -> Usage:
    read, write = round(usage.cache_read * factor), round(usage.cache_write * factor)
    return Usage(
        input=total - read - write,
        cache_read=read,
        cache_write=write,
        cache_write_1h=round(usage.cache_write_1h * factor),
    )


def _blocked(usage: Usage) -> Reply:
    return Reply(text=BLOCKED_MESSAGE, stop_reason="guardrail_intervened", usage=usage)
