"""How much of a quota all tasks together may use: what is configured, or what throttled calls have shown.

Additive increase, multiplicative decrease (D. Chiu, R. Jain, "Analysis of the Increase and Decrease
Algorithms", 1989), on a ceiling that all tasks share, so that none has to learn it by calls of its own. Times
are seconds of one monotonic clock.
"""

import math
from dataclasses import dataclass, replace

USED = 0.98
"""The share of the configured quota in use: early calls and clocks need the rest."""
DROPS = (0.92, 0.85, 0.75, 0.6)
"""What is left after a throttled call; the later ones follow soon on one another: far too much is asked.
How soon, in seconds, and in the turns that a task waits between its calls."""
SOON_S, SOON_TURNS, MAX_SOON_S = 15.0, 2.0, 45.0
RECOVER_S = 60.0
"""After so long the ceiling is back where the last decrease began; it goes on at that pace."""
FASTER_AFTER_S = 300.0
"""After so long without a throttled call the pace itself grows: the quota may have been raised."""
LEAST_STEP = 0.08
"""What is regained in `RECOVER_S` at least, as a share of the ceiling."""
LEAST = 0.01
"""Never less than this share of what was first refused, so that what is granted again is noticed soon."""


@dataclass(frozen=True)
class Found:
    """A ceiling as tasks tell it to one another; a higher version is a later decrease."""

    version: int
    per_s: float
    lost_per_s: float
    """By how much the last decrease lowered it."""


class Ceiling:
    """The ceiling of one quota; pure, without a clock of its own."""

    def __init__(self, configured_per_s: float) -> None:
        self._configured_per_s = configured_per_s * USED
        self._found: Found | None = None
        self._first_per_s = 0.0
        self._since = -math.inf
        self._drops = 0

    @property
    def version(self) -> int:
        """How often it has been decreased; zero while what is configured has not been refused."""
        return self._found.version if self._found else 0

    def per_s(self, now: float) -> float:
        """The ceiling at present."""
        if self._found is None:
            return self._configured_per_s
        quiet_s = now - self._since
        regained = self._found.lost_per_s * quiet_s / RECOVER_S * max(1.0, quiet_s / FASTER_AFTER_S)
        return min(self._configured_per_s, self._found.per_s + regained)

    def found(self, now: float) -> Found | None:
        """What to tell other tasks; None while nothing has been found."""
        return replace(self._found, per_s=self.per_s(now)) if self._found else None

    def drop(self, now: float, *, asked_per_s: float, turn_s: float) -> None:
        """Lower it for a throttled call, of `asked_per_s` by all; a task waits `turn_s` between two."""
        self._count(now, turn_s)
        before = min(self.per_s(now), asked_per_s)
        self._first_per_s = self._first_per_s or before
        left = max(LEAST * self._first_per_s, before * DROPS[min(self._drops, len(DROPS) - 1)])
        self._found, self._since = Found(self.version + 1, left, max(before - left, LEAST_STEP * left)), now

    def learn(self, now: float, found: Found, *, turn_s: float) -> bool:
        """Take over what another task has found, if it is later than what is known; return whether it was."""
        if found.version <= self.version:
            return False
        self._count(now, turn_s)
        self._found, self._since = found, now
        return True

    def _count(self, now: float, turn_s: float) -> None:
        soon_s = min(MAX_SOON_S, max(SOON_S, SOON_TURNS * turn_s))
        self._drops = self._drops + 1 if now - self._since < soon_s else 0
