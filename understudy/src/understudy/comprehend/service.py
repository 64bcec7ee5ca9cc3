"""Assembles the parts of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.comprehend.analyses import language_analysis, sentiment_analysis, targeted_analysis
from understudy.comprehend.detection import Detection
from understudy.comprehend.jobs import JOB_KINDS, JobOperations, JobRegistry, JobRunner, tags_of_jobs
from understudy.comprehend.throttling import with_rate_limit
from understudy.disturbance import Disturbance
from understudy.engines.language import LanguageDetector
from understudy.job_store import JobStore
from understudy.wire.service import Handler, Service
from understudy.workers import Workers

if TYPE_CHECKING:
    from pathlib import Path

    from understudy.comprehend.analyses import Analysis
    from understudy.comprehend.targeted import AspectReader
    from understudy.engines.sentiment import SentimentModel
    from understudy.s3 import S3ClientFactory

FOLDER = "comprehend"
"""The folder under the state's that Comprehend has for itself."""


def create_service(
    model: SentimentModel,
    aspects: AspectReader,
    *,
    region: str,
    account_id: str,
    s3_client_factory: S3ClientFactory,
    state_delay_s: float,
    calls_per_s: float | None = None,
    disturbance: Disturbance = Disturbance(),  # noqa: B008 - frozen
    long_document_fails_batch: bool = False,
    state_dir: Path | None = None,
) -> Service:
    """Return Comprehend, which scores texts with `model`.

    `aspects` reads targeted sentiment. Each state of a job lasts at least `state_delay_s`. With
    `calls_per_s`, every operation refuses calls beyond that rate. Synchronous calls suffer `disturbance`.
    Handlers belong to the event loop of their first call. With `state_dir`, jobs outlive the process there.
    """
    store = JobStore(None if state_dir is None else state_dir / FOLDER)
    workers, job_workers = Workers("comprehend"), Workers("comprehend-jobs")
    analyses = _analyses(model, aspects)
    jobs = [
        JobOperations(
            kind=JOB_KINDS[analysis.noun],
            runner=JobRunner(
                analysis=analysis,
                limits=JOB_KINDS[analysis.noun].limits,
                workers=job_workers,
                s3=s3_client_factory,
            ),
            registry=JobRegistry(store, kind=analysis.noun, state_delay_s=state_delay_s),
            region=region,
            account_id=account_id,
        )
        for analysis in analyses
        if analysis.noun in JOB_KINDS
    ]
    operations: dict[str, Handler] = {}
    for analysis in analyses:
        operations |= Detection(
            analysis=analysis, workers=workers, long_document_fails_batch=long_document_fails_batch
        ).operations()
    operations = disturbance.around(operations)
    for each in jobs:
        operations |= each.operations()
    operations["ListTagsForResource"] = tags_of_jobs([each.registry for each in jobs])

    async def open_jobs() -> None:
        store.open()
        for each in jobs:
            each.registry.resume(each.runner.run)

    async def close() -> None:
        for each in jobs:
            await each.registry.close()
        store.close()
        workers.close()
        job_workers.close()

    lists = {name: handler for name, handler in operations.items() if name.startswith("List")}
    if calls_per_s is not None:
        operations = with_rate_limit(operations, calls_per_s=calls_per_s)
    return Service("comprehend", operations, close, open=open_jobs, lists=lists)


def _analyses(model: SentimentModel, aspects: AspectReader) -> list[Analysis]:
    detector = LanguageDetector()
    return [
        sentiment_analysis(model, detector),
        targeted_analysis(aspects),
        language_analysis(detector),
    ]
