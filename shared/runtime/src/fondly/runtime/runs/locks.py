"""Locks: at most one worker at a time does the paid work of a part.

The holder increments a beat in its lock every `quiet_s / 12`. A waiting worker times the beats with its own
monotonic clock, so clocks need not agree, and takes over once there has been none for `quiet_s`. A holder
that could not write its beat for as long has stopped itself by then. If the holder's own message is delivered
again, its worker is probably dead: three missed beats are enough.

Locks save money; correctness does not depend on them: outputs have deterministic keys, and the ledger uses
conditional writes. Source of the idea: C. Gray, D. Cheriton, "Leases" (SOSP 1989).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from uuid import uuid4

from fondly.contracts.errors import TransientError
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.items import get_item, key, put_if, update_if
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import expires_at, to_item

BEATS_PER_QUIET = 12
MISSED_BEATS = 3
RELEASE_S = 2.0
LOCK_PREFIX = "lock#"
log = get_logger()


class LockLostError(TransientError):
    """The lock could not be kept: another worker may be doing the work by now."""


class _LockState(NamedTuple):
    """A lock's state; `token` is new each time the lock is taken and empty while it is free."""

    holder: str = ""
    token: str = ""
    beat: int = 0


FREE = _LockState()


class Locks:
    """Locks in the runs table, one item each; the item of a released lock stays, without its holder."""

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, *, quiet_s: float, keep_days: int | None = None
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._quiet_s = quiet_s
        self._keep_days = keep_days

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Wait for the lock on a piece of a stage, hold it for the body, and always release it.

        `holder` is the id of the message being handled. If the lock cannot be kept, the body is cancelled and
        `LockLostError` raised. Others may have done the work in the meantime: the body must check.
        """
        item = _LockItem(self._dynamodb, self._table, run_id, f"{LOCK_PREFIX}{stage}#{name}", self._keep_days)
        lock = _HeldLock(item, holder, self._quiet_s)
        lease = asyncio.timeout_at(await lock.take())
        try:
            async with lease:
                beating = asyncio.create_task(lock.keep(lease))
                try:
                    yield
                finally:
                    beating.cancel()
                    await asyncio.wait({beating})
                    await lock.release()
        except TimeoutError as error:
            if lease.expired():
                raise LockLostError(f"lost the lock on {stage} {name}") from error
            raise


class _HeldLock:
    """A lock as one holder takes, keeps and releases it."""

    def __init__(self, item: "_LockItem", holder: str, quiet_s: float) -> None:
        self._item = item
        self._mine = _LockState(holder, uuid4().hex)
        self._quiet_s = quiet_s
        self._beat_s = quiet_s / BEATS_PER_QUIET

    async def take(self) -> float:
        """Wait for the lock; return when its lease ends, in the event loop's time."""
        found = FREE
        while True:
            ends_at = self._ends_at()
            if await self._item.put(self._mine, instead_of=found):
                return ends_at
            found = await self._wait_until_free()

    async def keep(self, lease: asyncio.Timeout) -> None:
        """Extend the lease with every beat; end it if another worker has taken the lock."""
        while True:
            await asyncio.sleep(self._beat_s)
            ends_at = self._ends_at()
            try:
                is_kept = await self._beat()
            except Exception as error:  # noqa: BLE001 - whatever the cause, the lease ends unless a beat succeeds
                log.warning("lock_not_renewed", error=repr(error))
                continue
            if not is_kept:
                log.warning("lock_lost", lock=self._item.name)
                lease.reschedule(0)
                return
            lease.reschedule(ends_at)

    async def release(self) -> None:
        """Release the lock; if that fails, others take it once its beats have stopped."""
        with suppress(Exception):
            async with asyncio.timeout(RELEASE_S):
                await self._item.clear(self._mine)

    async def _beat(self) -> bool:
        self._mine = self._mine._replace(beat=self._mine.beat + 1)
        return await self._item.beat(self._mine)

    async def _wait_until_free(self) -> _LockState:
        """Wait until the lock is free or its beats have stopped; return its state."""
        clock = asyncio.get_running_loop().time
        seen, since = await self._item.get(), clock()
        while seen.token and clock() - since < self._patience_s(seen):
            await asyncio.sleep(self._beat_s)
            if (found := await self._item.get()) != seen:
                seen, since = found, clock()
        return seen

    def _patience_s(self, seen: _LockState) -> float:
        return self._beat_s * MISSED_BEATS if seen.holder == self._mine.holder else self._quiet_s

    def _ends_at(self) -> float:
        return asyncio.get_running_loop().time() + self._quiet_s


class _LockItem:
    """A lock's item. Every write may be repeated, since the response to a successful one can be lost."""

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, run_id: str, name: str, keep_days: int | None
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = key(run_id, name)
        self._keep_days = keep_days
        self.name = name

    async def get(self) -> _LockState:
        """Return the lock's state."""
        found = await get_item(self._dynamodb, self._table, self._key)
        return _LockState(found.get("holder", ""), found.get("token", ""), int(found.get("beat", 0)))

    async def put(self, mine: _LockState, *, instead_of: _LockState) -> bool:
        """Replace a free or expired state by one's own; return False if another worker did so first."""
        put = await put_if(
            self._dynamodb,
            self._table,
            self._key | to_item({**mine._asdict(), **expires_at(self._keep_days)}),
            "attribute_not_exists(#token) OR (#token = :token AND beat = :beat)",
            {":token": instead_of.token, ":beat": instead_of.beat},
            token="token",  # noqa: S106 - a reserved word in DynamoDB's expressions
        )
        return put or (await self.get()).token == mine.token

    async def beat(self, mine: _LockState) -> bool:
        """Write the holder's beat; return False if another worker has the lock."""
        return await self._update("SET beat = :beat", mine, {":beat": mine.beat})

    async def clear(self, mine: _LockState) -> None:
        """Make the lock free for the next worker."""
        await self._update("REMOVE #token, holder, beat", mine, {})

    async def _update(self, change: str, mine: _LockState, values: dict[str, int]) -> bool:
        return await update_if(
            self._dynamodb,
            self._table,
            self._key,
            change,
            condition="#token = :token",
            values={":token": mine.token, **values},
            token="token",  # noqa: S106 - as above
        )
