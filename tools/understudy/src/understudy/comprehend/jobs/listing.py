"""Filters, order and pages of a list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.comprehend.errors import invalid_filter, invalid_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.comprehend.jobs.job import Job
    from understudy.wire.service import Params

_DEFAULT_PAGE = 100


def selected(jobs: Sequence[Job], criteria: Params) -> list[Job]:
    """Return the jobs that a filter keeps, the newest first; with SubmitTimeBefore, the oldest first.

    Raises InvalidFilterException for more than one criterion.
    """
    if len(criteria) > 1:
        raise invalid_filter()
    kept = [job for job in jobs if _keeps(criteria, job)]
    return sorted(kept, key=lambda job: job.number, reverse="SubmitTimeBefore" not in criteria)


def page(
    jobs: Sequence[Job], *, token: str | None, max_results: int | None
) -> tuple[Sequence[Job], str | None]:
    """Return one page of `jobs` and the token of the next, None after the last.

    The token names the last job shown by its number, so jobs that come in between move nothing. Raises
    InvalidRequestException for a token that was not returned with a page.
    """
    rest = list(jobs) if token is None else _after(jobs, token)
    shown = rest[: max_results or _DEFAULT_PAGE]
    return shown, str(shown[-1].number) if len(shown) < len(rest) else None


def _after(jobs: Sequence[Job], token: str) -> list[Job]:
    if not token.isdecimal():
        raise invalid_token()
    last, ascending = int(token), len(jobs) > 1 and jobs[0].number < jobs[1].number
    return [job for job in jobs if (job.number > last if ascending else job.number < last)]


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
