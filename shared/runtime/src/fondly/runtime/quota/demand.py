"""What a task's calls want of a quota, as the others are told."""

from collections import deque

RECENT_S = 2.0
"""For so long a call that was sent says how many will follow."""
SOON_S = 3.0
"""Calls that wait want to be sent within so long: until the others have heard what comes next."""
GROWTH = 2.0
"""While calls wait, a task wants more by this factor than it has sent: its next ones may not wait yet."""


class Demand:
    """The calls of one task; pure, without a clock of its own. Rates are calls per second."""

    def __init__(self) -> None:
        self.waiting = 0
        """How many wait for their turns."""
        self._sent: deque[float] = deque()

    def sent(self, now: float) -> None:
        """Take account of a call that goes out."""
        self._sent.append(now)
        self._forget(now)

    def per_s(self, now: float) -> float:
        """The rate that the task could use: what it has sent of late, or more while calls wait."""
        self._forget(now)
        rate = len(self._sent) / RECENT_S
        return max(self.waiting / SOON_S, GROWTH * rate) if self.waiting else rate

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] <= now - RECENT_S:
            self._sent.popleft()
