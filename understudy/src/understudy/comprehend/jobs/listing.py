"""Filters, order and pages of a list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.comprehend.errors import invalid_filter, invalid_token
from understudy.wire.numbered import numbered_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.comprehend.jobs.job import Job
    from understudy.wire.service import Params


def page(
    jobs: Iterable[Job], *, criteria: Params, token: str | None = None, max_results: int | None = None
) -> tuple[Sequence[Job], str | None]:
    """Return one page of the jobs that a filter keeps, and the token of the next, None after the last.

    The newest come first; with SubmitTimeBefore, the oldest. Raises InvalidFilterException for more than one
    criterion, and InvalidRequestException for a token that was not returned with a page.
    """
    if len(criteria) > 1:
        raise invalid_filter()
    return numbered_page(
        (job for job in jobs if _keeps(criteria, job)),
        ascending="SubmitTimeBefore" in criteria,
        token=token,
        limit=max_results,
        invalid_token=invalid_token,
    )


def _keeps(criteria: Params, job: Job) -> bool:
    match criteria:
        case {"JobName": name}:
            return bool(job.detail.get("JobName") == name)
        case {"JobStatus": status}:
            return bool(job.status == status)
        case {"SubmitTimeBefore": time}:
            return bool(job.submitted < time)
        case {"SubmitTimeAfter": time}:
            return bool(job.submitted > time)
        case _:
            return True
