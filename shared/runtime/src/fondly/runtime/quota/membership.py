"""Keeps one task among those that share a quota while it has calls waiting, by beats of what it wants."""

import asyncio
import math
from collections.abc import Mapping
from uuid import uuid4

from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import now_s
from fondly.runtime.quota.allowance import Allowance, Kind
from fondly.runtime.quota.ceiling import Found
from fondly.runtime.quota.division import LEAST_PART, Demand, divide, equally
from fondly.runtime.quota.roster import HEARD_S, Roster, beat
from fondly.runtime.quota.shared import DynamoDBSharedQuota

BEAT_S, QUICK_S = HEARD_S, 1.0
"""How often a task beats, and while something changes."""
CHANGED, CHANGING_S = 0.1, 5.0
"""The change of a task's part that counts as one, and how long it beats quickly after one."""
KNOWN = 0.4
"""A task beats quickly while the others know of less than this part of what it wants."""
PATIENCE_S = 5.0
"""How long DynamoDB may take: calls must not wait for it longer than for their turns."""
NEWS = 0.02
"""By how much a ceiling must have grown for the others to be told."""
log = get_logger()


class Membership:
    """A task's place among those that share; if they cannot be reached, it goes on as one of as many."""

    def __init__(self, shared: DynamoDBSharedQuota, allowance: Allowance, demand: Demand) -> None:
        self._shared = shared
        self._allowance = allowance
        self._demand = demand
        self._roster = Roster()
        self._member = uuid4().hex[:12]
        self._beats = 0
        self._said_per_s = 0.0
        self._beat_at = self._changed_at = -math.inf

    async def join(self) -> None:
        """Take a place; if there are others, use little until they know of it."""
        self._roster.join()
        await self.beat()
        self._allowance.begin(now_s())

    @property
    def is_due(self) -> bool:
        """Whether a beat is: what has changed is told and asked soon, but not at once for each call."""
        now = now_s()
        since_s = now - self._beat_at
        return since_s >= BEAT_S or (since_s >= QUICK_S and self._is_changing(now))

    def _is_changing(self, now: float) -> bool:
        whole = self._allowance.calls_per_s(now)
        wants = min(whole, self._demand.per_s(now))
        is_another = self._roster.granted_per_s < KNOWN * wants if wants else self._said_per_s > 0
        return is_another or now - self._changed_at < CHANGING_S

    async def beat(self) -> None:
        """Tell the others, and learn from them; a failure changes nothing but that all count alike."""
        self._beat_at = now_s()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._beat()
        except Exception as error:  # noqa: BLE001 - whatever the cause, the task goes on with what it knows
            self._allowance.division = equally(1 + len(self._roster.others(now_s())))
            log.info("quota_not_shared", error=repr(error))

    async def leave(self) -> None:
        """Give the place up; if that fails, the others notice by its beats."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._shared.leave([self._member])
        except Exception as error:  # noqa: BLE001 - as above
            log.info("quota_not_shared", error=repr(error))

    async def _beat(self) -> None:
        self._beats += 1
        self._said_per_s = self._demand.per_s(now_s())
        state = await self._shared.beat(self._member, beat(self._beats, self._said_per_s))
        now = now_s()
        self._roster.see(now, state.beats, wants_per_s=self._said_per_s)
        self._allowance.learn(now, state.found)
        self._divide(now)
        await self._tell(state.found)
        if gone := self._roster.gone(now):
            await self._shared.leave(gone)

    def _divide(self, now: float) -> None:
        whole, before = self._allowance.calls_per_s(now), self._allowance.division.part
        others = self._roster.others(now)
        found = divide(self._roster.granted_per_s, others, whole)
        if not self._roster.is_known:
            found = found._replace(part=LEAST_PART / (1 + len(others)))
        if abs(found.part - before) > CHANGED * before:
            self._changed_at = now
        self._allowance.division = found

    async def _tell(self, known: Mapping[Kind, Found]) -> None:
        for kind, mine in self._allowance.found(now_s()).items():
            theirs = known.get(kind, Found(0, 0.0, 0.0))
            if mine.version > theirs.version or mine.per_s > theirs.per_s * (1 + NEWS):
                await self._shared.tell(kind, mine, instead_of=theirs.version)
