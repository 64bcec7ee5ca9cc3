"""The order in which a task's calls are sent, each when its share of the quota allows it."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from encore.runtime.metrics import Metric, emit
from encore.runtime.quota.allowance import Allowance, Kind
from encore.runtime.quota.membership import BEAT_S, Membership
from encore.runtime.quota.shared import SharedQuota
from encore.runtime.retry import PostponedError

LOOK_S = 1.0
"""How often a call that waits looks whether its turn has come earlier than it seemed."""
IDLE_S = 6.0
"""After so long without a call that waits, a task gives its share to the others."""
REPORT_S = 60.0


class StoppingError(PostponedError):
    """The service was asked to stop while a call waited for its turn."""


@dataclass
class Counts:
    """What has come of a task's calls."""

    calls: int = 0
    """Calls sent, repeated ones included."""
    throttled: int = 0
    """Calls that were throttled."""
    waited_s: float = 0.0
    """For how long calls have waited for their turns, added up."""


class Turns:
    """Calls wait here, the first to come first; the task is one of those that share as long as any do."""

    def __init__(
        self,
        allowance: Allowance,
        counts: Counts,
        *,
        shared: SharedQuota | None = None,
        stop: asyncio.Event | None = None,
    ) -> None:
        self._allowance = allowance
        self._counts = counts
        self._membership = Membership(shared, allowance) if shared else None
        self._order = asyncio.Lock()
        self._begun, self._news = asyncio.Event(), asyncio.Event()
        self._active_at = -math.inf
        self._stop = stop
        self._waiting: set[asyncio.Timeout] = set()
        self._sharing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def wait(self, tokens: float) -> None:
        """Return when a call that reserves so many tokens is to be sent.

        Raises `StoppingError` if the service stops before.
        """
        self._active_at = since = _now()
        self._attend()
        try:
            async with self._until_stopped(), self._order:
                await self._begun.wait()
                while delay_s := self._allowance.delay(_now(), tokens):
                    await asyncio.sleep(min(delay_s, LOOK_S))
                    self._active_at = _now()
                self._allowance.take(_now(), tokens)
        finally:
            self._counts.waited_s += _now() - since

    def tell(self) -> None:
        """Tell the other tasks at once what this one has found."""
        self._news.set()

    @property
    def _is_stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()

    @asynccontextmanager
    async def _until_stopped(self) -> AsyncIterator[None]:
        if self._is_stopped:
            raise StoppingError("the service is being stopped")
        limit = asyncio.timeout(None)
        try:
            async with limit:
                self._waiting.add(limit)
                try:
                    yield
                finally:
                    self._waiting.discard(limit)
        except TimeoutError as error:
            raise StoppingError("the service is being stopped") from error

    def _attend(self) -> None:
        """Have somebody look after the share while there are calls, and for the service's stop."""
        if self._sharing is None or self._sharing.done():
            self._begun.clear()
            self._sharing = asyncio.create_task(self._share())
        if self._stop and self._watching is None:
            self._watching = asyncio.create_task(self._watch(self._stop))

    async def _watch(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._news.set()
        for limit in self._waiting:
            limit.reschedule(_now())

    async def _share(self) -> None:
        reported_at, before = _now(), Counts()
        if self._membership:
            await self._membership.join()
        else:
            self._allowance.begin(_now())
        self._begun.set()
        while not self._is_stopped and _now() - self._active_at < IDLE_S:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), BEAT_S)
            self._news.clear()
            if self._membership:
                await self._membership.beat()
            if _now() - reported_at >= REPORT_S:
                self._report(before)
                reported_at = _now()
        self._report(before)
        if self._membership:
            await self._membership.leave()

    def _report(self, before: Counts) -> None:
        """Write what has been counted since `before`, and make that the present."""
        counts = self._counts
        emit(
            {
                Metric.QUOTA_CALLS: counts.calls - before.calls,
                Metric.QUOTA_CALLS_THROTTLED: counts.throttled - before.throttled,
                Metric.QUOTA_WAIT_SECONDS: round(counts.waited_s - before.waited_s, 3),
                Metric.QUOTA_CALLS_PER_S: round(self._allowance.per_s(Kind.REQUESTS, _now()), 3),
            }
        )
        before.calls, before.throttled, before.waited_s = counts.calls, counts.throttled, counts.waited_s


def _now() -> float:
    return asyncio.get_running_loop().time()
