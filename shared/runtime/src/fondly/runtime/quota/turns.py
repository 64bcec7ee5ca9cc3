"""The order in which a task's calls are sent, each when its share of the quota allows it.

A call is locked shortly before its turn: what another task has meanwhile locked or answered leaves the
queue and takes nothing of the quota.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from fondly.runtime.metrics import Metric, emit
from fondly.runtime.parallel import now_s
from fondly.runtime.quota.allowance import Allowance, Kind
from fondly.runtime.quota.division import Demand
from fondly.runtime.quota.membership import QUICK_S, Membership
from fondly.runtime.quota.shared import DynamoDBSharedQuota
from fondly.runtime.retry import PostponedError

LOOK_S = 1.0
"""How often a call that waits looks whether its turn has come earlier than it seemed."""
IDLE_S = 4.0
"""After so long without a call that waits, a task gives its share to the others."""
REPORT_S = 60.0
AHEAD_S, AHEAD_CALLS = 10.0, 2
"""How long before their turns calls are locked, and at least how many at a time."""
FRESH_S = 30.0
"""A lock that is older than this when the call's turn comes is made anew: it may have lapsed."""
Lock = Callable[[], Awaitable[bool]]
"""Locks what a call is about; false if the call need not be made."""


class StoppingError(PostponedError):
    """The service was asked to stop while a call waited for its turn."""


class WithdrawnError(Exception):
    """A call need not be made: another has asked the same."""


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
        shared: DynamoDBSharedQuota | None = None,
        stop: asyncio.Event | None = None,
    ) -> None:
        self._allowance = allowance
        self._counts, self._reported = counts, Counts()
        self._demand = Demand()
        self._membership = Membership(shared, allowance, self._demand) if shared else None
        self._queue, self._order = asyncio.Lock(), asyncio.Lock()
        self._in_front = 0
        self._begun, self._news, self._left = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._active_at = -math.inf
        self._stop = stop
        self._waiting: set[asyncio.Timeout] = set()
        self._sharing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def wait(self, tokens: float, lock: Lock | None = None) -> None:
        """Return when a call may be sent; raise `WithdrawnError` or, at a stop, `StoppingError`."""
        self._active_at = since = now_s()
        self._demand.waiting += 1
        self._attend()
        try:
            async with self._until_stopped():
                await self._begun.wait()
                async with self._front():
                    await self._lock_and_take(tokens, lock)
        finally:
            self._demand.waiting -= 1
            self._counts.waited_s += now_s() - since

    @asynccontextmanager
    async def _front(self) -> AsyncIterator[None]:
        """Let in as many calls as will be sent soon, the first to come first."""
        async with self._queue:
            while self._in_front >= max(AHEAD_CALLS, AHEAD_S * self._allowance.own_per_s(now_s())):
                self._left.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._left.wait(), LOOK_S)
                self._active_at = now_s()
        self._in_front += 1
        try:
            yield
        finally:
            self._in_front -= 1
            self._left.set()

    async def _lock_and_take(self, tokens: float, lock: Lock | None) -> None:
        if lock and not await lock():
            raise WithdrawnError
        locked_at = now_s()
        async with self._order:
            while delay_s := self._allowance.delay(now_s(), tokens):
                await asyncio.sleep(min(delay_s, LOOK_S))
                self._active_at = now_s()
            if lock and now_s() - locked_at > FRESH_S and not await lock():
                raise WithdrawnError
            self._allowance.take(now_s(), tokens)
            self._demand.sent(now_s())

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
            limit.reschedule(now_s())

    async def _share(self) -> None:
        reported_at = now_s()
        if self._membership:
            await self._membership.join()
        else:
            self._allowance.begin(now_s())
        self._begun.set()
        while not self._is_stopped and now_s() - self._active_at < IDLE_S:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), QUICK_S)
            has_news = self._news.is_set()
            self._news.clear()
            if self._membership and (has_news or self._membership.is_due):
                await self._membership.beat()
            if now_s() - reported_at >= REPORT_S:
                self._report()
                reported_at = now_s()
        self._report()
        if self._membership:
            await self._membership.leave()

    def _report(self) -> None:
        """Write what has been counted since the last report."""
        counts, before = self._counts, self._reported
        emit(
            {
                Metric.QUOTA_CALLS: counts.calls - before.calls,
                Metric.QUOTA_CALLS_THROTTLED: counts.throttled - before.throttled,
                Metric.QUOTA_WAIT_SECONDS: round(counts.waited_s - before.waited_s, 3),
                Metric.QUOTA_CALLS_PER_S: round(self._allowance.per_s(Kind.REQUESTS, now_s()), 3),
            }
        )
        self._reported = replace(counts)
