"""Stops taking messages while what the handlers depend on is down.

Each message that is taken only to fail uses up one of the receives that SQS allows it before the dead
letters. After several transient failures in a row nothing is taken for a while; then one message at a time,
until one succeeds. Source of the pattern: M. Nygard, "Release It!", circuit breaker.
"""

import asyncio
import time

from encore.runtime.logs import get_logger
from encore.runtime.metrics import Metric, emit

FAILURES = 5
PAUSE_S = 5.0
PAUSE_CAP_S = 300.0
log = get_logger()


class Circuit:
    """Closed: everything flows. Open: nothing, for a pause. Half open: one message, to see."""

    def __init__(
        self, *, failures: int = FAILURES, pause_s: float = PAUSE_S, pause_cap_s: float = PAUSE_CAP_S
    ) -> None:
        self._limit = failures
        self._pause_s = pause_s
        self._pause_cap_s = pause_cap_s
        self._failures = 0
        self._openings = 0
        self._open_until = 0.0

    @property
    def remaining_s(self) -> float:
        """Seconds until messages are taken again; zero when they are taken now."""
        return max(0.0, self._open_until - time.monotonic())

    @property
    def is_trying(self) -> bool:
        """True from the first opening until a message has succeeded."""
        return self._openings > 0

    async def ready(self) -> None:
        """Wait out a pause."""
        await asyncio.sleep(self.remaining_s)

    def succeeded(self) -> None:
        """Note that a handler has done its work."""
        if self.is_trying:
            log.info("circuit_closed")
        self._failures = self._openings = 0

    def failed(self) -> None:
        """Note that a dependency failed a handler."""
        self._failures += 1
        if self.remaining_s or (self._failures < self._limit and not self.is_trying):
            return
        pause_s = min(self._pause_cap_s, self._pause_s * 2.0**self._openings)
        self._openings += 1
        self._open_until = time.monotonic() + pause_s
        log.warning("circuit_opened", failures=self._failures, pause_s=pause_s)
        emit({Metric.CIRCUIT_OPENED: 1})
