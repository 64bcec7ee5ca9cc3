"""What the scaling rules promise, checked on what happened."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.scaling.rules import Bounds
from tests.scaling.world import Conditions, Minute

WAKE_MIN = 3
"""From the first metrics that show waiting work to a running task."""


def broken(history: Sequence[Minute], bounds: Bounds, conditions: Conditions) -> list[str]:
    """What was promised and not kept, in words."""
    return [
        *_shrunk_while_work_waited(history, conditions),
        *_slept_on(history),
        *_rested_early(history, bounds, conditions),
        *_never_rested(history, bounds, conditions),
        *_grew_beyond_need(history, bounds),
    ]


def _shrunk_while_work_waited(history: Sequence[Minute], conditions: Conditions) -> Iterator[str]:
    """Nobody can know of work that came later than the latest metrics."""
    unseen_min = conditions.queue_late_min + 1
    for now, (before, after) in enumerate(pairwise(history), start=1):
        if after.desired < before.desired and after.oldest is not None and after.oldest < now - unseen_min:
            yield f"minute {now}: {before.desired} tasks became {after.desired} with {after.work} messages"


def _slept_on(history: Sequence[Minute]) -> Iterator[str]:
    asleep_min = 0
    for now, minute in enumerate(history):
        asleep_min = asleep_min + 1 if minute.is_waiting_seen and not minute.running else 0
        if asleep_min > WAKE_MIN:
            yield f"minute {now}: asleep for {asleep_min} minutes with {minute.visible} messages"


def _rested_early(history: Sequence[Minute], bounds: Bounds, conditions: Conditions) -> Iterator[str]:
    """A fleet that comes and goes between the files of one delivery makes each wait for it."""
    unseen_min = conditions.queue_late_min + 1
    for now, (before, after) in enumerate(pairwise(history), start=1):
        known = history[max(0, now - bounds.idle_minutes + unseen_min) : max(0, now - unseen_min)]
        if after.desired < before.desired and any(minute.work for minute in known):
            yield f"minute {now}: {before.desired} tasks became {after.desired}, idle for a few minutes only"


def _never_rested(history: Sequence[Minute], bounds: Bounds, conditions: Conditions) -> Iterator[str]:
    allowed_min = bounds.idle_minutes + conditions.queue_late_min + 2
    idle_min = 0
    for now, minute in enumerate(history):
        idle_min = 0 if minute.work else idle_min + 1
        if idle_min > allowed_min and minute.desired > bounds.min_tasks:
            yield f"minute {now}: {minute.desired} tasks after {idle_min} idle minutes"


def _grew_beyond_need(history: Sequence[Minute], bounds: Bounds) -> Iterator[str]:
    """One task more than the largest backlog asks for: the one that woke up first.

    Where it joins others, which a moment before had nothing to do, growth in proportion takes it for
    one that cannot cope: a share more, at most twice as many. Nobody can know better while `running` is late.
    """
    most, idle = max(1, bounds.min_tasks) + 1, 0
    for now, minute in enumerate(history):
        idle = idle if minute.work else minute.running
        asked = minute.visible / bounds.backlog_per_task
        most = max(most, math.ceil(asked) + 1, math.ceil(asked * (1 + 1 / idle)) if idle else 0)
        if minute.desired > most:
            yield f"minute {now}: {minute.desired} tasks where {most} would do"
