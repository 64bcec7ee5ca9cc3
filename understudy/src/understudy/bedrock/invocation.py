"""One invocation of a model: validation, quotas, guardrail, cache and answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from understudy.bedrock.cache import PromptCache
from understudy.bedrock.errors import (
    input_too_long,
    no_prompt_caching,
    refused_by_model,
    too_many_cache_points,
    too_many_output_tokens,
)
from understudy.bedrock.guardrails import BLOCKED_MESSAGE, Guardrail
from understudy.bedrock.output_schema import read_output_schema
from understudy.bedrock.request import Answer, Usage
from understudy.bedrock.thinking import check_fields, thinking_tokens, thinks
from understudy.disturbance import Disturbance
from understudy.engines.copywriter import write

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        strict = request.tool is None
        schema = read_output_schema(request.schema, strict=strict) if request.schema else None
        return _cut(write(prompts, schema=schema, attempt=len(request.turns) // 2), request)

    async def close(self) -> None:
        """Nothing is held."""


def _cut(text: str, request: ModelRequest) -> Answer:
    """Cut a text at the first stop sequence or at the most tokens that it may have."""
    found = [(text.find(stop), stop) for stop in request.stop_sequences if stop in text]
    end, stop = min(found, default=(len(text), None))
    allowed = request.model.chars(request.max_output_tokens)
    if end > allowed:
        return Answer(text[:allowed], "max_tokens")
    return Answer(text[:end], "stop_sequence" if stop else "end_turn")


MAX_CACHE_POINTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as it leaves Bedrock; `text` is JSON where it calls a tool."""

    text: str
    stop_reason: StopReason | Literal["guardrail_intervened", "tool_use"]
    usage: Usage
    thought: bool = False
    tool: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoker:
    """Asks a model, and counts the tokens."""

    engine: Engine
    quotas: Quotas
    refusals: Guardrail | None = None
    """What the model itself refuses to answer: Claude's `refusal`, which Converse has no word for but
    `content_filtered` (LibreChat#15647, 5 September 2026)."""
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
            self.quotas.correct(request, usage)
        self.counts.update(token_counts(usage))
        return reply

    async def _guarded(self, request: ModelRequest, guardrail: Guardrail | None) -> Reply:
        prompt = [block.text for role, block in request.blocks if role == "user"]
        if guardrail and guardrail.blocks(prompt):
            return _blocked(Usage())
        if self.refusals and self.refusals.blocks(prompt):
            return Reply(text="", stop_reason="content_filtered", usage=self.cache.use(request))
        reply = _reply(request, await self._answer(request), self.cache.use(request))
        return _blocked(reply.usage) if guardrail and guardrail.blocks([reply.text]) else reply

    async def _answer(self, request: ModelRequest) -> Answer:
        """Return the answer; what the model thought leaves it fewer tokens, at worst none."""
        thought = thinking_tokens(request)
        if thought == request.max_output_tokens:
            return Answer("", "max_tokens")
        left = request.max_output_tokens - thought if thought else request.max_tokens
        return await self.engine.answer(replace(request, max_tokens=left))


def check(request: ModelRequest) -> None:
    """Raise `ServiceError` (ValidationException) for what the model cannot do or does not accept."""
    features = request.model.features
    if request.max_output_tokens > features.max_output_tokens:
        raise too_many_output_tokens(features.max_output_tokens)
    _check_sampling(request)
    check_fields(request)
    # Anthropic, "What's new in Claude Sonnet 5.5" (28 September 2026), and vercel/ai#11227.
    if request.forced and not features.forced_tool:
        raise refused_by_model('tool_choice: type "tool" and "any" are not supported for this model.')
    if request.forced and thinks(request):
        raise refused_by_model("Thinking may not be enabled when tool_choice forces tool use.")
    points = sum(block.cache_ttl is not None for _, block in request.blocks)
    if points and features.cache_min_tokens is None:
        raise no_prompt_caching()
    if points > MAX_CACHE_POINTS:
        raise too_many_cache_points(points, MAX_CACHE_POINTS)
    if request.schema is not None:
        read_output_schema(request.schema, strict=request.tool is None)
    if request.input_tokens > features.context_tokens:
        raise input_too_long()


def _check_sampling(request: ModelRequest) -> None:
    """Refuse as in promptfoo#10307 (5 August 2026) and bedrock-access-gateway#191 (16 October 2025)."""
    sampling, temperature = request.model.features.sampling, request.temperature
    if sampling == "default":
        changed = None if temperature == 1 else temperature
        given = {"temperature": changed, "top_p": request.top_p, "top_k": request.fields.get("top_k")}
        refused = [name for name, value in given.items() if value is not None]
        if refused:
            raise refused_by_model(f"`{refused[0]}` is deprecated for this model.")
    if sampling == "one" and None not in {temperature, request.top_p}:
        raise refused_by_model(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        )


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
    thought, calls = thinking_tokens(request), request.tool and answer.stop_reason == "end_turn"
    written = answer.output_tokens
    if written is None:
        written = request.model.tokens(len(answer.text))
    return Reply(
        text=answer.text,
        stop_reason="tool_use" if calls else answer.stop_reason,
        usage=replace(sent, output=thought + written),
        thought=thought > 0,
        tool=request.tool,
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
