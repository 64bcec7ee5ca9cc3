"""Pages that follow what happens: one look for all who watch the same, told as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import StreamingResponse

from fondly.runtime.parallel import now_s

SILENCE_S = 15.0
"""After so long without news a comment is sent, so that proxies keep the connection."""
MOST_WATCHERS = 200
Look = Callable[[], Awaitable[Any]]


class TooManyWatchersError(Exception):
    """More people watch than one process serves."""


@dataclass(eq=False)
class _Watch:
    """What was found last; whoever of its watchers is the first when it is due looks again for all."""

    watchers: int = 0
    found: Any = None
    due_s: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refreshed(self, look: Look, every_s: float) -> Any:  # noqa: ANN401 - the look's
        async with self.lock:
            if now_s() >= self.due_s:
                self.found = await look()
                self.due_s = now_s() + every_s
            return self.found


@dataclass
class Live:
    """What is being watched in this process, by key."""

    watches: dict[Hashable, _Watch] = field(default_factory=dict)

    def latest(self, key: Hashable) -> Any:  # noqa: ANN401 - the look's
        """Return what was last found by who follows this; None if nobody does."""
        return self.watches[key].found if key in self.watches else None

    async def follow(self, key: Hashable, look: Look, every_s: float) -> AsyncGenerator[Any]:
        """Yield what `look` returns, now and when it changes; None after a silence.

        The same `key` is looked at once for all. Raises `TooManyWatchersError`, and what `look` raises.
        """
        if sum(each.watchers for each in self.watches.values()) >= MOST_WATCHERS:
            raise TooManyWatchersError
        watch = self.watches.setdefault(key, _Watch())
        watch.watchers += 1
        told, told_s = None, now_s()
        try:
            while True:
                found = await watch.refreshed(look, every_s)
                if found != told or now_s() - told_s >= SILENCE_S:
                    yield found if found != told else None
                    told, told_s = found, now_s()
                await asyncio.sleep(watch.due_s - now_s())
        finally:
            watch.watchers -= 1
            if not watch.watchers:
                del self.watches[key]


def event(html: str) -> str:
    """Return what is sent so that a page shows this."""
    return "".join(f"data: {line}\n" for line in html.splitlines()) + "\n"


def event_stream(found: AsyncIterator[Any], render: Callable[[Any], str]) -> StreamingResponse:
    """Answer with an event for each thing found, whose data is what `render` makes of it for this viewer."""

    async def lines() -> AsyncIterator[str]:
        async for each in found:
            if each is None:
                yield ": still here\n\n"
            else:
                yield event(render(each))

    return StreamingResponse(lines(), media_type="text/event-stream")
