"""Filters, order and pages of a list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.comprehend.errors import invalid_filter, invalid_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.comprehend.jobs.job import Job
    from understudy.wire.service import Params

_DEFAULT_PAGE = 100


def page(
    jobs: Iterable[Job], *, criteria: Params, token: str | None = None, max_results: int | None = None
) -> tuple[Sequence[Job], str | None]:
    """Return one page of the jobs that a filter keeps, and the token of the next, None after the last.

    The newest come first; with SubmitTimeBefore, the oldest. The token is the number of the last job shown,
    so jobs that come or go between two pages move no other. Raises InvalidFilterException for more than one
    criterion, and InvalidRequestException for a token that was not returned with a page.
    """
    if len(criteria) > 1:
        raise invalid_filter()
    ascending, last = "SubmitTimeBefore" in criteria, _number(token)
    kept = [job for job in jobs if _keeps(criteria, job) and _follows(job, last, ascending=ascending)]
    kept.sort(key=lambda job: job.number, reverse=not ascending)
    shown = kept[: max_results or _DEFAULT_PAGE]
    return shown, str(shown[-1].number) if len(shown) < len(kept) else None


def _number(token: str | None) -> int | None:
    if token is None:
        return None
    if not (token.isascii() and token.isdecimal()):
        raise invalid_token()
    return int(token)


def _follows(job: Job, last: int | None, *, ascending: bool) -> bool:
    if last is None:
        return True
    return job.number > last if ascending else job.number < last


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
