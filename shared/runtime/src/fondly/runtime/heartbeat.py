"""The sign of life of a service: a file that it touches while it can do its work.

A blocked event loop does not touch it, nor does a service whose queue has not answered for
`UNHEALTHY_AFTER_S`. After `GIVE_UP_AFTER_S` the service ends, to be replaced.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fondly.runtime import liveness
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import now_s

UNHEALTHY_AFTER_S = 180.0
"""Outlasts several long polls of 20 s, and a short outage of SQS."""
GIVE_UP_AFTER_S = 300.0
"""From then on the process ends: Docker's restart policies look at exit codes only, not at health."""


class Silence:
    """The time since the queue last answered, or since there last was an excuse for not asking it.

    An empty answer is an answer. A handler at work and the circuit's pause are excuses: nothing may be
    received then, and a handler whose queue is gone ends when its message cannot be renewed.
    """

    def __init__(self) -> None:
        self._broken_at = now_s()
        self._is_excused: Callable[[], object] = bool

    def excuse(self, is_excused: Callable[[], object]) -> None:
        """While this is true there is no silence."""
        self._is_excused = is_excused

    def broken(self) -> None:
        """Record an answer of the queue."""
        self._broken_at = now_s()

    def measure(self) -> float:
        """Return the seconds since the queue answered, or since the last measurement with an excuse."""
        if self._is_excused():
            self.broken()
        return now_s() - self._broken_at


log = get_logger()


class UnreachableQueueError(Exception):
    """The queue has not answered for so long that the process had better be replaced."""


@asynccontextmanager
async def heartbeat(file: Path | None, silence: Silence, *, stop: asyncio.Event) -> AsyncIterator[None]:
    """Touch the file at intervals, if there is one, unless the silence lasts too long.

    A silence that nobody may hope to end sets `stop`, and the body's end then raises `UnreachableQueueError`.
    """
    if file:
        liveness.beat(file)
    beating = asyncio.create_task(_keep_beating(file, silence))
    beating.add_done_callback(lambda _: stop.set())
    try:
        yield
    finally:
        if beating.done():
            beating.result()  # raises what kept it from touching the file
            raise UnreachableQueueError
        beating.cancel()


async def _keep_beating(file: Path | None, silence: Silence) -> None:
    """Return once the silence has lasted too long."""
    is_healthy = True
    while (silent_s := silence.measure()) < GIVE_UP_AFTER_S:
        await asyncio.sleep(liveness.BEAT_S)
        was_healthy, is_healthy = is_healthy, silent_s < UNHEALTHY_AFTER_S
        if is_healthy and file:
            liveness.beat(file)
        elif was_healthy and not is_healthy:
            log.error("queue_silent", silent_s=round(silent_s))
    log.error("queue_unreachable", silent_s=round(silent_s))
