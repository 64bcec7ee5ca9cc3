"""Locks and latest runs in DynamoDB."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fondly.runtime.retry import is_transient
from fondly.runtime.runs.latest import LatestRun, LatestRuns
from fondly.runtime.runs.locks import FREE, LockLostError, Locks, _LockItem, _LockState
from fondly.runtime.runs.run import StageName

if TYPE_CHECKING:
    from shared.runtime.tests.integration.conftest import RunsTable

QUIET_S = 4.0
BEAT_S = QUIET_S / 12
LocksOf = Callable[..., Locks]


@pytest.fixture
def locks_of(runs_table: "RunsTable") -> LocksOf:
    """Returns the locks of another worker at every call."""

    def make(quiet_s: float = QUIET_S) -> Locks:
        return Locks(*runs_table, quiet_s=quiet_s)

    return make


async def hold(locks: Locks, holder: str, *, work_s: float = 0.0, log: list[str] | None = None) -> float:
    """Hold the lock on a part for `work_s`; return how long it took to get."""
    started = time.monotonic()
    async with locks.hold("r", StageName.SENTIMENT, "part-00001", holder=holder):
        waited_s = time.monotonic() - started
        if log is not None:
            log.append(f"{holder} in")
        await asyncio.sleep(work_s)
        if log is not None:
            log.append(f"{holder} out")
    return waited_s


def cut_off(locks: Locks, *, after: int = 0) -> None:
    """Make a worker's beats and its release fail, as if it had been killed, after some beats."""
    client, beats = locks._dynamodb, itertools.count(1)

    async def beat(**request: object) -> object:
        if next(beats) > after:
            raise ConnectionError
        return await client.update_item(**request)  # type: ignore[arg-type] # as it was made

    locks._dynamodb = _Patched(client, update_item=beat)  # type: ignore[assignment] # a client


class _Patched:
    """A client with some operations replaced."""

    def __init__(self, client: object, **operations: object) -> None:
        self._client = client
        vars(self).update(operations)

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)


async def test_a_second_message_waits_until_the_lock_is_released(locks_of: LocksOf) -> None:
    """Two messages never work on a part at the same time, however long the first takes."""
    log: list[str] = []
    first = asyncio.create_task(hold(locks_of(), "m1", work_s=1.5 * QUIET_S, log=log))
    await asyncio.sleep(0.3)
    await hold(locks_of(), "m2", log=log)
    await first
    assert log == ["m1 in", "m1 out", "m2 in", "m2 out"]


async def test_a_lock_is_released_when_the_body_fails_or_is_cancelled(locks_of: LocksOf) -> None:
    """The next holder gets it at once."""
    locks = locks_of(60)
    with pytest.raises(ValueError, match="broken"):
        async with locks.hold("r", StageName.SENTIMENT, "part-00001", holder="m1"):
            raise ValueError("broken")
    stopped = asyncio.create_task(hold(locks, "m2", work_s=60))
    await asyncio.sleep(0.3)
    stopped.cancel()
    await asyncio.wait({stopped})
    assert stopped.cancelled()
    assert await hold(locks, "m3") < 30


async def test_a_lock_without_beats_is_taken_over(locks_of: LocksOf) -> None:
    """By another message after `quiet_s`, by the same message after three missed beats."""
    for holder, at_least_s, at_most_s in (("m2", QUIET_S, 2 * QUIET_S), ("m1", 3 * BEAT_S, QUIET_S)):
        killed = locks_of()
        cut_off(killed)
        dead = asyncio.create_task(hold(killed, "m1", work_s=60))
        await asyncio.sleep(0.2)
        assert at_least_s <= await hold(locks_of(), holder) < at_most_s
        dead.cancel()
        await asyncio.wait({dead})


async def test_a_lock_whose_holder_has_beaten_meanwhile_is_not_taken_over(runs_table: "RunsTable") -> None:
    """It was only slow: whoever saw no beat for long has to begin to wait again."""
    item = _LockItem(*runs_table, "r", "lock#part-00001", keep_days=None)
    slow, waiting = _LockState("m1", "a"), _LockState("m2", "b")
    assert await item.put(slow, instead_of=FREE)
    assert await item.beat(slow._replace(beat=1))
    assert not await item.put(waiting, instead_of=slow)
    assert await item.put(waiting, instead_of=slow._replace(beat=1))


@pytest.mark.parametrize("beats", [0, 2])
async def test_a_holder_that_cannot_beat_is_stopped(locks_of: LocksOf, beats: int) -> None:
    """By then another worker may have the lock; the failure is transient."""
    locks = locks_of(0.6)
    cut_off(locks, after=beats)
    with pytest.raises(LockLostError) as lost:
        await asyncio.wait_for(hold(locks, "m1", work_s=60), 5)
    assert is_transient(lost.value)


async def test_a_holder_is_stopped_at_its_next_beat_after_a_takeover(locks_of: LocksOf) -> None:
    """A worker that was paused for long notices that it has lost the lock."""
    stalled = locks_of(60)
    log: list[str] = []
    old = asyncio.create_task(hold(stalled, "m1", work_s=60, log=log))
    await asyncio.sleep(0.2)
    with pytest.raises(LockLostError):
        async with locks_of(1.2).hold("r", StageName.SENTIMENT, "part-00001", holder="m1"):
            await asyncio.wait_for(old, 10)
    assert log == ["m1 in"]


async def test_a_timeout_in_the_body_is_not_a_lost_lock(locks_of: LocksOf) -> None:
    """Only the end of the lock's own lease raises `LockLostError`."""
    with pytest.raises(TimeoutError) as caught:
        async with locks_of().hold("r", StageName.SENTIMENT, "part-00001", holder="m1"):
            raise TimeoutError
    assert not isinstance(caught.value, LockLostError)


async def test_the_latest_run_moves_only_from_the_version_read(
    runs_table: "RunsTable",
) -> None:
    """Of two workers that read the same, one succeeds; a change there and back is noticed too."""
    latest = LatestRuns(*runs_table)
    read = await latest.get("s3://b/k")
    assert read == LatestRun()
    assert await latest.move("s3://b/k", "r1", after=read)
    assert not await latest.move("s3://b/k", "r2", after=read)
    first = await latest.get("s3://b/k")
    assert await latest.move("s3://b/k", "r2", after=first)
    assert await latest.move("s3://b/k", "r1", after=await latest.get("s3://b/k"))
    assert not await latest.move("s3://b/k", "r3", after=first)
    assert (await latest.get("s3://b/k")).run_id == "r1"
