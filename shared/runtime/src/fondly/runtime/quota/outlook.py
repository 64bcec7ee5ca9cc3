"""Warns of a run that takes longer at its quota than SQS keeps its messages, received or not."""

from collections.abc import Callable

from fondly.runtime.logs import get_logger

SECONDS_PER_HOUR = 3_600
COVERED = 0.8
"""The share of the retention period that a run may take: other runs use the quota too."""
log = get_logger()


class Outlook:
    """What a service expects of its runs; each is looked at when the first of its parts arrives."""

    def __init__(self, calls_per_s: Callable[[], float], *, retention_s: float) -> None:
        self._calls_per_s = calls_per_s
        self._retention_s = retention_s
        self._seen: set[str] = set()

    def look(self, run_id: str, *, calls: float) -> None:
        """Write one line if so many calls take longer than the run's messages are kept."""
        if run_id in self._seen:
            return
        self._seen.add(run_id)
        needed_s = calls / self._calls_per_s()
        if needed_s > COVERED * self._retention_s:
            log.warning(
                "run_outlasts_its_queue",
                hours=round(needed_s / SECONDS_PER_HOUR, 1),
                hours_kept=round(self._retention_s / SECONDS_PER_HOUR, 1),
                calls=round(calls),
                calls_per_s=round(self._calls_per_s(), 3),
            )
