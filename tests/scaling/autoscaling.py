"""Application Auto Scaling: policies that change a service's desired count while their alarms are on.

Sources: "Step scaling policies" and "Target tracking scaling policies", Application Auto Scaling user guide.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.scaling.cloudwatch import Alarm, Metrics

SECONDS = 60


class Policy(Protocol):
    """What changes the desired count."""

    alarm: Alarm

    def wanted(self, desired: int, now: int) -> int: ...  # noqa: D102 - see the policies


@dataclass
class Cooldown:
    """While it lasts, what a policy has added counts as part of what it wants to add."""

    seconds: float
    _base: int = field(default=0, init=False)
    _until: float = field(default=-math.inf, init=False)

    def lasts(self, now: int) -> bool:
        """Whether it has not ended."""
        return now < self._until

    def base(self, desired: int, now: int) -> int:
        """The capacity to add to."""
        return min(self._base, desired) if self.lasts(now) else desired

    def changed(self, desired: int, now: int) -> None:
        """Record that the policy is about to change the capacity from this one."""
        if not self.lasts(now):
            self._base = desired
        self._until = now + self.seconds / SECONDS


@dataclass
class StepPolicy:
    """Adds its adjustment to the capacity, or sets it; repeats while its alarm is on."""

    alarm: Alarm
    kind: str
    adjustment: int
    cooldown: Cooldown

    def wanted(self, desired: int, now: int) -> int:
        """The capacity that the policy asks for."""
        exact = self.kind == "ExactCapacity"
        wanted = (
            self.adjustment if exact else max(desired, self.cooldown.base(desired, now) + self.adjustment)
        )
        if wanted != desired:
            self.cooldown.changed(desired, now)
        return wanted


@dataclass
class TargetTracking:
    """Keeps a figure near its target by capacity in proportion; a policy without scale-in only adds."""

    alarm: Alarm
    target: float
    cooldown: Cooldown
    scales_in: bool

    def wanted(self, desired: int, now: int) -> int:
        """The capacity that the policy asks for; nothing can be in proportion to zero."""
        wanted = math.ceil(self.cooldown.base(desired, now) * self.alarm.latest / self.target)
        if wanted > desired:
            self.cooldown.changed(desired, now)
        return max(desired, wanted)

    def shrunk(self, desired: int) -> int:
        """The capacity that its other alarm asks for below nine tenths of the target, if it may."""
        if not self.scales_in or self.alarm.latest > self.target * 0.9:
            return desired
        return max(1, math.ceil(desired * self.alarm.latest / self.target)) if desired else 0


@dataclass
class ScalableTarget:
    """A service's desired count within its bounds."""

    min_tasks: int
    max_tasks: int
    policies: Sequence[Policy]
    desired: int

    def look(self, metrics: Metrics, now: int, order: Sequence[int]) -> None:
        """Evaluate every policy's alarm, in some order, and act on those that are on."""
        for number in order:
            policy = self.policies[number]
            if policy.alarm.evaluate(metrics, now):
                self._set(policy.wanted(self.desired, now))
            elif isinstance(policy, TargetTracking):
                self._set(policy.shrunk(self.desired))

    def _set(self, wanted: int) -> None:
        self.desired = min(max(wanted, self.min_tasks), self.max_tasks)
