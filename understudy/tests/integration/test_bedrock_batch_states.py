"""Creating, stopping, describing and listing Bedrock's batch inference jobs, with an AWS SDK client."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from batch_harness import ROLE, Harness, Serve, bodies, serve_at
from bedrocks import HAIKU, REGION, SONNET, refused

from understudy.bedrock.models import ModelFeatures
from understudy.testing import ACCOUNT_ID

STATES = ["Submitted", "Validating", "Scheduled", "InProgress", "Completed"]


@pytest.fixture
def served(emulator_url: str) -> Serve:
    """A way to open harnesses on the emulator."""
    return serve_at(emulator_url)


@pytest.fixture
def harness(served: Serve) -> Iterator[Harness]:
    """Bedrock that takes jobs of any size."""
    with served(min_batch_records=1) as harness:
        harness.put("in/a.jsonl", bodies(3))
        yield harness


@pytest.fixture
def waiting(served: Serve) -> Iterator[Harness]:
    """Bedrock whose jobs stay submitted for as long as a test takes."""
    with served(state_delay_s=600) as harness:
        yield harness


def test_a_job_is_described_as_it_was_created(harness: Harness) -> None:
    """With defaults filled in; it is found by its ARN and by its id."""
    arn = harness.start(timeoutDurationInHours=48, tags=[{"key": "a", "value": "b"}])
    assert re.fullmatch(rf"arn:aws:bedrock:{REGION}:{ACCOUNT_ID}:model-invocation-job/[a-z0-9]{{12}}", arn)
    found = harness.wait(arn)
    by_id = harness.bedrock.get_model_invocation_job(jobIdentifier=arn.rpartition("/")[2])
    assert by_id["jobArn"] == arn
    assert harness.bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "a", "value": "b"}]
    assert found["inputDataConfig"]["s3InputDataConfig"] == {
        "s3InputFormat": "JSONL",
        "s3Uri": f"s3://{harness.bucket}/in/a.jsonl",
    }
    assert (found["jobName"], found["modelId"], found["roleArn"]) == ("copy", HAIKU, ROLE)
    assert found["modelInvocationType"] == "InvokeModel"
    assert found["jobExpirationTime"] - found["submitTime"] == timedelta(hours=48)
    assert found["submitTime"] <= found["endTime"] == found["lastModifiedTime"]
    assert "message" not in found


def test_a_job_passes_through_every_state(served: Serve) -> None:
    """Records are counted once they are validated."""
    with served(state_delay_s=0.2, min_batch_records=1) as harness:
        harness.put("in/a.jsonl", bodies(3))
        arn = harness.start()
        seen: dict[str, int] = {}
        while "Completed" not in seen:
            found = harness.bedrock.get_model_invocation_job(jobIdentifier=arn)
            seen.setdefault(found["status"], found["totalRecordCount"])
            time.sleep(0.01)
    assert [state for state in STATES if state in seen] == list(seen)
    assert seen.get("Submitted", 0) == seen.get("Validating", 0) == 0
    assert seen["Completed"] == 3


def test_the_same_token_gets_the_same_job(harness: Harness) -> None:
    """A retried Create does not pay twice."""
    one, again, other = (harness.start(clientRequestToken=token) for token in ("a", "a", "b"))
    assert one == again != other
    assert len(harness.bedrock.list_model_invocation_jobs()["invocationJobSummaries"]) == 2


def test_a_job_that_waits_can_be_stopped(waiting: Harness) -> None:
    """It is Stopping until its state ends; to ask again changes nothing."""
    arn = waiting.start()
    for _ in range(2):
        waiting.bedrock.stop_model_invocation_job(jobIdentifier=arn)
        assert waiting.status(arn) == "Stopping"


def test_a_job_that_has_ended_cannot_be_stopped(harness: Harness) -> None:
    """Completed or failed alike."""
    for source in ("in/a.jsonl", "in/none.jsonl"):
        arn = harness.start(source)
        harness.wait(arn)
        code, status, _ = refused(harness.bedrock.stop_model_invocation_job, jobIdentifier=arn)
        assert (code, status) == ("ConflictException", 400)


@pytest.mark.parametrize(
    "identifier", ["abcdefghijkl", f"arn:aws:bedrock:{REGION}:{ACCOUNT_ID}:model-invocation-job/abcdefghijkl"]
)
def test_an_unknown_job_is_not_found(harness: Harness, identifier: str) -> None:
    """By Get and by Stop."""
    for call in (harness.bedrock.get_model_invocation_job, harness.bedrock.stop_model_invocation_job):
        assert refused(call, jobIdentifier=identifier)[:2] == ("ResourceNotFoundException", 404)


def test_a_job_of_another_account_is_not_found(harness: Harness) -> None:
    """Though its id is the same."""
    arn = harness.start().replace(ACCOUNT_ID, "111111111111")
    code, status, _ = refused(harness.bedrock.get_model_invocation_job, jobIdentifier=arn)
    assert (code, status) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"jobName": "a b"}, "jobName"),
        ({"jobName": "a" * 64}, "jobName"),
        ({"timeoutDurationInHours": 23}, "timeoutDurationInHours"),
        ({"timeoutDurationInHours": 169}, "timeoutDurationInHours"),
        ({"roleArn": "role"}, "roleArn"),
        ({"modelInvocationType": "Chat"}, "modelInvocationType"),
        ({"clientRequestToken": "a b"}, "clientRequestToken"),
        ({"inputDataConfig": {}}, "inputDataConfig"),
        ({"outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "out/"}}}, "outputDataConfig"),
        (
            {"inputDataConfig": {"s3InputDataConfig": {"s3Uri": "s3://abc/a", "s3InputFormat": "CSV"}}},
            "s3InputFormat",
        ),
    ],
    ids=[
        *("name", "long-name", "short-timeout", "long-timeout", "role", "type", "token", "input"),
        *("output", "format"),
    ],
)
def test_an_invalid_request_is_refused(harness: Harness, changes: dict[str, Any], path: str) -> None:
    """With AWS's words for the constraint, before anything is created."""
    create = harness.bedrock.create_model_invocation_job
    code, status, message = refused(create, **harness.request(**changes))
    assert (code, status) == ("ValidationException", 400)
    assert re.match(rf"\d validation errors? detected: .*{path}", message)
    assert harness.bedrock.list_model_invocation_jobs()["invocationJobSummaries"] == []


def test_a_model_must_exist_and_take_jobs(served: Serve) -> None:
    """An unknown one is refused as by Converse."""
    with served(features={HAIKU: ModelFeatures(batch=False)}) as harness:
        create = harness.bedrock.create_model_invocation_job
        assert refused(create, **harness.request(modelId="no.such")) == (
            "ValidationException",
            400,
            "The provided model identifier is invalid.",
        )
        assert refused(create, **harness.request())[0] == "ValidationException"
        assert harness.start(modelId=SONNET)


def test_twenty_jobs_of_a_model_are_active_at_once(waiting: Harness) -> None:
    """One more is refused; another model has a quota of its own."""
    for _ in range(20):
        waiting.start()
    code, status, _ = refused(waiting.bedrock.create_model_invocation_job, **waiting.request())
    assert (code, status) == ("ServiceQuotaExceededException", 400)
    assert waiting.start(modelId=SONNET)


def _listed(harness: Harness, **params: Any) -> list[str]:  # noqa: ANN401 - any parameter
    found = harness.bedrock.list_model_invocation_jobs(**params)["invocationJobSummaries"]
    return [each["jobName"] for each in found]


def test_jobs_are_listed_by_all_criteria_together(waiting: Harness) -> None:
    """The newest come first, unless asked otherwise."""
    for name in ("copy-1", "copy-2", "features-1"):
        waiting.start(jobName=name)
        time.sleep(0.01)
    second = waiting.bedrock.list_model_invocation_jobs()["invocationJobSummaries"][1]["submitTime"]
    assert _listed(waiting) == ["features-1", "copy-2", "copy-1"]
    assert _listed(waiting, sortBy="CreationTime", sortOrder="Ascending", nameContains="copy") == [
        "copy-1",
        "copy-2",
    ]
    assert _listed(waiting, submitTimeBefore=second) == ["copy-1"]
    assert _listed(waiting, submitTimeAfter=second, statusEquals="Submitted") == ["features-1"]
    assert _listed(waiting, submitTimeAfter=second, statusEquals="Completed") == []


def test_pages_hold_every_job_once(waiting: Harness) -> None:
    """A paginator of the SDK finds them all."""
    for number in range(5):
        waiting.start(jobName=f"job-{number}")
    pages = waiting.bedrock.get_paginator("list_model_invocation_jobs").paginate(
        PaginationConfig={"PageSize": 2}
    )
    names = [[each["jobName"] for each in page["invocationJobSummaries"]] for page in pages]
    assert names == [["job-4", "job-3"], ["job-2", "job-1"], ["job-0"]]
    assert refused(waiting.bedrock.list_model_invocation_jobs, nextToken="one")[0] == "ValidationException"
