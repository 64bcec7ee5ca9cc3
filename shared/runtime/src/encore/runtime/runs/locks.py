"""Locks: at most one worker at a time does the paid work of a part.

A holder beats: it writes to its lock every `quiet_s / 12`. Whoever waits watches the beat by its own
monotonic clock, so clocks need not agree, and takes over when it has stood still for `quiet_s`. A holder that
could not beat for as long is stopped, so that it has let go by then. The same message delivered again is a
sign that its worker is gone: three missed beats are enough for it.

A lock saves money, it does not guard correctness: outputs have deterministic keys, and the ledger is written
conditionally. Source of the idea: C. Gray, D. Cheriton, "Leases" (SOSP 1989).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from encore.contracts.errors import TransientError
from encore.runtime.logs import get_logger
from encore.runtime.runs.items import conditionally, key
from encore.runtime.runs.run import StageName
from encore.runtime.storage import expires_at, from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

BEATS_PER_QUIET = 12
MISSED_BEATS = 3
RELEASE_S = 2.0
LOCK_PREFIX = "lock#"
TOKEN = {"#token": "token"}
"""A reserved word of DynamoDB's expressions."""
log = get_logger()


class LockLostError(TransientError):
    """The lock could not be kept: somebody else may be at the work by now."""


class _Hold(NamedTuple):
    """A lock as it was found; `token` is new each time somebody takes it, empty while nobody has it."""

    holder: str = ""
    token: str = ""
    beat: int = 0


FREE = _Hold()


class Locks:
    """Locks in the runs table: an item each, which stays behind, empty, when it is let go."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, *, quiet_s: float, keep_days: int | None = None
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._quiet_s = quiet_s
        self._keep_days = keep_days

    @asynccontextmanager
    async def hold(self, run_id: str, stage: StageName, name: str, *, holder: str) -> AsyncIterator[None]:
        """Wait for the lock on a piece of a stage, hold it for the body, then let it go, whatever happened.

        `holder` is the id of the message in hand. The body is stopped and `LockLostError` raised when the
        lock cannot be kept. Others may have done the work while this one waited: the body must look again.
        """
        item = _Item(self._dynamodb, self._table, run_id, f"{LOCK_PREFIX}{stage}#{name}", self._keep_days)
        lock = _Holder(item, holder, self._quiet_s)
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


class _Holder:
    """One holder's hand on one lock."""

    def __init__(self, item: "_Item", holder: str, quiet_s: float) -> None:
        self._item = item
        self._mine = _Hold(holder, uuid4().hex)
        self._quiet_s = quiet_s
        self._beat_s = quiet_s / BEATS_PER_QUIET

    async def take(self) -> float:
        """Return once the lock is this holder's, with the end of its lease by the event loop's clock."""
        found = FREE
        while True:
            ends_at = self._ends_at()
            if await self._item.put(self._mine, instead_of=found):
                return ends_at
            found = await self._free_or_silent()

    async def keep(self, lease: asyncio.Timeout) -> None:
        """Beat, moving the lease's end with every beat; end the lease when somebody has taken over."""
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
        """Let the lock go; if that fails it falls silent instead."""
        with suppress(Exception):
            async with asyncio.timeout(RELEASE_S):
                await self._item.clear(self._mine)

    async def _beat(self) -> bool:
        self._mine = self._mine._replace(beat=self._mine.beat + 1)
        return await self._item.beat(self._mine)

    async def _free_or_silent(self) -> _Hold:
        """Wait until nobody holds the lock or its holder has fallen silent; return that hold."""
        clock = asyncio.get_running_loop().time
        seen, since = await self._item.get(), clock()
        while seen.token and clock() - since < self._patience_s(seen):
            await asyncio.sleep(self._beat_s)
            if (found := await self._item.get()) != seen:
                seen, since = found, clock()
        return seen

    def _patience_s(self, seen: _Hold) -> float:
        return self._beat_s * MISSED_BEATS if seen.holder == self._mine.holder else self._quiet_s

    def _ends_at(self) -> float:
        return asyncio.get_running_loop().time() + self._quiet_s


class _Item:
    """A lock's item. Every write may be made twice: its answer can be lost after it was made."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, run_id: str, name: str, keep_days: int | None
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = key(run_id, name)
        self._keep_days = keep_days
        self.name = name

    async def get(self) -> _Hold:
        """Return the hold there is."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        found = from_item(reply.get("Item", {}))
        return _Hold(found.get("holder", ""), found.get("token", ""), int(found.get("beat", 0)))

    async def put(self, mine: _Hold, *, instead_of: _Hold) -> bool:
        """Put one hold in another's place, or where there is none; False when somebody else was faster."""
        put = await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=self._key | to_item({**mine._asdict(), **expires_at(self._keep_days)}),
                ConditionExpression="attribute_not_exists(#token) OR (#token = :token AND beat = :beat)",
                ExpressionAttributeNames=TOKEN,
                ExpressionAttributeValues=to_item({":token": instead_of.token, ":beat": instead_of.beat}),
            )
        )
        return put or (await self.get()).token == mine.token

    async def beat(self, mine: _Hold) -> bool:
        """Write the holder's beat; False when the lock is somebody else's."""
        return await self._update("SET beat = :beat", mine, {":beat": mine.beat})

    async def clear(self, mine: _Hold) -> None:
        """Leave the lock to whoever comes next."""
        await self._update("REMOVE #token, holder, beat", mine, {})

    async def _update(self, change: str, mine: _Hold, values: dict[str, int]) -> bool:
        return await conditionally(
            self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression=change,
                ConditionExpression="#token = :token",
                ExpressionAttributeNames=TOKEN,
                ExpressionAttributeValues=to_item({":token": mine.token, **values}),
            )
        )
