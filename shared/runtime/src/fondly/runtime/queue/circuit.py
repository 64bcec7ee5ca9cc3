"""Stops receiving messages while a dependency of the handlers is down.

Every failed attempt counts towards the receives after which SQS moves a message to the dead-letter queue.
After several transient failures in a row nothing is received for a while; then one message at a time,
until one succeeds. Source of the pattern: M. Nygard, "Release It!", circuit breaker.
"""

import asyncio

from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.parallel import now_s

FAILURES = 5
PAUSE_S = 5.0
PAUSE_CAP_S = 300.0
log = get_logger()


class Circuit:
    """Closed: messages are received. Open: none, for a pause. Half open: one at a time, as a trial."""

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
        """Seconds until messages may be received again; zero if they may be now."""
        return max(0.0, self._open_until - now_s())

    @property
    def is_trying(self) -> bool:
        """True from the first opening until a message succeeds."""
        return self._openings > 0

    async def ready(self) -> None:
        """Wait until the pause is over."""
        await asyncio.sleep(self.remaining_s)

    def succeeded(self) -> None:
        """Record that a handler succeeded."""
        if self.is_trying:
            log.info("circuit_closed")
        self._failures = self._openings = 0

    def failed(self) -> None:
        """Record that a handler failed because of a dependency."""
        self._failures += 1
        if self.remaining_s or (self._failures < self._limit and not self.is_trying):
            return
        pause_s = min(self._pause_cap_s, self._pause_s * 2.0**self._openings)
        self._openings += 1
        self._open_until = now_s() + pause_s
        log.warning("circuit_opened", failures=self._failures, pause_s=pause_s)
        emit({Metric.CIRCUIT_OPENED: 1})
