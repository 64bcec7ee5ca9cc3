"""All jobs of one type, and the lifecycle that they share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from understudy.comprehend.errors import (
    JobFailedError,
    internal_failure,
    job_ended,
    job_not_found,
    too_many_jobs,
)
from understudy.comprehend.jobs.job import Job, JobStatus, job_of
from understudy.comprehend.limits import MAX_ACTIVE_JOBS
from understudy.job_list import JobList

if TYPE_CHECKING:
    from understudy.job_store import JobStore

Run = Callable[[Job], Awaitable[bool]]
"""Does a job's work; returns whether all of it was done. Raises JobFailedError with the reason to fail."""

_log = structlog.get_logger(__name__)


class JobRegistry(JobList[Job]):
    """Has the jobs of a kind and moves them through their states, on one event loop.

    Each of the first two states lasts at least `state_delay_s`. What can be seen of a job is in the store.
    """

    def __init__(self, store: JobStore, *, kind: str, state_delay_s: float) -> None:
        super().__init__(store, kind=kind)
        self._state_delay_s = state_delay_s

    @property
    def next_number(self) -> int:
        """The number of the next job."""
        return len(self._jobs)

    def get(self, job_id: str) -> Job:
        """Return a job; raise JobNotFoundException if there is none."""
        if job_id not in self._jobs:
            raise job_not_found()
        return self._jobs[job_id]

    def check_quota(self) -> None:
        """Raise TooManyRequestsException while as many jobs are active as may be."""
        if sum(job.active for job in self._jobs.values()) >= MAX_ACTIVE_JOBS:
            raise too_many_jobs()

    def submit(self, job: Job, run: Run, *, token: str | None) -> None:
        """Add a job and `run` it in the background."""
        self._keep(job, token)
        self._run(self._live(job, run))

    def resume(self, run: Run) -> None:
        """Know again what the store has, and go on with jobs that had not ended: their work begins anew."""
        for content, token in self._store.jobs(self._kind):
            self._add(job_of(content), token)
        for job in self._jobs.values():
            if job.active:
                self._run(self._live(job, run))

    def stop(self, job_id: str) -> Job:
        """Ask a job to stop; one that was asked before stays as it is.

        Raises InvalidRequestException if it has completed or failed.
        """
        job = self.get(job_id)
        if job.status in {JobStatus.COMPLETED, JobStatus.FAILED}:
            raise job_ended(job.status)
        if job.status is not JobStatus.STOPPED:
            self._move(job, JobStatus.STOP_REQUESTED)
        return job

    async def _live(self, job: Job, run: Run) -> None:
        await asyncio.sleep(self._state_delay_s)
        if job.stop_requested:
            self._move(job, JobStatus.STOPPED)
            return
        self._move(job, JobStatus.IN_PROGRESS)
        await asyncio.sleep(self._state_delay_s)
        try:
            complete = await run(job)
        except JobFailedError as error:
            self._fail(job, error)
        except Exception:  # noqa: BLE001 - whatever the error, the job must end
            _log.exception("comprehend_job_crashed", arn=job.arn)
            self._fail(job, internal_failure())
        else:
            self._move(job, JobStatus.COMPLETED if complete else JobStatus.STOPPED)

    def _move(self, job: Job, status: JobStatus, message: str | None = None) -> None:
        job.move(status, message)
        self._keep_change(job)

    def _fail(self, job: Job, error: JobFailedError) -> None:
        self._move(job, JobStatus.FAILED, str(error))
        _log.info("comprehend_job_failed", arn=job.arn, reason=str(error))
