"""Filters, order and pages of the list of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.bedrock.batch.errors import invalid_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from understudy.bedrock.batch.job import Job
    from understudy.wire.service import Params

_DEFAULT_PAGE = 100


def page(jobs: Iterable[Job], params: Params) -> tuple[Sequence[Job], str | None]:
    """Return one page of the jobs that all criteria keep, and the token of the next, None after the last.

    The newest come first unless the order is Ascending. The token is the number of the last job shown, so
    jobs that come between two pages move no other. Raises ValidationException for a token that no list
    returned.
    """
    ascending, last = params.get("sortOrder") == "Ascending", _number(params.get("nextToken"))
    kept = [job for job in jobs if _keeps(params, job) and _follows(job, last, ascending=ascending)]
    kept.sort(key=lambda job: job.number, reverse=not ascending)
    shown = kept[: params.get("maxResults", _DEFAULT_PAGE)]
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
    before, after = criteria.get("submitTimeBefore"), criteria.get("submitTimeAfter")
    return (
        (before is None or job.submitted < before)
        and (after is None or job.submitted > after)
        and criteria.get("statusEquals", job.status) == job.status
        and criteria.get("nameContains", "") in job.detail["jobName"]
    )
