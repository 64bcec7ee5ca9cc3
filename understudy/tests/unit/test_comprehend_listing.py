"""Lists of jobs: filters, order and pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from understudy.comprehend.jobs.job import Job, JobStatus
from understudy.comprehend.jobs.listing import page
from understudy.s3 import Location
from understudy.wire.errors import ServiceError

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLACE = Location("data", "in/")


def job(number: int, *, name: str = "", status: JobStatus = JobStatus.COMPLETED) -> Job:
    """Return a job that was submitted so many minutes after noon."""
    return Job(
        number=number,
        id=str(number),
        arn="",
        detail={"JobName": name} if name else {},
        source=PLACE,
        target=PLACE,
        status=status,
        submitted=NOON + timedelta(minutes=number),
    )


JOBS = [job(0, name="a"), job(1, status=JobStatus.FAILED), job(2, name="a"), job(3, name="b")]


def numbers(criteria: dict[str, Any]) -> list[int]:
    """Return the numbers of the jobs that a filter keeps, in order."""
    return [each.number for each in page(JOBS, criteria=criteria)[0]]


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({}, [3, 2, 1, 0]),
        ({"JobName": "a"}, [2, 0]),
        ({"JobStatus": "FAILED"}, [1]),
        ({"SubmitTimeBefore": NOON + timedelta(minutes=2)}, [0, 1]),
        ({"SubmitTimeAfter": NOON + timedelta(minutes=1)}, [3, 2]),
        ({"JobName": "none"}, []),
    ],
)
def test_a_filter_keeps_what_matches_in_its_order(criteria: dict[str, Any], kept: list[int]) -> None:
    """SubmitTimeBefore ascends, everything else descends."""
    assert numbers(criteria) == kept


def test_only_one_filter_at_a_time() -> None:
    """Two are refused by name."""
    with pytest.raises(ServiceError, match="InvalidFilterException"):
        page(JOBS, criteria={"JobName": "a", "JobStatus": "FAILED"})


def pages(jobs: Sequence[Job], criteria: dict[str, Any]) -> list[list[int]]:
    """Return the numbers of the jobs on each page of two."""
    found, token = [], None
    while True:
        shown, token = page(jobs, criteria=criteria, token=token, max_results=2)
        found.append([each.number for each in shown])
        if token is None:
            return found


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, [[3, 2], [1, 0]]),
        ({"SubmitTimeBefore": NOON + timedelta(minutes=3)}, [[0, 1], [2]]),
        ({"JobStatus": "FAILED"}, [[1]]),
    ],
)
def test_pages_hold_every_job_once(criteria: dict[str, Any], expected: list[list[int]]) -> None:
    """In both orders; the last page has no token."""
    assert pages(JOBS, criteria) == expected


def test_a_job_that_comes_between_pages_moves_no_other() -> None:
    """The second page goes on where the first ended."""
    _, token = page(JOBS, criteria={}, max_results=2)
    shown, _ = page([*JOBS, job(4)], criteria={}, token=token, max_results=2)
    assert [each.number for each in shown] == [1, 0]


def test_the_default_page_has_100_jobs() -> None:
    """One more is on the next."""
    shown, token = page([job(number) for number in range(101)], criteria={})
    assert len(shown) == 100
    assert token is not None


@pytest.mark.parametrize("token", ["", "x", "-1", "²", "1.5"])
def test_a_made_up_token_is_refused(token: str) -> None:
    """It is an invalid request."""
    with pytest.raises(ServiceError, match="InvalidRequestException"):
        page(JOBS, criteria={}, token=token)
