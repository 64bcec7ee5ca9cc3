"""Filters, order and pages of the list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.bedrock.batch.errors import invalid_token
from understudy.wire.numbered import numbered_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.bedrock.batch.job import Job
    from understudy.wire.service import Params


def page(jobs: Iterable[Job], params: Params) -> tuple[Sequence[Job], str | None]:
    """Return one page of the jobs that all criteria keep, and the token of the next, None after the last.

    The newest come first unless the order is Ascending. Raises ValidationException for a token that no list
    returned.
    """
    return numbered_page(
        (job for job in jobs if _keeps(params, job)),
        ascending=params.get("sortOrder") == "Ascending",
        token=params.get("nextToken"),
        limit=params.get("maxResults"),
        invalid_token=invalid_token,
    )


def _keeps(criteria: Params, job: Job) -> bool:
    before, after = criteria.get("submitTimeBefore"), criteria.get("submitTimeAfter")
    return (
        (before is None or job.submitted < before)
        and (after is None or job.submitted > after)
        and criteria.get("statusEquals", job.status) == job.status
        and criteria.get("nameContains", "") in job.detail["jobName"]
    )
