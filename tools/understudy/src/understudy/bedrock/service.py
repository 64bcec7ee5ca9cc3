"""Assembles Bedrock: its runtime, and the service of its jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.bedrock.engine import Copywriter
from understudy.bedrock.guardrails import DEFAULT_GUARDRAILS
from understudy.bedrock.invocation import Invoker
from understudy.bedrock.models import MODEL_FEATURES, ModelFeatures, Models
from understudy.bedrock.quotas import Quotas
from understudy.bedrock.runtime import Runtime
from understudy.wire.service import Service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class BedrockOptions:
    """How Bedrock behaves; the defaults are those of the settings."""

    features: Mapping[str, ModelFeatures] = field(default_factory=dict)
    """Features of models, which replace or add to `MODEL_FEATURES`."""
    guardrails: Mapping[str, Sequence[str]] = field(default_factory=lambda: DEFAULT_GUARDRAILS)
    """The words that each guardrail blocks."""
    requests_per_min: float | None = None
    tokens_per_min: float | None = None


def create_services(model_ids: Collection[str], options: BedrockOptions) -> list[Service]:
    """Return Bedrock Runtime, which knows only the models with these ids."""
    models = Models(model_ids, {**MODEL_FEATURES, **options.features})
    engine = Copywriter()
    invoker = Invoker(
        engine=engine,
        quotas=Quotas(requests_per_min=options.requests_per_min, tokens_per_min=options.tokens_per_min),
    )
    runtime = Runtime(models, invoker, options.guardrails)
    return [Service("bedrock-runtime", runtime.operations(), engine.close, invoker.counts)]
