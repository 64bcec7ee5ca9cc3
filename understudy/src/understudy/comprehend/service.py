"""Assembles the parts of the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.comprehend.analyses import Detection, language_analysis, sentiment_analysis, targeted_analysis
from understudy.disturbance import Disturbance, with_rate_limit
from understudy.engines.language import LanguageDetector
from understudy.engines.sentiment import Prior
from understudy.wire.service import Handler, Service
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.engines.sentiment import SentimentModel
    from understudy.engines.targets import TargetReader


@dataclass(frozen=True, kw_only=True)
class ComprehendOptions:
    """How Comprehend behaves; the defaults are those of the settings."""

    prior: Prior = Prior.BALANCED
    """How often the model expects praise and blame."""
    calls_per_s: float | None = None
    """The calls a second that each operation answers; others are throttled."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """What befalls every call."""
    long_document_fails_batch: bool = False
    """Whether a document over the limit fails its whole batch, rather than only its own entry."""


def create_service(
    model: SentimentModel, aspects: TargetReader, options: ComprehendOptions = ComprehendOptions()
) -> Service:
    """Return Comprehend, which scores texts with `model` and reads targeted sentiment with `aspects`.

    Handlers belong to the event loop of their first call.
    """
    detector, workers = LanguageDetector(), Workers("comprehend")
    operations: dict[str, Handler] = {}
    for analysis in (
        sentiment_analysis(model, detector),
        targeted_analysis(aspects),
        language_analysis(detector),
    ):
        operations |= Detection(
            analysis=analysis, workers=workers, long_document_fails_batch=options.long_document_fails_batch
        ).operations()

    async def close() -> None:
        workers.close()

    operations = with_rate_limit(options.disturbance.around(operations), calls_per_s=options.calls_per_s)
    return Service("comprehend", operations, close)
