"""Assembles Bedrock: its runtime, and the service of its jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.bedrock.batch import JobOperations, JobRegistry, JobRunner
from understudy.bedrock.batch.answers import Answers
from understudy.bedrock.batch.runner import MIN_RECORDS
from understudy.bedrock.engine import Copywriter
from understudy.bedrock.guardrails import DEFAULT_GUARDRAILS
from understudy.bedrock.invocation import Invoker
from understudy.bedrock.models import MODEL_FEATURES, ModelFeatures, Models
from understudy.bedrock.openai import OpenAiEngine, OpenAiServer
from understudy.bedrock.quotas import Quotas
from understudy.bedrock.runtime import Runtime
from understudy.disturbance import Disturbance
from understudy.job_store import JobStore
from understudy.wire.service import Service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from understudy.s3 import S3ClientFactory

FOLDER = "bedrock"
"""The folder under the state's that Bedrock has for itself."""


@dataclass(frozen=True, kw_only=True)
class BedrockOptions:
    """How Bedrock behaves; the defaults are those of the settings."""

    features: Mapping[str, ModelFeatures] = field(default_factory=dict)
    """Features of models, which replace or add to `MODEL_FEATURES`."""
    guardrails: Mapping[str, Sequence[str]] = field(default_factory=lambda: DEFAULT_GUARDRAILS)
    """The words that each guardrail blocks."""
    requests_per_min: float | None = None
    tokens_per_min: float | None = None
    """What each model answers a minute; other calls are throttled."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """What befalls synchronous calls."""
    min_batch_records: int = MIN_RECORDS
    """The fewest records that a batch inference job may have."""
    openai: OpenAiServer | None = None
    """Who answers instead of the copywriter."""


def create_services(
    options: BedrockOptions = BedrockOptions(),
    *,
    model_ids: Collection[str],
    region: str,
    account_id: str,
    s3_client_factory: S3ClientFactory,
    state_delay_s: float,
    state_dir: Path | None = None,
) -> list[Service]:
    """Return Bedrock and its runtime, which know only the models with these ids.

    Each state of a job lasts at least `state_delay_s`. Handlers belong to the event loop of their first call.
    With `state_dir`, jobs outlive the process there.
    """
    models = Models(model_ids, {**MODEL_FEATURES, **options.features})
    engine = OpenAiEngine(options.openai) if options.openai else Copywriter()
    quotas = Quotas(requests_per_min=options.requests_per_min, tokens_per_min=options.tokens_per_min)
    invoker = Invoker(engine=engine, quotas=quotas, disturbance=options.disturbance)
    runner = JobRunner(answers=Answers(invoker), s3=s3_client_factory, min_records=options.min_batch_records)
    store = JobStore(None if state_dir is None else state_dir / FOLDER)
    registry = JobRegistry(runner, store, state_delay_s=state_delay_s)
    jobs = JobOperations(models=models, registry=registry, region=region, account_id=account_id)
    runtime = Runtime(models, invoker, options.guardrails)

    async def open_jobs() -> None:
        store.open()
        registry.resume(models.behind)

    async def close() -> None:
        await registry.close()
        store.close()

    return [
        Service("bedrock", jobs.operations(), close, open=open_jobs),
        Service("bedrock-runtime", runtime.operations(), engine.close, invoker.counts),
    ]
