"""Pages that follow what happens: one look for all who watch the same, told as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import StreamingResponse

SILENCE_S = 15.0
"""After so long without news a comment is sent, so that proxies keep the connection."""
MOST_WATCHERS = 200
Look = Callable[[], Awaitable[Any]]


class TooManyWatchersError(Exception):
    """More people watch than one process serves."""


@dataclass(eq=False)
class _Watch:
    """A thing that is looked at as long as somebody watches it."""

    look: Look
    every_s: float
    news: dict[object, asyncio.Queue[Any]] = field(default_factory=dict)
    latest: Any = None
    task: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        self.task = asyncio.create_task(self.run())

    async def run(self) -> None:
        while True:
            found = await self.look()
            if found != self.latest:
                self.latest = found
                for queue in self.news.values():
                    with suppress(asyncio.QueueFull):
                        queue.put_nowait(found)
            await asyncio.sleep(self.every_s)


@dataclass
class Live:
    """What is being watched in this process, by key."""

    watches: dict[Hashable, _Watch] = field(default_factory=dict)

    def latest(self, key: Hashable) -> Any:  # noqa: ANN401 - the look's
        """Return what was last found by who follows this; None if nobody does."""
        return self.watches[key].latest if key in self.watches else None

    async def follow(self, key: Hashable, look: Look, every_s: float) -> AsyncIterator[Any]:
        """Yield what `look` returns, now and when it changes; None after a silence.

        The same `key` is looked at once for all. Raises `TooManyWatchersError`, and what `look` raises.
        """
        if sum(len(each.news) for each in self.watches.values()) >= MOST_WATCHERS:
            raise TooManyWatchersError
        if (watch := self.watches.get(key)) is None:
            watch = self.watches[key] = _Watch(look, every_s)
        mine: asyncio.Queue[Any] = asyncio.Queue(maxsize=2)
        watch.news[mine] = mine
        if watch.latest is not None:
            mine.put_nowait(watch.latest)
        try:
            while True:
                yield await self._next(watch, mine)
        finally:
            del watch.news[mine]
            if not watch.news:
                watch.task.cancel()
                del self.watches[key]

    async def _next(self, watch: _Watch, mine: asyncio.Queue[Any]) -> Any:  # noqa: ANN401 - the look's
        getting = asyncio.create_task(mine.get())
        try:
            done, _ = await asyncio.wait(
                {getting, watch.task}, timeout=SILENCE_S, return_when="FIRST_COMPLETED"
            )
        finally:
            if not getting.done():  # also if nobody watches any more
                getting.cancel()
        if getting in done:
            return getting.result()
        if watch.task in done:
            watch.task.result()  # raises why nobody looks any more
        return None


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
