"""The lifecycle of Comprehend's jobs."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from understudy.comprehend.errors import JobFailedError
from understudy.comprehend.jobs.job import Job, JobStatus
from understudy.comprehend.jobs.registry import JobRegistry
from understudy.comprehend.limits import MAX_ACTIVE_JOBS
from understudy.s3 import Location
from understudy.wire.errors import ServiceError

PLACE = Location("data", "in/")


@pytest.fixture
async def registry() -> AsyncIterator[JobRegistry]:
    """A registry whose states are very short."""
    made = JobRegistry(state_delay_s=0.005)
    yield made
    await made.close()


def new_job(job_id: str = "j") -> Job:
    """Return a job that is not yet submitted."""
    return Job(number=0, id=job_id, arn="", detail={}, source=PLACE, target=PLACE)


async def ended(job: Job) -> JobStatus:
    """Return the last status of a job."""
    while job.active:  # noqa: ASYNC110 - clients can only poll as well
        await asyncio.sleep(0.001)
    return job.status


async def test_a_job_passes_through_every_state(registry: JobRegistry) -> None:
    """Submitted, in progress while it works, completed; the time of the end comes with the last."""
    seen: list[JobStatus] = []

    async def run(job: Job) -> bool:
        seen.append(job.status)
        assert job.ended is None
        return True

    job = new_job()
    registry.submit(job, run, token=None)
    seen.append(job.status)
    seen.append(await ended(job))
    assert seen == [JobStatus.SUBMITTED, JobStatus.IN_PROGRESS, JobStatus.COMPLETED]
    assert job.ended is not None
    assert job.ended >= job.submitted


async def test_a_job_that_stops_before_it_begins_does_nothing(registry: JobRegistry) -> None:
    """It is never in progress."""
    worked: list[Job] = []

    async def run(job: Job) -> bool:
        worked.append(job)
        return True

    job = new_job()
    registry.submit(job, run, token=None)
    assert registry.stop(job.id).status is JobStatus.STOP_REQUESTED
    assert await ended(job) is JobStatus.STOPPED
    assert worked == []


@pytest.mark.parametrize(("complete", "status"), [(True, JobStatus.COMPLETED), (False, JobStatus.STOPPED)])
async def test_a_job_that_is_asked_to_stop_ends_by_what_it_did(
    registry: JobRegistry, *, complete: bool, status: JobStatus
) -> None:
    """One that had done everything is completed."""

    async def run(job: Job) -> bool:
        registry.stop(job.id)
        return complete

    job = new_job()
    registry.submit(job, run, token=None)
    assert await ended(job) is status


@pytest.mark.parametrize(
    ("error", "message"),
    [(JobFailedError("NO_ACCESS: None."), "NO_ACCESS: None."), (KeyError("text"), "INTERNAL_SERVER_ERROR: ")],
)
async def test_a_failed_job_has_a_message(registry: JobRegistry, error: Exception, message: str) -> None:
    """A known failure has its own; an internal error is not shown."""

    async def run(_job: Job) -> bool:
        raise error

    job = new_job()
    registry.submit(job, run, token=None)
    assert await ended(job) is JobStatus.FAILED
    assert (job.message or "").startswith(message)
    with pytest.raises(ServiceError, match="InvalidRequestException"):
        registry.stop(job.id)


async def test_only_active_jobs_count_for_the_quota(registry: JobRegistry) -> None:
    """As many as the quota, and one more once one has ended."""
    going_on = asyncio.Event()

    async def run(_job: Job) -> bool:
        return await going_on.wait()

    jobs = [new_job(str(n)) for n in range(MAX_ACTIVE_JOBS)]
    for job in jobs:
        registry.check_quota()
        registry.submit(job, run, token=None)
    with pytest.raises(ServiceError, match="TooManyRequestsException"):
        registry.check_quota()
    going_on.set()
    await ended(jobs[0])
    registry.check_quota()


async def test_closing_abandons_jobs(registry: JobRegistry) -> None:
    """Nothing runs on after the server has stopped."""
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def run(_job: Job) -> bool:
        started.set()
        try:
            return await asyncio.Event().wait()
        finally:
            cancelled.set()

    job = new_job()
    registry.submit(job, run, token=None)
    await started.wait()
    await registry.close()
    assert cancelled.is_set()
