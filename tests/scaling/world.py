"""A queue, its service's tasks, and the metrics of both, minute by minute."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.scaling.autoscaling import ScalableTarget
from tests.scaling.cloudwatch import Metrics

SLOTS = 4
"""Messages that a task handles at a time: the default of FONDLY_CONCURRENCY."""
SILENT_AFTER_MIN = 360
"""SQS stops reporting on a queue after six hours without any activity."""
QUEUE_METRICS = ("visible", "in_flight", "delayed")


@dataclass(frozen=True)
class Conditions:
    """How late metrics are, and how quick tasks: each is the worst or the range that it may have."""

    queue_late_min: int = 2
    tasks_late_min: tuple[int, int] = (1, 3)
    tasks_lost_share: float = 0.1
    """Values of Container Insights that never arrive."""
    tasks_lost: Callable[[int], bool] = lambda _: False
    """Minutes of which Container Insights has no value at all."""
    queue_lost: Callable[[int], bool] = lambda _: False
    """The same of SQS."""
    pauses: Callable[[int], bool] = lambda _: False
    """Minutes in which no task receives anything, because something that all need is down."""
    silence_min: int = 15
    """How long SQS takes to report again on a queue that was silent."""
    start_min: tuple[int, int] = (1, 2)
    handler_min: int = 2
    """How long a message takes; none that is handled within the minute is ever seen in flight."""


@dataclass
class Work:
    """A message: when it came, how often it is sent again with a delay, and how long it still takes."""

    since: int
    polls: int = 0
    due: int = 0
    left_min: int = 0


@dataclass(frozen=True)
class Minute:
    """What was true at the end of a minute, and what could be read of it."""

    desired: int
    running: int
    visible: int
    in_flight: int
    delayed: int
    oldest: int | None
    """When the oldest unfinished message came."""
    is_waiting_seen: bool
    """Whether the latest readable values of one minute say that messages wait and none is handled."""

    @property
    def work(self) -> int:
        """Unfinished messages."""
        return self.visible + self.in_flight + self.delayed

    def rests(self, min_tasks: int) -> bool:
        """Whether there is nothing to do, for no more tasks than there always are."""
        return not self.work and self.desired == min_tasks


@dataclass
class World:
    """A service's queue and tasks; `seed` decides everything that is left to chance."""

    target: ScalableTarget
    conditions: Conditions = field(default_factory=Conditions)
    seed: int = 0
    is_silent: bool = False

    def __post_init__(self) -> None:
        self.metrics = Metrics()
        self.history: list[Minute] = []
        self.interrupted = 0
        """Messages whose task was stopped while it handled them."""
        self._chance = random.Random(self.seed)  # noqa: S311 - not for security
        self._visible: list[Work] = []
        self._delayed: list[Work] = []
        self._tasks: list[list[Work]] = [[] for _ in range(self.target.desired)]
        self._starting: list[int] = []
        self._active_at = -SILENT_AFTER_MIN if self.is_silent else 0
        self._reports_from = 0

    def run(self, arrivals: Sequence[Work], minutes: int, *, rest_min: int | None = None) -> list[Minute]:
        """Let time pass, or until the fleet has rested for some minutes; return every minute."""
        coming = sorted((replace(work) for work in arrivals), key=lambda work: work.since)
        resting_min = 0
        for now in range(minutes):
            while coming and coming[0].since <= now:
                self._visible.append(coming.pop(0))
            self._pass_minute(now)
            is_resting = not coming and self.history[-1].rests(self.target.min_tasks)
            resting_min = resting_min + 1 if is_resting else 0
            if resting_min == rest_min:
                break
        return self.history

    def _pass_minute(self, now: int) -> None:
        self._visible += [work for work in self._delayed if work.due <= now]
        self._delayed = [work for work in self._delayed if work.due > now]
        self._tasks += [[] for started in self._starting if started <= now]
        self._starting = [started for started in self._starting if started > now]
        self._work(now)
        self._measure(now)
        self.target.look(self.metrics, now + 1, self._chance.sample(range(3), 3))
        self._follow(now)
        self._record(now)

    def _work(self, now: int) -> None:
        for task in self._tasks:
            for work in [work for work in task if work.left_min <= 0]:
                task.remove(work)
                self._finish(work, now)
            while self._visible and len(task) < SLOTS and not self.conditions.pauses(now):
                work = self._visible.pop(0)
                work.left_min = self.conditions.handler_min
                if work.left_min:
                    task.append(work)
                else:
                    self._finish(work, now)
            for work in task:
                work.left_min -= 1

    def _finish(self, work: Work, now: int) -> None:
        if work.polls:
            self._delayed.append(Work(work.since, work.polls - 1, due=now + 1))

    def _measure(self, now: int) -> None:
        late = self._chance.randint
        tasks_late = late(*self.conditions.tasks_late_min)
        is_lost = self._chance.random() < self.conditions.tasks_lost_share or self.conditions.tasks_lost(now)
        if not is_lost:
            self.metrics.put("running", now, len(self._tasks), seen_at=now + 1 + tasks_late)
        depths = self._depths()
        if any(depths) or self._tasks:
            if now - self._active_at >= SILENT_AFTER_MIN:
                self._reports_from = now + self.conditions.silence_min
            self._active_at = now
        is_reporting = now >= self._reports_from and now - self._active_at < SILENT_AFTER_MIN
        is_reporting = is_reporting and not self.conditions.queue_lost(now)
        for name, depth in zip(QUEUE_METRICS, depths, strict=True):
            seen_at = now + 1 + late(0, self.conditions.queue_late_min)
            if is_reporting:
                self.metrics.put(name, now, depth, seen_at=seen_at)

    def _depths(self) -> tuple[int, int, int]:
        return len(self._visible), sum(len(task) for task in self._tasks), len(self._delayed)

    def _follow(self, now: int) -> None:
        """Start and stop tasks; those that are still starting are stopped first, busy ones with the rest."""
        missing = self.target.desired - len(self._tasks) - len(self._starting)
        self._starting += [
            now + self._chance.randint(*self.conditions.start_min) for _ in range(max(missing, 0))
        ]
        for _ in range(max(-missing, 0)):
            if self._starting:
                self._starting.pop()
                continue
            stopped = self._tasks.pop(self._chance.randrange(len(self._tasks)))
            self.interrupted += len(stopped)
            self._visible += stopped

    def _record(self, now: int) -> None:
        visible, in_flight, delayed = self._depths()
        unfinished = [*self._visible, *self._delayed, *(work for task in self._tasks for work in task)]
        self.history.append(
            Minute(
                desired=self.target.desired,
                running=len(self._tasks),
                visible=visible,
                in_flight=in_flight,
                delayed=delayed,
                oldest=min((work.since for work in unfinished), default=None),
                is_waiting_seen=self._is_waiting_seen(now),
            )
        )

    def _is_waiting_seen(self, now: int) -> bool:
        """Compare values of one minute: the latest of which the backlog is known, of the last three."""
        minutes = range(now - 2, now + 1)
        waiting, handled = (
            self.metrics.read(name, minutes, now=now + 1) for name in ("visible", "in_flight")
        )
        seen = max(waiting, default=-1)
        known = [handled[minute] for minute in sorted(handled) if minute <= seen]
        return bool(known) and waiting[seen] > 0 and known[-1] == 0
