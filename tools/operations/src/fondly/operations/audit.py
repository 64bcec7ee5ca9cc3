"""Who did what, and when: kept in the runs table by month, for as long as runs are, and 400 days at least.

An act is noted before it is done, and once more when it has ended. Whoever dies in between leaves a note that
it began: an act that has happened is never missing, and one of which nobody knows the end is seen to be one.
What cannot be noted is not done.
"""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from fondly.contracts.clock import utc_now
from fondly.operations.delivery.deployed import deployed
from fondly.operations.environment import Environment
from fondly.runtime.runs.by_month import ByMonth
from fondly.runtime.storage import expires_at

KIND = "audit"
LEAST_DAYS = 400
NO_DETAILS: Mapping[str, str] = MappingProxyType({})
Ended = Literal["begun", "done", "failed"]
"""How an act ended. What is `begun` goes on, or was broken off; that, and what has failed, may be done."""


class AuditEntry(BaseModel):
    """What somebody did. `about` is a run's id, a queue or a customer's digest, never who a customer is."""

    model_config = ConfigDict(frozen=True)
    at: datetime
    by: str
    act: str
    """One word, such as `redrive`."""
    about: str
    details: dict[str, str] = {}
    ended: Ended = "done"


class AuditPage(BaseModel):
    """Entries, the latest first; `next` is what to give as `before` for the page after, None at the end."""

    entries: list[AuditEntry]
    next: str | None = None


@asynccontextmanager
async def noted(
    environment: Environment, *, by: str, act: str, about: str, details: Mapping[str, str] = NO_DETAILS
) -> AsyncIterator[dict[str, str]]:
    """Note that somebody begins to do what the body does, then how it ended; the body may add details."""
    settings = await deployed(environment)
    keep_days = max(LEAST_DAYS, settings.retention_days if settings else 0)
    log, name, told = await _log(environment), uuid4().hex[:8], dict(details)
    entry = AuditEntry(at=utc_now(), by=by, act=act, about=about, details=told, ended="begun")

    async def put(ended: Ended) -> None:
        values = entry.model_dump(mode="json") | {"details": told, "ended": ended} | expires_at(keep_days)
        await log.put(entry.at.isoformat(), name, values)

    await put("begun")
    try:
        yield told
    except (Exception, CancelledError):
        await put("failed")
        raise
    await put("done")


@asynccontextmanager
async def each_noted(
    environment: Environment,
    about: Iterable[str],
    *,
    by: str,
    act: str,
    details: Mapping[str, str] = NO_DETAILS,
) -> AsyncIterator[None]:
    """Note the same act about each of several."""
    async with AsyncExitStack() as stack:
        for each in about:
            await stack.enter_async_context(noted(environment, by=by, act=act, about=each, details=details))
        yield


async def entries(environment: Environment, *, before: str | None = None, limit: int = 50) -> AuditPage:
    """Return at most `limit` entries before a page's `next`, a day or a month."""
    found: list[AuditEntry] = []
    last = ""
    async for item in (await _log(environment)).latest_first(before):
        if len(found) == limit:
            return AuditPage(entries=found, next=last)
        found.append(AuditEntry.model_validate(item))
        last = item["item"]
    return AuditPage(entries=found)


async def _log(environment: Environment) -> ByMonth:
    return ByMonth(environment.dynamodb, await environment.table("runs"), KIND)
