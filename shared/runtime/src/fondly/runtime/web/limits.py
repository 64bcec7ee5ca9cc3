"""How many requests are answered: a bucket of requests for each caller, and one for all."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

HOLDS_S = 2.0
"""For how many seconds a bucket holds: so much may come at once after a pause."""
MOST_CALLERS = 10_000


@dataclass(slots=True)
class Bucket:
    """Fills with `per_s` requests a second, and holds those of `HOLDS_S`, at least one."""

    per_s: float
    level: float
    at: float

    @classmethod
    def full(cls, per_s: float, now: float) -> "Bucket":
        """Return a bucket that nobody has taken from."""
        return cls(per_s, max(1.0, per_s * HOLDS_S), now)

    def wait_s(self, now: float) -> float:
        """Return for how many seconds there is no request in it; 0 if there is one."""
        self.level = min(max(1.0, self.per_s * HOLDS_S), self.level + max(0.0, now - self.at) * self.per_s)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.per_s

    def take(self) -> None:
        """Take a request."""
        self.level -= 1


@dataclass(kw_only=True)
class RateLimits:
    """The limits of one process. A refused request takes nothing: insisting locks nobody out."""

    per_s: float
    caller_per_s: float
    clock: Callable[[], float] = monotonic
    _all: Bucket = field(init=False)
    _callers: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._all = Bucket.full(self.per_s, self.clock())

    def take(self, caller: str) -> float:
        """Take a request of a caller; return 0, or for how many seconds there is none to take."""
        now = self.clock()
        own = self._callers.pop(caller, None) or Bucket.full(self.caller_per_s, now)
        self._callers[caller] = own
        if len(self._callers) > MOST_CALLERS:
            self._callers.popitem(last=False)
        wait_s = max(own.wait_s(now), self._all.wait_s(now))
        if not wait_s:
            own.take()
            self._all.take()
        return wait_s
