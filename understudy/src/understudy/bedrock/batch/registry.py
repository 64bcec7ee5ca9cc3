"""All batch inference jobs, and the lifecycle that they share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import structlog

from understudy.bedrock.batch.errors import (
    JobFailedError,
    internal_failure,
    job_ended,
    job_not_found,
    too_many_jobs,
)
from understudy.bedrock.batch.job import Job, JobStatus, job_of
from understudy.job_list import JobList

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.bedrock.models import Model
    from understudy.job_store import JobStore

MAX_ACTIVE_JOBS = 20
"""Jobs of one model that have not ended."""
_KIND = "ModelInvocationJob"
_COURSE = (JobStatus.VALIDATING, JobStatus.SCHEDULED, JobStatus.IN_PROGRESS)
"""The states between the submission and the end; one that a process was killed in begins again."""

_log = structlog.get_logger(__name__)


class Runner(Protocol):
    """Does the work of jobs; raises JobFailedError with the reason for which one fails."""

    async def validate(self, job: Job) -> None:
        """Check a job's input and output, and count its records."""
        ...

    async def run(self, job: Job) -> None:
        """Answer the records, until the job is stopping."""
        ...


class JobRegistry(JobList[Job]):
    """Has all jobs and moves them through their states, on one event loop.

    Each state before the end lasts at least `state_delay_s`. What can be seen of a job is in the store, but
    for how many records have been answered while it runs.
    """

    def __init__(self, runner: Runner, store: JobStore, *, state_delay_s: float) -> None:
        super().__init__(store, kind=_KIND)
        self._runner = runner
        self._state_delay_s = state_delay_s

    def get(self, identifier: str) -> Job:
        """Return the job with an id or ARN; raise ResourceNotFoundException if there is none."""
        job = self._jobs.get(identifier.rpartition("/")[2])
        if job is None or identifier not in {job.id, job.arn}:
            raise job_not_found(identifier)
        return job

    def check_quota(self, model: Model) -> None:
        """Raise ServiceQuotaExceededException while as many jobs of a model are active as may be."""
        if sum(job.active and job.model == model for job in self._jobs.values()) >= MAX_ACTIVE_JOBS:
            raise too_many_jobs(MAX_ACTIVE_JOBS)

    def submit(self, job: Job, *, token: str | None) -> None:
        """Add a job and let it run in the background."""
        self._keep(job, token)
        self._run(self._live(job))

    def resume(self, find_model: Callable[[str], Model]) -> None:
        """Know again what the store has, and go on with jobs that had not ended, from their first record."""
        for content, token in self._store.jobs(_KIND):
            self._add(job_of(content, find_model(content["detail"]["modelId"])), token)
        for job in self._jobs.values():
            if job.active:
                self._run(self._live(job))

    def stop(self, identifier: str) -> None:
        """Ask a job to stop; one that was asked before stays as it is.

        Raises ConflictException if it has ended.
        """
        job = self.get(identifier)
        if not job.active:
            raise job_ended(job.status)
        if not job.stopping:
            self._move(job, JobStatus.STOPPING)

    async def _live(self, job: Job) -> None:
        try:
            await self._work(job)
        except JobFailedError as error:
            self._fail(job, error)
        except Exception:  # noqa: BLE001 - whatever the error, the job must end
            _log.exception("bedrock_job_crashed", arn=job.arn)
            self._fail(job, internal_failure())
        else:
            self._move(job, JobStatus.STOPPED if job.stopping else JobStatus.COMPLETED)

    async def _work(self, job: Job) -> None:
        """Move a job to its last state but one, unless it is asked to stop."""
        for status in _COURSE[_COURSE.index(job.status) if job.status in _COURSE else 0 :]:
            await asyncio.sleep(self._state_delay_s)
            if job.stopping:
                return
            self._move(job, status)
            if status is JobStatus.VALIDATING:
                await self._runner.validate(job)
        await asyncio.sleep(self._state_delay_s)
        await self._runner.run(job)

    def _move(self, job: Job, status: JobStatus, message: str | None = None) -> None:
        job.move(status, message)
        self._keep_change(job)

    def _fail(self, job: Job, error: JobFailedError) -> None:
        self._move(job, JobStatus.FAILED, str(error))
        _log.info("bedrock_job_failed", arn=job.arn, reason=str(error))
