"""CloudWatch: metrics that arrive late or never, and alarms on them.

Sources: "Using Amazon CloudWatch alarms" and "Configuring how CloudWatch alarms treat missing data".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.scaling.metric_math import Series, evaluate, names_in

EXTRA_PERIODS = 2
"""CloudWatch looks further back than an alarm's periods, as in its own example of five for three."""


class Metrics:
    """What has been measured, and when each value can be read."""

    def __init__(self) -> None:
        self._values: dict[str, dict[int, tuple[float, int]]] = {}

    def put(self, name: str, minute: int, value: float, *, seen_at: int) -> None:
        """Publish a value of a minute, which can be read from another minute on."""
        self._values.setdefault(name, {})[minute] = (value, seen_at)

    def read(self, name: str, minutes: Sequence[int], *, now: int) -> Series:
        """The values of these minutes that can be read by now."""
        values = self._values.get(name, {})
        return {
            minute: values[minute][0] for minute in minutes if minute in values and values[minute][1] <= now
        }


@dataclass
class Alarm:
    """An alarm with periods of a minute on an expression, or on the last of several."""

    expressions: Sequence[tuple[str, str]]
    """Ids and expressions, each of which may use those before it; the last is what is watched."""
    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str = "missing"
    is_on: bool = False
    latest: float = field(default=0.0, init=False)
    """The latest value that was evaluated."""

    def evaluate(self, metrics: Metrics, now: int) -> bool:
        """Return whether the alarm is on after a look at what can be read now."""
        minutes = range(now - self.periods - EXTRA_PERIODS, now)
        known: dict[str, Series] = {}
        for name, expression in self.expressions:
            for metric in names_in(expression) - set(known):
                known[metric] = metrics.read(metric, minutes, now=now)
            known[name] = evaluate(expression, known, minutes)
        self.is_on = self._state(known[self.expressions[-1][0]], minutes)
        return self.is_on

    def _state(self, values: Series, minutes: Sequence[int]) -> bool:
        """The latest real values count; those that are missing for all periods count as configured."""
        real = [values[minute] for minute in minutes if minute in values][-self.periods :]
        if real:
            self.latest = real[-1]
        breaching = sum(self._breaches(value) for value in real)
        lacking = self.periods - len(real)
        if breaching >= self.datapoints:
            return True
        if lacking == 0 or breaching + lacking < self.datapoints:
            return False
        if self.missing == "breaching":
            return True
        if self.missing == "notBreaching":
            return False
        if self.missing == "ignore":
            return self.is_on
        return bool(real) and breaching == len(real) and self._is_old(values, minutes)

    def _is_old(self, values: Series, minutes: Sequence[int]) -> bool:
        """Old breaching values suffice if all later ones are missing, unless that is configured otherwise."""
        return min(minute for minute in values if minute in minutes) <= minutes[-1] - self.datapoints + 1

    def _breaches(self, value: float) -> bool:
        comparisons: Mapping[str, bool] = {
            "GreaterThanOrEqualToThreshold": value >= self.threshold,
            "GreaterThanThreshold": value > self.threshold,
            "LessThanOrEqualToThreshold": value <= self.threshold,
        }
        return comparisons[self.comparison]
