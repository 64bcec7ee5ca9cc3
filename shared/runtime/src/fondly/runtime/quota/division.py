"""How tasks divide what all of them together may use: by what each says that it wants.

Max-min fairness (D. Bertsekas, R. Gallager, "Data Networks", 1992, section 6.5.2): nobody gets more than they
want while somebody lacks something, and those who lack something get the same. Rates are calls per second.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

LEAST_PART = 0.1
"""The part of an equal share that a task has although it wants less: nobody knows its first calls."""


class Division(NamedTuple):
    """Parts of the whole, between 0 and 1."""

    part: float
    """What the task may use."""
    others: float
    """What the others do use of their parts, by what they want."""


def divide(own: float, others: Sequence[float], whole: float) -> Division:
    """Divide a positive, finite rate between a task that wants `own`, and others; all share what is left."""
    tasks = 1 + len(others)
    least = LEAST_PART * whole / tasks
    wanted = [min(whole, max(least, each)) for each in (own, *others)]
    left = whole - sum(wanted)
    most = _level(wanted, whole) if left < 0 else whole
    given = [min(most, each) for each in wanted]
    used = sum(min(has, wants) for has, wants in zip(given[1:], others, strict=True))
    return Division((given[0] + max(0.0, left) / tasks) / whole, used / whole)


def equally(tasks: int) -> Division:
    """Divide it between tasks of which nothing is known."""
    return Division(1 / tasks, (tasks - 1) / tasks)


def _level(wanted: Sequence[float], whole: float) -> float:
    """Return the most that anybody gets, so that all of it is given away."""
    left = whole
    for number, least_wanted in enumerate(sorted(wanted)):
        level = left / (len(wanted) - number)
        if least_wanted >= level:
            return level
        left -= least_wanted
    return whole


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
