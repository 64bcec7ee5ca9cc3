"""Says how long runs take at their quota, and refuses those that take longer than their queue keeps messages.

SQS deletes what is older than the queue's retention period, at most 14 days, whether it was received or not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fondly.contracts.errors import PermanentError
from fondly.runtime.metrics import Metric, emit

SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True)
class Outlook:
    """How many calls all tasks make in a second, and for how many seconds the queue keeps messages."""

    calls_per_s: Callable[[], float]
    retention_s: float

    def report(self, calls: float) -> None:
        """Report how long so many calls take, by each part that arrives."""
        emit({Metric.RUN_ESTIMATE_SECONDS: round(calls / self.calls_per_s())})

    def require(self, calls: float) -> None:
        """Raise `PermanentError` if so many calls take longer than messages are kept."""
        per_h, kept_h = self.calls_per_s() * SECONDS_PER_HOUR, self.retention_s / SECONDS_PER_HOUR
        if calls / per_h > kept_h:
            raise PermanentError(
                f"{calls:,.0f} calls take {calls / per_h:,.0f} hours at {per_h:,.0f} an hour, and messages"
                f" are kept for {kept_h:,.0f}: raise the quota (`fondly verify --customers` has the command)"
            )
