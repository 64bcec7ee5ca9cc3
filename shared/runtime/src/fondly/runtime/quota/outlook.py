"""Says how long runs take at their quota, and warns of what takes longer than its queue keeps messages.

SQS deletes what is older than the queue's retention period, at most 14 days, whether it was received or not.
"""

from collections.abc import Callable

from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit

SECONDS_PER_HOUR = 3_600
COVERED = 0.8
"""The share of the retention period that a run may take: other runs use the quota too."""
log = get_logger()


class Outlook:
    """What a service expects of its runs, by each part that arrives."""

    def __init__(self, calls_per_s: Callable[[], float], *, retention_s: float) -> None:
        self._calls_per_s = calls_per_s
        self._retention_s = retention_s
        self._seen: set[str] = set()

    def look(self, run_id: str, *, calls: float) -> None:
        """Report how long so many calls take; warn once if the run's messages are not kept as long."""
        needed_s = calls / self._calls_per_s()
        emit({Metric.RUN_ESTIMATE_SECONDS: round(needed_s)})
        if needed_s > COVERED * self._retention_s and run_id not in self._seen:
            self._seen.add(run_id)
            log.warning(
                "run_outlasts_its_queue",
                hours=round(needed_s / SECONDS_PER_HOUR, 1),
                hours_kept=round(self._retention_s / SECONDS_PER_HOUR, 1),
                calls=round(calls),
                calls_per_s=round(self._calls_per_s(), 3),
            )
