"""Reads a list that is sorted by when its objects changed, in pages by number, while it changes.

Whoever asks for pages 1, 2, 3 misses what moves from a page to come to one that was read. So each page begins
with the last moment of the one before. Only what changed within the same second is read by number, and
from its beginning if its total has changed meanwhile.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from fondly.operations.connect.model import Cursor, Found, Page, moment_before

SECOND = timedelta(seconds=1)


class Window(NamedTuple):
    """A page of what changed from `since` on (empty: ever), or only `within` that second."""

    since: str
    within: bool = False
    number: int = 1


class Part(NamedTuple):
    """A page of a window: its objects, when the last one changed, and how many the window has in all."""

    found: Sequence[Found]
    last: str
    total: int


Ask = Callable[[Window], Awaitable[Part]]


async def by_time(ask: Ask, cursor: Cursor, *, size: int) -> AsyncIterator[Page]:
    """Yield pages of `size` objects from the cursor on; the last one may be shorter."""
    while True:
        window = Window(cursor.since, within=bool(cursor.place), number=int(cursor.place or 1))
        part = await ask(window)
        following = _in_second(window, part, cursor, size) if window.within else _onward(window, part, size)
        yield Page(part.found, following or Cursor(since=part.last or cursor.since))
        if following is None:
            return
        cursor = following


def _onward(window: Window, part: Part, size: int) -> Cursor | None:
    if part.total <= size:
        return None
    if part.last > window.since:
        return Cursor(since=part.last)
    return Cursor(since=window.since, place="1")


def _in_second(window: Window, part: Part, cursor: Cursor, size: int) -> Cursor:
    if cursor.total not in {-1, part.total}:
        return Cursor(since=window.since, place="1")
    if window.number * size >= part.total:
        return Cursor(since=moment_before(window.since, -SECOND))
    return Cursor(since=window.since, place=str(window.number + 1), total=part.total)
