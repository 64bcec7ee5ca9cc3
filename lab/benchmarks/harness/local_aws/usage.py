"""What a process has asked of the local AWS, and what that has taken."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

STORES, STAND_INS = "stores", "stand-ins"


@dataclass
class Usage:
    """Calls by operation, the largest of what was stored or sent by kind, CPU seconds by who took them."""

    calls: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    """Items by table."""
    sent: Counter[str] = field(default_factory=Counter)
    """Messages by topic or queue."""
    largest: dict[str, int] = field(default_factory=dict)
    """Bytes: of a table's items, of a folder's objects, of a topic's or queue's messages."""
    cpu_s_of: dict[str, float] = field(default_factory=dict)
    units: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """What AWS charges by the size of items."""
    waited_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """What calls would have taken on AWS, by operation: nobody waits for them here."""

    def saw(self, kind: str, size: int) -> None:
        """Remember the size of something if it is the largest of its kind."""
        if size > self.largest.get(kind, -1):
            self.largest[kind] = size

    @contextmanager
    def taking(self, who: str) -> Iterator[None]:
        """Count the CPU time of the block, which awaits nothing, apart from the service's."""
        started = time.thread_time()
        try:
            yield
        finally:
            self.cpu_s_of[who] = self.cpu_s_of.get(who, 0.0) + time.thread_time() - started

    def facts(self) -> dict[str, Any]:
        """Return all of it as JSON knows it."""
        return {name: dict(value) for name, value in vars(self).items()}


def refused(code: str, message: str = "", *, reasons: Sequence[dict[str, str]] = ()) -> ClientError:
    """Return the error that botocore raises for a code; `reasons` are those of a cancelled transaction."""
    response: Any = {"Error": {"Code": code, "Message": message}, "CancellationReasons": list(reasons)}
    return ClientError(response, "Local")
