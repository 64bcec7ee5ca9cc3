"""One invocation of a model: validation, quotas, guardrail, cache and answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

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
from understudy.bedrock.request import Usage, tokens
from understudy.disturbance import Disturbance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.bedrock.engine import Engine
    from understudy.bedrock.guardrails import Guardrail
    from understudy.bedrock.quotas import Quotas
    from understudy.bedrock.request import Answer, ModelRequest, StopReason

MAX_CACHE_POINTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as it leaves Bedrock; `blocked` are the words for which a guardrail replaced it."""

    text: str
    stop_reason: StopReason | Literal["guardrail_intervened"]
    stop_sequence: str | None = None
    usage: Usage
    blocked: tuple[str, ...] = ()
    blocked_answer: str | None = None
    """The answer that the guardrail replaced; None if it stopped the prompt."""


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
        found = guardrail.found(prompt) if guardrail else []
        if found:
            return _blocked(found, Usage())
        reply = _reply(request, await self.engine.answer(request), self.cache.use(request))
        found = guardrail.found([reply.text]) if guardrail else []
        return _blocked(found, reply.usage, reply.text) if found else reply


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


def _blocked(found: list[str], usage: Usage, answer: str | None = None) -> Reply:
    return Reply(
        text=BLOCKED_MESSAGE,
        stop_reason="guardrail_intervened",
        usage=usage,
        blocked=tuple(found),
        blocked_answer=answer,
    )
