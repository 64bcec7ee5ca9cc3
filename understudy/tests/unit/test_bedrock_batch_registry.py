"""The lifecycle of batch inference jobs, with a runner that does nothing by itself."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from understudy.bedrock.batch import JobRegistry
from understudy.bedrock.batch.errors import JobFailedError
from understudy.bedrock.batch.job import Job, JobStatus
from understudy.bedrock.models import Model, ModelFeatures
from understudy.job_store import JobStore
from understudy.s3 import Location
from understudy.wire.errors import ServiceError

PLACE = Location("bucket", "")


async def _nothing(_job: Job) -> None:
    await asyncio.sleep(0)


@dataclass
class FakeRunner:
    """Records in which state a job was when it was validated and run."""

    work: Callable[[Job], Awaitable[None]] = _nothing
    seen: list[JobStatus] = field(default_factory=list)

    async def validate(self, job: Job) -> None:
        """Count three records."""
        self.seen.append(job.status)
        job.tally.total = 3

    async def run(self, job: Job) -> None:
        """Do the work of the test."""
        self.seen.append(job.status)
        await self.work(job)


def _job() -> Job:
    return Job(
        number=0,
        id="abcdefghijkl",
        arn="arn:aws:bedrock:eu-west-1:000000000000:model-invocation-job/abcdefghijkl",
        detail={"jobName": "copy", "modelId": "a.model"},
        model=Model("a.model", ModelFeatures()),
        source=PLACE,
        target=PLACE,
    )


def _submit(runner: FakeRunner) -> tuple[JobRegistry, Job]:
    registry, job = JobRegistry(runner, JobStore(), state_delay_s=0), _job()
    registry.submit(job, token=None)
    return registry, job


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - a job has no event to wait for
        await asyncio.sleep(0)


async def _end(job: Job) -> None:
    await _until(lambda: not job.active)


async def test_a_job_is_validated_and_then_run() -> None:
    """Each in the state that says so; at the end it has a time of its end."""
    runner = FakeRunner()
    _, job = _submit(runner)
    assert job.properties()["totalRecordCount"] == 0
    await _end(job)
    assert runner.seen == [JobStatus.VALIDATING, JobStatus.IN_PROGRESS]
    assert job.status is JobStatus.COMPLETED
    assert job.ended is not None
    assert job.properties()["totalRecordCount"] == 3


async def test_a_job_that_waits_is_stopped_before_any_work() -> None:
    """Nothing is read and nothing written."""
    runner = FakeRunner()
    registry, job = _submit(runner)
    registry.stop(job.id)
    registry.stop(job.arn)
    assert job.status is JobStatus.STOPPING
    await _end(job)
    assert (job.status, runner.seen) == (JobStatus.STOPPED, [])


async def test_a_job_that_is_running_stops_when_its_runner_does() -> None:
    """What was written until then stays."""

    async def until_stopping(job: Job) -> None:
        await _until(lambda: job.stopping)

    registry, job = _submit(FakeRunner(until_stopping))
    await _until(lambda: job.status is JobStatus.IN_PROGRESS)
    registry.stop(job.id)
    await _end(job)
    assert job.status is JobStatus.STOPPED
    with pytest.raises(ServiceError, match="ConflictException"):
        registry.stop(job.id)


async def test_a_failed_job_says_why() -> None:
    """Its message is that of the error."""

    async def fail(_job: Job) -> None:
        raise JobFailedError("no such bucket")

    _, job = _submit(FakeRunner(fail))
    await _end(job)
    assert (job.status, job.message) == (JobStatus.FAILED, "no such bucket")


async def test_a_crash_fails_the_job_without_details() -> None:
    """A client learns that the fault is not its own; the log has the rest."""

    async def crash(_job: Job) -> None:
        raise ZeroDivisionError("secret")

    _, job = _submit(FakeRunner(crash))
    await _end(job)
    assert job.status is JobStatus.FAILED
    assert job.message is not None
    assert "secret" not in job.message


async def test_close_abandons_jobs_that_run() -> None:
    """The end of the server does not wait for a model."""
    started = asyncio.Event()

    async def forever(_job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    registry, job = _submit(FakeRunner(forever))
    await started.wait()
    await registry.close()
    assert job.status is JobStatus.IN_PROGRESS


Reopened = Callable[[FakeRunner], JobRegistry]


@pytest.fixture
async def reopened(tmp_path: Path) -> AsyncIterator[Reopened]:
    """A way to have the registry that a process begins with, after the one before was killed."""
    made: list[tuple[JobRegistry, JobStore]] = []

    def again(runner: FakeRunner) -> JobRegistry:
        folder = tmp_path / f"state-{len(made)}"
        if made:
            shutil.copytree(tmp_path / f"state-{len(made) - 1}", folder)
        store = JobStore(folder)
        store.open()
        registry = JobRegistry(runner, store, state_delay_s=0.005)
        registry.resume(lambda identifier: Model(identifier, ModelFeatures()))
        made.append((registry, store))
        return registry

    yield again
    for registry, store in made:
        await registry.close()
        store.close()


async def _forever(job: Job) -> None:
    job.tally.succeeded += 2
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("killed_in", "seen"),
    [
        (JobStatus.SUBMITTED, [JobStatus.VALIDATING, JobStatus.IN_PROGRESS]),
        (JobStatus.VALIDATING, [JobStatus.VALIDATING, JobStatus.IN_PROGRESS]),
        (JobStatus.SCHEDULED, [JobStatus.IN_PROGRESS]),
        (JobStatus.IN_PROGRESS, [JobStatus.IN_PROGRESS]),
    ],
)
async def test_a_killed_job_begins_its_state_anew(
    reopened: Reopened, killed_in: JobStatus, seen: list[JobStatus]
) -> None:
    """It counts each record once, and a client's token still leads to it."""
    first, job = reopened(FakeRunner(_forever)), _job()
    first.submit(job, token="t")
    await _until(lambda: job.status is killed_in)
    runner = FakeRunner()
    second = reopened(runner)
    again = second.get(job.arn)
    assert again is second.submitted_with("t")
    assert (again.detail, again.model.id, again.submitted) == (job.detail, "a.model", job.submitted)
    await _end(again)
    assert again.status is JobStatus.COMPLETED
    assert runner.seen == seen
    assert (again.tally.total, again.tally.succeeded) == (3, 0)


async def test_an_ended_job_is_as_it_was(reopened: Reopened) -> None:
    """With its counts, and it does not run again."""

    async def answer(job: Job) -> None:
        job.tally.succeeded, job.tally.failed = 2, 1

    first, job = reopened(FakeRunner(answer)), _job()
    first.submit(job, token=None)
    await _end(job)
    runner = FakeRunner()
    again = reopened(runner).get(job.id)
    assert again.properties() == job.properties()
    assert again.tally.manifest() == job.tally.manifest()
    assert runner.seen == []


async def test_a_job_that_was_stopping_is_stopped_after_a_kill(reopened: Reopened) -> None:
    """It answers nothing more."""
    first, job = reopened(FakeRunner(_forever)), _job()
    first.submit(job, token=None)
    await _until(lambda: job.status is JobStatus.IN_PROGRESS)
    first.stop(job.id)
    runner = FakeRunner()
    again = reopened(runner).get(job.id)
    await _end(again)
    assert (again.status, runner.seen) == (JobStatus.STOPPED, [])
