"""Start, Describe, List and Stop of jobs, called directly, with work that the test decides."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from understudy.comprehend.errors import JobFailedError
from understudy.comprehend.jobs import JOB_KINDS, JobOperations, JobRegistry, tags_of_jobs
from understudy.comprehend.jobs.job import Job
from understudy.comprehend.limits import MAX_ACTIVE_JOBS, MAX_TAGS
from understudy.job_store import JobStore
from understudy.wire.errors import ServiceError
from understudy.wire.service import Params

ROLE = "arn:aws:iam::000000000000:role/comprehend"
REQUEST: Params = {
    "InputDataConfig": {"S3Uri": "s3://data/in/"},
    "OutputDataConfig": {"S3Uri": "s3://data/out"},
    "DataAccessRoleArn": ROLE,
    "LanguageCode": "en",
}


@dataclass
class FakeAnalysis:
    """Knows two languages."""

    languages: frozenset[str] = frozenset({"en", "de"})


@dataclass
class FakeRunner:
    """Works until it is told how to end."""

    analysis: FakeAnalysis = field(default_factory=FakeAnalysis)
    going_on: asyncio.Event = field(default_factory=asyncio.Event)
    failure: JobFailedError | None = None

    async def run(self, _job: Job) -> bool:
        """Do the work."""
        await self.going_on.wait()
        if self.failure is not None:
            raise self.failure
        return True


@dataclass
class Jobs:
    """The operations on jobs of one kind, by verb."""

    operations: JobOperations
    runner: FakeRunner

    async def start(self, **changes: Any) -> Params:  # noqa: ANN401 - any parameter
        """Start a job."""
        return await self.operations.start({**REQUEST, **changes})

    async def described(self, job_id: str) -> Params:
        """Describe a job."""
        [found] = (await self.operations.describe({"JobId": job_id})).values()
        return dict(found)

    async def ended(self, job_id: str) -> Params:
        """Return a job that has ended."""
        while "EndTime" not in await self.described(job_id):  # noqa: ASYNC110 - as a client
            await asyncio.sleep(0.001)
        return await self.described(job_id)


Made = Callable[..., Jobs]


@pytest.fixture
async def made() -> AsyncIterator[Made]:
    """A way to have the operations of a kind of job."""
    registries: list[JobRegistry] = []

    def jobs(noun: str = "Sentiment") -> Jobs:
        runner = FakeRunner()
        registries.append(JobRegistry(JobStore(), kind=noun, state_delay_s=0.002))
        operations = JobOperations(
            kind=JOB_KINDS[noun],
            runner=cast("Any", runner),
            registry=registries[-1],
            region="eu-west-1",
            account_id="123456789012",
        )
        return Jobs(operations, runner)

    yield jobs
    for registry in registries:
        await registry.close()


async def refused(call: Any) -> str:  # noqa: ANN401 - any awaitable
    """Return the code of the error that a call gets."""
    with pytest.raises(ServiceError) as failure:
        await call
    return failure.value.code


@pytest.mark.parametrize(
    ("noun", "kind", "folder"),
    [
        ("Sentiment", "sentiment-detection-job", "SENTIMENT"),
        ("TargetedSentiment", "targeted-sentiment-detection-job", "TS"),
    ],
)
async def test_a_job_is_described_from_its_start(made: Made, noun: str, kind: str, folder: str) -> None:
    """With the path of the archive that it will write, and the format that it was not told."""
    jobs = made(noun)
    started = await jobs.start(JobName="run", Tags=[{"Key": "a", "Value": "b"}])
    assert started["JobStatus"] == "SUBMITTED"
    assert started["JobArn"] == f"arn:aws:comprehend:eu-west-1:123456789012:{kind}/{started['JobId']}"
    shown = await jobs.described(started["JobId"])
    path = f"s3://data/out/123456789012-{folder}-{started['JobId']}/output/output.tar.gz"
    assert shown["OutputDataConfig"]["S3Uri"] == path
    assert shown["InputDataConfig"] == {"S3Uri": "s3://data/in/", "InputFormat": "ONE_DOC_PER_FILE"}
    assert (shown["JobName"], shown["DataAccessRoleArn"], shown["LanguageCode"]) == ("run", ROLE, "en")
    assert {"Tags", "ClientRequestToken", "EndTime", "Message"}.isdisjoint(shown)


async def test_operations_are_named_by_the_kind(made: Made) -> None:
    """Four of each."""
    names = {name for noun in JOB_KINDS for name in made(noun).operations.operations()}
    assert len(names) == 8
    assert {"StartSentimentDetectionJob", "ListTargetedSentimentDetectionJobs"} <= names


async def test_the_same_token_gets_the_same_job(made: Made) -> None:
    """Whatever else is asked; without one, each request is a job."""
    jobs = made()
    first = await jobs.start(ClientRequestToken="t")
    again = await jobs.start(ClientRequestToken="t", LanguageCode="de")
    assert again["JobId"] == first["JobId"]
    assert len({(await jobs.start())["JobId"] for _ in range(2)} - {first["JobId"]}) == 2


async def test_what_a_job_cannot_do_is_refused_at_once(made: Made) -> None:
    """A language that the analysis does not know, and too many tags; no job is made of it."""
    jobs = made()
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(MAX_TAGS + 1)]
    assert await refused(jobs.start(LanguageCode="fr")) == "InvalidRequestException"
    assert await refused(jobs.start(Tags=tags)) == "TooManyTagsException"
    listed = await jobs.operations.list_jobs({})
    assert listed == {"SentimentDetectionJobPropertiesList": []}


async def test_as_many_jobs_as_the_quota_are_active(made: Made) -> None:
    """One more is refused until another has ended; the same token is no more."""
    jobs = made()
    started = [await jobs.start(ClientRequestToken=f"t{number}") for number in range(MAX_ACTIVE_JOBS)]
    assert await refused(jobs.start()) == "TooManyRequestsException"
    assert (await jobs.start(ClientRequestToken="t0"))["JobId"] == started[0]["JobId"]
    jobs.runner.going_on.set()
    await jobs.ended(started[0]["JobId"])
    await jobs.start()


async def test_a_job_that_fails_says_why(made: Made) -> None:
    """In its message, and it cannot be stopped any more."""
    jobs = made()
    jobs.runner.failure = JobFailedError("NO_READ_ACCESS_TO_INPUT: None.")
    jobs.runner.going_on.set()
    job_id = (await jobs.start())["JobId"]
    shown = await jobs.ended(job_id)
    assert (shown["JobStatus"], shown["Message"]) == ("FAILED", "NO_READ_ACCESS_TO_INPUT: None.")
    assert await refused(jobs.operations.stop({"JobId": job_id})) == "InvalidRequestException"


async def test_a_job_is_stopped_once(made: Made) -> None:
    """To ask again changes nothing."""
    jobs = made()
    job_id = (await jobs.start())["JobId"]
    for _ in range(2):
        assert await jobs.operations.stop({"JobId": job_id}) == {
            "JobId": job_id,
            "JobStatus": "STOP_REQUESTED",
        }
    assert (await jobs.ended(job_id))["JobStatus"] == "STOPPED"
    assert (await jobs.operations.stop({"JobId": job_id}))["JobStatus"] == "STOPPED"


async def test_a_list_is_filtered_and_comes_in_pages(made: Made) -> None:
    """The newest first."""
    jobs = made()
    ids = [(await jobs.start(JobName=name))["JobId"] for name in ("a", "b", "a")]
    key = "SentimentDetectionJobPropertiesList"
    first = await jobs.operations.list_jobs({"MaxResults": 2})
    second = await jobs.operations.list_jobs({"MaxResults": 2, "NextToken": first["NextToken"]})
    assert [each["JobId"] for each in [*first[key], *second[key]]] == ids[::-1]
    assert "NextToken" not in second
    named = await jobs.operations.list_jobs({"Filter": {"JobName": "a"}})
    assert [each["JobId"] for each in named[key]] == [ids[2], ids[0]]


async def test_tags_are_found_by_arn_among_all_kinds(made: Made) -> None:
    """A job that there is not has none."""
    kinds = [made("Sentiment"), made("TargetedSentiment")]
    tags = [{"Key": "run", "Value": "1"}]
    arns = [(await jobs.start(Tags=tags))["JobArn"] for jobs in kinds]
    list_tags = tags_of_jobs([jobs.operations.registry for jobs in kinds])
    for arn in arns:
        assert await list_tags({"ResourceArn": arn}) == {"ResourceArn": arn, "Tags": tags}
    assert await refused(list_tags({"ResourceArn": f"{arns[0]}x"})) == "ResourceNotFoundException"


async def test_a_job_that_there_is_not_is_not_found(made: Made) -> None:
    """Neither described nor stopped; one of another kind neither."""
    sentiment, targeted = made("Sentiment"), made("TargetedSentiment")
    job_id = (await sentiment.start())["JobId"]
    for call in (targeted.operations.describe, targeted.operations.stop):
        assert await refused(call({"JobId": job_id})) == "JobNotFoundException"
