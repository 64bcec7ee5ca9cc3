"""What queues' dead letters were a moment ago, for everybody who looks: receiving hides them meanwhile.

One look serves all viewers until it is too old. Whoever moves or deletes dead letters waits for a look that
is under way, and receives them anew: between two looks they are visible to everybody.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.dead_letters.dead_letter import DeadLetter
from fondly.operations.dead_letters.received import receive_dead_letters
from fondly.operations.environment import Environment
from fondly.operations.formatting import since

MOST = 1_000


class Snapshot(BaseModel):
    """The dead letters of a queue, as they were at a moment: at most `MOST` of `total`."""

    queue: str
    at: datetime
    total: int
    dead_letters: list[DeadLetter]


async def dead_letters(environment: Environment, queue: str) -> Snapshot:
    """Show a queue's dead letters with their reasons."""
    return await Snapshots(environment, max_age_s=0).of(queue)


class Snapshots:
    """The latest snapshot of each queue that somebody has looked at, none older than `max_age_s`."""

    def __init__(self, environment: Environment, max_age_s: float) -> None:
        self.environment = environment
        self._max_age_s = max_age_s
        self._known: dict[str, Snapshot] = {}
        self._looking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, queue: str) -> Snapshot:
        """Return a queue's dead letters; raise `OperationError` if there is no such queue."""
        name = self.environment.known_queue(queue)
        async with self._looking[name]:
            known = self._known.get(name)
            if known is None or since(known.at) > self._max_age_s:
                known = self._known[name] = await self._look(name)
        return known

    @asynccontextmanager
    async def alone(self, queue: str) -> AsyncIterator[None]:
        """Let the body change a queue's dead letters; whoever looks next sees what is left."""
        name = self.environment.known_queue(queue)
        async with self._looking[name]:
            try:
                yield
            finally:
                self._known.pop(name, None)

    async def _look(self, name: str) -> Snapshot:
        at = utc_now()
        async with receive_dead_letters(self.environment, name, limit=MOST) as received:
            found = list(received.dead_letters)
        return Snapshot(queue=name, at=at, total=received.total, dead_letters=found)
