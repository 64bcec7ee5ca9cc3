"""Assembles Bedrock's runtime."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.bedrock import converse
from understudy.bedrock.guardrails import DEFAULT_GUARDRAILS, Guardrail, find_guardrail
from understudy.bedrock.invocation import Copywriter, Engine, Invoker
from understudy.bedrock.models import CURRENT_MODEL_IDS, MODEL_FEATURES, ModelFeatures, Models
from understudy.bedrock.openai import OpenAiEngine, OpenAiServer
from understudy.bedrock.quotas import Quotas
from understudy.bedrock.replay import Replay
from understudy.disturbance import Disturbance
from understudy.wire.service import Service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from understudy.wire.service import Params


@dataclass(frozen=True, kw_only=True)
class BedrockOptions:
    """How Bedrock behaves; the defaults are those of the settings."""

    model_ids: Collection[str] = CURRENT_MODEL_IDS
    """The models that there are, and their inference profiles."""
    features: Mapping[str, ModelFeatures] = field(default_factory=dict)
    """Features of models, which replace or add to `MODEL_FEATURES`."""
    guardrails: Mapping[str, Sequence[str]] = field(default_factory=lambda: DEFAULT_GUARDRAILS)
    """The words that each guardrail blocks."""
    refused_words: tuple[str, ...] = ("refusedword",)
    """The words that no model answers."""
    requests_per_min: float | None = None
    tokens_per_min: float | None = None
    """What each model answers a minute; other calls are throttled."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """What befalls every call."""
    openai: OpenAiServer | None = None
    """Who answers instead of the copywriter."""
    replay: Path | None = None
    """Recorded answers, for the calls that they are of."""


def create_service(options: BedrockOptions = BedrockOptions()) -> Service:
    """Return Bedrock's runtime; handlers belong to the event loop of their first call."""
    models = Models(options.model_ids, {**MODEL_FEATURES, **options.features})
    engine: Engine = OpenAiEngine(options.openai) if options.openai else Copywriter()
    if options.replay:
        engine = Replay.read(options.replay, engine)
    quotas = Quotas(requests_per_min=options.requests_per_min, tokens_per_min=options.tokens_per_min)
    refusals = Guardrail("refusals", options.refused_words)
    invoker = Invoker(engine=engine, quotas=quotas, refusals=refusals, disturbance=options.disturbance)

    async def answer(params: Params) -> Params:
        started = time.perf_counter()
        model = models.find(params["modelId"])
        config = params.get("guardrailConfig", {})
        guardrail = find_guardrail(
            options.guardrails, config.get("guardrailIdentifier"), config.get("guardrailVersion")
        )
        reply = await invoker.invoke(converse.read_request(params, model), guardrail)
        latency_ms = round((time.perf_counter() - started) * 1000)
        return converse.write_response(reply, model, latency_ms=latency_ms)

    return Service("bedrock-runtime", {"Converse": answer}, engine.close, {"Converse": invoker.counts})
