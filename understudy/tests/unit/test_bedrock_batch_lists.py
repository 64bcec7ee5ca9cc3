"""Lists of batch inference jobs: filters, order and pages; and what a job says of itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from understudy.bedrock.batch.job import Job, JobStatus, Tally, job_of
from understudy.bedrock.batch.listing import page
from understudy.bedrock.models import CURRENT_MODEL_IDS, MODEL_FEATURES, Model, ModelFeatures, Models
from understudy.bedrock.request import Usage
from understudy.s3 import Location
from understudy.stored_json import as_json, from_json
from understudy.wire.errors import ServiceError

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLACE = Location("data", "in/")
MODEL = Model("a.model", ModelFeatures())


def job(number: int, name: str = "copy", status: JobStatus = JobStatus.COMPLETED) -> Job:
    """Return a job that was submitted so many minutes after noon."""
    return Job(
        number=number,
        id=f"job{number:09}",
        arn=f"arn:aws:bedrock:eu-west-1:000000000000:model-invocation-job/job{number:09}",
        detail={"jobName": name, "modelId": "a.model", "modelInvocationType": "InvokeModel"},
        model=MODEL,
        source=PLACE,
        target=PLACE,
        status=status,
        submitted=NOON + timedelta(minutes=number),
    )


JOBS = [job(0, "copy-a"), job(1, "copy-b", JobStatus.FAILED), job(2, "other"), job(3, "copy-a")]


def numbers(jobs: Sequence[Job]) -> list[int]:
    """Return the numbers of jobs."""
    return [each.number for each in jobs]


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({}, [3, 2, 1, 0]),
        ({"sortOrder": "Descending"}, [3, 2, 1, 0]),
        ({"sortOrder": "Ascending"}, [0, 1, 2, 3]),
        ({"nameContains": "copy"}, [3, 1, 0]),
        ({"nameContains": "COPY"}, []),
        ({"statusEquals": "Failed"}, [1]),
        ({"submitTimeAfter": NOON + timedelta(minutes=1)}, [3, 2]),
        ({"submitTimeBefore": NOON + timedelta(minutes=1)}, [0]),
        ({"submitTimeAfter": NOON, "submitTimeBefore": NOON + timedelta(minutes=3)}, [2, 1]),
        ({"nameContains": "copy-a", "statusEquals": "Completed", "sortOrder": "Ascending"}, [0, 3]),
    ],
)
def test_a_list_has_what_all_criteria_keep(criteria: dict[str, Any], kept: list[int]) -> None:
    """The newest first, unless it is asked for the other way round."""
    shown, token = page(JOBS, criteria)
    assert (numbers(shown), token) == (kept, None)


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_pages_go_on_where_the_last_one_ended(order: str) -> None:
    """Also if a job has come meanwhile."""
    first, token = page(JOBS, {"sortOrder": order, "maxResults": 2})
    second, end = page([*JOBS, job(4)], {"sortOrder": order, "maxResults": 9, "nextToken": token})
    shown = numbers([*first, *second])
    assert end is None
    assert shown == ([0, 1, 2, 3, 4] if order == "Ascending" else [3, 2, 1, 0])


@pytest.mark.parametrize("token", ["", "x", "-1", "1.5", "٣"])
def test_a_token_that_no_page_gave_is_refused(token: str) -> None:
    """Whatever it is."""
    with pytest.raises(ServiceError, match="ValidationException"):
        page(JOBS, {"nextToken": token})


def test_a_tally_counts_records_and_tokens() -> None:
    """A failed record has neither input nor output."""
    tally = Tally(total=4)
    tally.count(Usage(input=10, output=5))
    tally.count(Usage(input=1, output=2))
    tally.count(None)
    assert tally.manifest() == {
        "totalRecordCount": 4,
        "processedRecordCount": 3,
        "successRecordCount": 2,
        "errorRecordCount": 1,
        "inputTokenCount": 11,
        "outputTokenCount": 7,
    }


@pytest.mark.parametrize("status", list(JobStatus))
def test_a_job_is_stored_whole(status: JobStatus) -> None:
    """Also through JSON; counts of records are those of a job that has ended, or there are none yet."""
    before = job(7)
    before.tally = Tally(total=9, succeeded=4, failed=1, input_tokens=3, output_tokens=2)
    before.move(status, "why")
    after = job_of(from_json(as_json(before.stored())), MODEL)
    same = ("number", "id", "arn", "detail", "source", "target", "status", "submitted", "ended", "message")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert after.tally == (before.tally if not before.active else Tally(total=9))
    assert after.properties()["status"] == status


def test_a_job_expires_after_its_timeout() -> None:
    """A day, unless it is said otherwise."""
    usual, longer = job(0), job(0)
    longer.detail["timeoutDurationInHours"] = 72
    expiries = [each.properties()["jobExpirationTime"] - NOON for each in (usual, longer)]
    assert expiries == [timedelta(days=1), timedelta(days=3)]


@pytest.mark.parametrize("identifier", ["anthropic.claude-opus-4-7", "us.anthropic.claude-opus-4-7"])
def test_a_model_is_behind_its_profiles(identifier: str) -> None:
    """Whether or not it may be called: a stored job has it in any case."""
    models = Models(CURRENT_MODEL_IDS, MODEL_FEATURES)
    assert models.behind(identifier) == models.find(identifier)
    assert models.behind("arn:aws:bedrock:::inference-profile/gone.model").id == "gone.model"
