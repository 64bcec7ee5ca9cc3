"""Keeps one task among those that share a quota while it has calls waiting."""

import asyncio
from collections.abc import Mapping
from uuid import uuid4

from encore.runtime.logs import get_logger
from encore.runtime.quota.allowance import Allowance, Kind
from encore.runtime.quota.ceiling import Found
from encore.runtime.quota.roster import Roster
from encore.runtime.quota.shared import SharedQuota

BEAT_S = 3.0
PATIENCE_S = 5.0
"""How long DynamoDB may take: calls must not wait for it longer than for their turns."""
NEWS = 0.02
"""By how much a ceiling must have grown for the others to be told."""
log = get_logger()


class Membership:
    """A task's place among those that share; if they cannot be reached, it goes on as one of as many."""

    def __init__(self, shared: SharedQuota, allowance: Allowance) -> None:
        self._shared = shared
        self._allowance = allowance
        self._roster = Roster()
        self._member = uuid4().hex[:12]
        self._beats = 0

    async def join(self) -> None:
        """Take a place; if there are others, use little until they know of it."""
        await self.beat()
        others = self._allowance.sharing > 1
        self._allowance.begin(_now(), unknown_s=BEAT_S if others else 0.0)

    async def beat(self) -> None:
        """Tell the others, and learn from them; a failure changes nothing."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._beat()
        except Exception as error:  # noqa: BLE001 - whatever the cause, the task goes on with what it knows
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
        state = await self._shared.beat(self._member, self._beats)
        now = _now()
        self._roster.see(now, state.beats)
        self._allowance.sharing = 1 + self._roster.alive(now)
        self._allowance.learn(now, state.found)
        await self._tell(state.found)
        if gone := self._roster.gone(now):
            await self._shared.leave(gone)

    async def _tell(self, known: Mapping[Kind, Found]) -> None:
        for kind, mine in self._allowance.found(_now()).items():
            theirs = known.get(kind, Found(0, 0.0, 0.0))
            if mine.version > theirs.version or mine.per_s > theirs.per_s * (1 + NEWS):
                await self._shared.tell(kind, mine, instead_of=theirs.version)


def _now() -> float:
    return asyncio.get_running_loop().time()
