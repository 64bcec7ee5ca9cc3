"""Starting, stopping, describing and listing Comprehend's jobs, with real AWS SDK clients."""

from collections.abc import Iterator
from typing import Any

import pytest
from comprehend_harness import (
    PADDING,
    SENTIMENT,
    TARGETED,
    HaltedReader,
    Harness,
    Serve,
    refusal,
    serve_at,
)


@pytest.fixture
def served(emulator_url: str) -> Serve:
    """A way to open harnesses on the emulator."""
    return serve_at(emulator_url)


@pytest.fixture(params=[SENTIMENT, TARGETED])
def either(request: pytest.FixtureRequest, served: Serve) -> Iterator[Harness]:
    """A harness of each type of job."""
    with served(request.param) as harness:
        yield harness


def test_the_same_token_gets_the_same_job(either: Harness) -> None:
    """A retried Start does not start a second job."""
    either.put("in/a.txt", PADDING)
    one, again = (either.start(ClientRequestToken="token-1") for _ in range(2))
    other = either.start(ClientRequestToken="token-2")
    assert one == again != other


def test_ten_jobs_of_a_type_are_active_at_once(served: Serve) -> None:
    """One more is refused until one ends; the other type has a quota of its own."""
    with served(state_delay_s=30) as harness:
        jobs = [harness.start() for _ in range(10)]
        assert refusal(harness.start) == "TooManyRequestsException"
        harness.kind = TARGETED
        harness.start()
        harness.kind = SENTIMENT
        harness.call("stop", JobId=jobs[0])
        assert refusal(harness.start) == "TooManyRequestsException"
    with served() as harness:
        harness.put("in/a.txt", PADDING)
        for _ in range(12):
            harness.wait(harness.start())


def test_a_stopped_job_keeps_what_is_done(served: Serve) -> None:
    """It is asked to stop, stops after the batch at hand, and has written the results until then."""
    reader = HaltedReader(texts=30)
    with served(TARGETED, aspects=reader) as harness:
        harness.put("in/a.txt", b"great sound\n" * 100)
        job_id = harness.start()
        assert reader.halted.wait(60)
        assert harness.describe(job_id)["JobStatus"] == "IN_PROGRESS"
        assert harness.call("stop", JobId=job_id)["JobStatus"] == "STOP_REQUESTED"
        assert harness.describe(job_id)["JobStatus"] == "STOP_REQUESTED"
        assert harness.call("stop", JobId=job_id)["JobStatus"] == "STOP_REQUESTED"
        reader.released.set()
        found = harness.wait(job_id)
        results = harness.results(job_id)
        assert harness.call("stop", JobId=job_id)["JobStatus"] == "STOPPED"
    assert found["JobStatus"] == "STOPPED"
    assert found["EndTime"]
    assert [each["Line"] for each in results] == list(range(50))


def test_a_job_that_is_done_before_it_can_stop_is_completed(served: Serve) -> None:
    """Its last batch was at hand."""
    reader = HaltedReader(texts=10)
    with served(TARGETED, aspects=reader) as harness:
        harness.put("in/a.txt", b"great sound".ljust(30, b".") * 2 + b"\n" * 450)
        harness.put("in/b.txt", b"great sound\n" * 20)
        job_id = harness.start()
        assert reader.halted.wait(60)
        harness.call("stop", JobId=job_id)
        reader.released.set()
        assert harness.wait(job_id)["JobStatus"] == "COMPLETED"


def test_synchronous_calls_are_answered_while_jobs_run(served: Serve) -> None:
    """Jobs have threads of their own, however many there are."""
    reader = HaltedReader(texts=0)
    with served(TARGETED, aspects=reader) as harness:
        harness.put("in/a.txt", b"great sound\n" * 100)
        jobs = [harness.start() for _ in range(5)]
        assert reader.halted.wait(60)
        found = harness.comprehend.batch_detect_sentiment(TextList=["Great"] * 25, LanguageCode="en")
        reader.released.set()
        assert [harness.wait(job_id)["JobStatus"] for job_id in jobs] == ["COMPLETED"] * 5
    assert len(found["ResultList"]) == 25


def test_a_job_that_has_ended_cannot_be_stopped(either: Harness) -> None:
    """Whether it completed or failed."""
    either.put("in/a.txt", PADDING)
    for source in ("in/", "none/"):
        job_id = either.start(source)
        either.wait(job_id)
        assert refusal(either.call, "stop", JobId=job_id) == "InvalidRequestException"


def test_an_unknown_job_is_not_found(either: Harness) -> None:
    """Nor is a job of the other type."""
    for job_id in ("0" * 32, "x"):
        assert refusal(either.call, "describe", JobId=job_id) == "JobNotFoundException"
        assert refusal(either.call, "stop", JobId=job_id) == "JobNotFoundException"
    job_id = either.start()
    either.kind = {SENTIMENT: TARGETED, TARGETED: SENTIMENT}[either.kind]
    assert refusal(either.call, "describe", JobId=job_id) == "JobNotFoundException"


def test_jobs_are_listed_by_pages_and_filters(either: Harness) -> None:
    """The newest come first; a filter by time turns on the job's own time."""
    properties = {
        SENTIMENT: "SentimentDetectionJobProperties",
        TARGETED: "TargetedSentimentDetectionJobProperties",
    }[either.kind]
    made = [either.start("none/", JobName=f"job-{n}") for n in range(5)]
    for job_id in made:
        either.wait(job_id)

    def listed(**params: Any) -> list[str]:  # noqa: ANN401 - any parameter
        answer = either.call("list", "jobs", **params)
        jobs = [job["JobId"] for job in answer[f"{properties}List"]]
        if "NextToken" not in answer:
            return jobs
        return jobs + listed(**{**params, "NextToken": answer["NextToken"]})

    assert listed() == listed(MaxResults=2) == made[::-1]
    assert listed(Filter={"JobName": "job-3"}) == [made[3]]
    assert listed(Filter={"JobStatus": "FAILED"}) == made[::-1]
    assert listed(Filter={"JobStatus": "COMPLETED"}) == []
    time = either.describe(made[2])["SubmitTime"]
    assert set(listed(Filter={"SubmitTimeBefore": time})) <= set(made[:2])
    assert made[2] not in listed(Filter={"SubmitTimeAfter": time})


def test_bad_lists_are_refused(either: Harness) -> None:
    """Two filters, a made-up token, and too large a page."""
    two = {"JobName": "a", "JobStatus": "FAILED"}
    assert refusal(either.call, "list", "jobs", Filter=two) == "InvalidFilterException"
    assert refusal(either.call, "list", "jobs", NextToken="made-up") == "InvalidRequestException"
    assert refusal(either.call, "list", "jobs", MaxResults=501) == "ValidationException"


@pytest.mark.parametrize(
    "extra",
    [
        {"InputDataConfig": {"S3Uri": "https://data/in/"}},
        {"OutputDataConfig": {"S3Uri": "s3://Data/out"}},
        {"OutputDataConfig": {"S3Uri": f"s3://data/{'x' * 1_024}"}},
        {"DataAccessRoleArn": "arn:aws:iam::1:role/comprehend"},
        {"LanguageCode": "xx"},
        {"InputDataConfig": {"S3Uri": "s3://data/in/", "InputFormat": "ONE_DOC_PER_PAGE"}},
        {"JobName": "x" * 257},
        {"ClientRequestToken": "no spaces"},
        {"ClientRequestToken": "x" * 65},
    ],
)
def test_values_that_violate_the_model_are_refused(either: Harness, extra: dict[str, Any]) -> None:
    """Lengths, patterns and enums are the server's to check."""
    assert refusal(either.start, **extra) == "ValidationException"
    assert either.call("list", "jobs")[next(iter(either.call("list", "jobs")))] == []


def test_a_targeted_job_is_for_english_only(served: Serve) -> None:
    """Start declares no UnsupportedLanguageException; a sentiment job takes the language."""
    with served(TARGETED) as harness:
        assert refusal(harness.start, LanguageCode="de") == "InvalidRequestException"
        harness.kind = SENTIMENT
        assert harness.start(LanguageCode="zh-TW")


def test_a_job_has_at_most_50_tags(either: Harness) -> None:
    """One more is refused by name."""
    tags = [{"Key": f"k{n}", "Value": "v"} for n in range(51)]
    assert refusal(either.start, Tags=tags) == "TooManyTagsException"
    arn = either.describe(either.start(Tags=tags[:50]))["JobArn"]
    assert either.comprehend.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags[:50]


def test_operations_on_jobs_are_throttled_apart(served: Serve) -> None:
    """Start, Describe and List have a code of their own; every operation has its own rate."""
    with served(calls_per_s=0.001) as harness:
        job_id = harness.start()
        assert refusal(harness.start) == "TooManyRequestsException"
        harness.call("describe", JobId=job_id)
        assert refusal(harness.call, "describe", JobId=job_id) == "TooManyRequestsException"
        harness.call("list", "jobs")
        assert refusal(harness.call, "list", "jobs") == "TooManyRequestsException"
        harness.comprehend.detect_sentiment(Text="a", LanguageCode="en")
        assert (
            refusal(harness.comprehend.detect_sentiment, Text="a", LanguageCode="en") == "ThrottlingException"
        )
