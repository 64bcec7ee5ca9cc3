"""What a platform gives: objects as rows of Fondly's own files, a page at a time, and where to go on."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

Row = dict[str, str]
"""Cells by column, of those that `sets.COLUMNS` lists; without those that say nothing."""
Json = dict[str, Any]
OVERLAP = timedelta(minutes=5)
"""By so much servers may disagree about the time, and commit what is older after what is newer."""


class Found(NamedTuple):
    """An object of a platform; `rows` is None for one that is gone, empty for one that says nothing."""

    kind: str
    """`products`, `customers`, `orders` or `reviews`, or a platform's own that makes no file."""
    id: str
    rows: Sequence[Row] | None
    customer_id: str = ""
    """Whose it is, as ingest calls them; empty for what is nobody's."""
    about: Sequence[str] = ()
    """Ids of products of which `shared` is true."""
    shared: Row | None = None


class Cursor(BaseModel):
    """Where to go on: with what changed `since` (ISO 8601, UTC; empty: ever), at a `place` in that."""

    model_config = ConfigDict(frozen=True)
    since: str = ""
    place: str = ""
    total: int = -1
    """How many objects there were when `place` was named; below 0 if nobody knows."""

    def again(self) -> "Cursor":
        """Return where the next look begins: earlier by the overlap, unless this one was interrupted."""
        if not self.since or self.place:
            return self
        return Cursor(since=moment_before(self.since, OVERLAP))

    def ended(self, began: datetime) -> "Cursor":
        """Return where a finished look has come to: a clock that runs ahead hides nothing of what follows."""
        return Cursor(since=min(self.since, instant(began)))


class Page(NamedTuple):
    """Some objects, and where to go on after them."""

    found: Sequence[Found]
    cursor: Cursor = Cursor()


class Platform(Protocol):
    """A shop's platform, read only. What cannot be read raises `OperationError`."""

    changing: tuple[str, ...]
    """Kinds that can be asked for what has changed."""
    whole: tuple[str, ...]
    """Kinds that must be listed anew each time."""

    def changed(self, kind: str, cursor: Cursor) -> AsyncIterator[Page]:
        """Yield what has changed, and where to go on."""

    def listed(self, kind: str) -> AsyncIterator[Page]:
        """Yield everything of a kind; of a changing kind the ids alone."""

    async def count(self, kind: str) -> int:
        """Return how many objects of a changing kind there are."""

    async def exists(self, kind: str, object_id: str) -> bool:
        """Whether there is such an object now: a list that changes while it is read may miss one."""


def instant(at: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_before(at: str, delta: timedelta) -> str:
    """Return an earlier moment."""
    return instant(datetime.fromisoformat(at) - delta)
