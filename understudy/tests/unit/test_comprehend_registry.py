"""The lifecycle of Comprehend's jobs."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from understudy.comprehend.errors import JobFailedError
from understudy.comprehend.jobs.job import Job, JobStatus
from understudy.comprehend.jobs.registry import JobRegistry
from understudy.comprehend.limits import MAX_ACTIVE_JOBS
from understudy.job_store import JobStore
from understudy.s3 import Location
from understudy.wire.errors import ServiceError

PLACE = Location("data", "in/")


@pytest.fixture
async def registry() -> AsyncIterator[JobRegistry]:
    """A registry whose states are very short."""
    made = JobRegistry(JobStore(), kind="Sentiment", state_delay_s=0.005)
    yield made
    await made.close()


@pytest.fixture
async def reopened(tmp_path: Path) -> AsyncIterator[Callable[[], JobRegistry]]:
    """A way to have the registry that a process begins with, after the one before was killed."""
    made: list[tuple[JobRegistry, JobStore]] = []

    def again() -> JobRegistry:
        folder = tmp_path / f"state-{len(made)}"
        if made:
            shutil.copytree(tmp_path / f"state-{len(made) - 1}", folder)
        store = JobStore(folder)
        store.open()
        registry = JobRegistry(store, kind="Sentiment", state_delay_s=0.005)
        made.append((registry, store))
        return registry

    yield again
    for registry, store in made:
        await registry.close()
        store.close()


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


Reopened = Callable[[], JobRegistry]


async def never(_job: Job) -> bool:
    """Do work without an end."""
    return await asyncio.Event().wait()


async def at_once(_job: Job) -> bool:
    """Do everything."""
    return True


async def test_a_killed_job_begins_anew(reopened: Reopened) -> None:
    """It has the same id, times and description; the next job has the next number."""
    first = reopened()
    job = Job(
        number=0,
        id="a" * 32,
        arn="arn:a",
        detail={"JobName": "run", "InputDataConfig": {"S3Uri": "s3://data/in/"}},
        source=PLACE,
        target=Location("data", "out.tar.gz"),
        tags=[{"Key": "run", "Value": "1"}],
    )
    first.submit(job, never, token="t")
    while job.status is not JobStatus.IN_PROGRESS:  # noqa: ASYNC110 - clients can only poll as well
        await asyncio.sleep(0.001)

    second = reopened()
    second.resume(at_once)

    again = second.get(job.id)
    assert again is second.submitted_with("t")
    assert (again.detail, again.source, again.target, again.tags, again.submitted) == (
        job.detail,
        job.source,
        job.target,
        job.tags,
        job.submitted,
    )
    assert second.next_number == 1
    assert await ended(again) is JobStatus.COMPLETED
    third = reopened()
    third.resume(never)
    assert (third.get(job.id).status, third.get(job.id).ended) == (JobStatus.COMPLETED, again.ended)


async def test_a_job_that_was_asked_to_stop_is_stopped_after_a_kill(reopened: Reopened) -> None:
    """It does no more work."""
    first, job = reopened(), new_job("asked")
    first.submit(job, never, token=None)
    first.stop(job.id)
    second = reopened()
    second.resume(never)
    assert await ended(second.get(job.id)) is JobStatus.STOPPED


async def test_why_a_job_failed_outlives_the_process(reopened: Reopened) -> None:
    """Its message is there, and it is not tried again."""

    async def fail(_job: Job) -> bool:
        raise JobFailedError("NO_ACCESS: None.")

    first, job = reopened(), new_job("failed")
    first.submit(job, fail, token=None)
    await ended(job)
    second = reopened()
    second.resume(never)
    assert second.get(job.id).message == "NO_ACCESS: None."
    assert not second.get(job.id).active


async def test_kinds_of_jobs_are_apart(tmp_path: Path) -> None:
    """Two registries have one store, and each its own jobs."""
    store = JobStore(tmp_path)
    store.open()
    kinds = [JobRegistry(store, kind=kind, state_delay_s=0) for kind in ("Sentiment", "TargetedSentiment")]
    for number, registry in enumerate(kinds):
        registry.submit(new_job(f"job-{number}"), at_once, token=None)
    assert [len(store.jobs(kind)) for kind in ("Sentiment", "TargetedSentiment", "Other")] == [1, 1, 0]
    for registry in kinds:
        await registry.close()
    store.close()
