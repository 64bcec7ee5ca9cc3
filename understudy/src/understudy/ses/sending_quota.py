"""What an account may send: so many emails a second, and so many in any 24 hours, counted by recipients."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING

from understudy.disturbance import TokenBucket
from understudy.ses.errors import quota_exceeded, rate_exceeded

if TYPE_CHECKING:
    from understudy.disturbance import Clock

DAY_S = 86_400.0
UNLIMITED = -1.0


class SendingQuota:
    """Counts what is sent; `per_day` of -1 is no limit."""

    def __init__(self, *, per_s: float, per_day: float, clock: Clock = time.monotonic) -> None:
        self._per_s = per_s
        self._per_day = math.inf if per_day == UNLIMITED else per_day
        self._clock = clock
        self._bucket = TokenBucket(per_s, clock=clock) if per_s > 0 else None
        self._sent: deque[tuple[float, int]] = deque()
        self._in_24_hours = 0

    @property
    def sent(self) -> int:
        """How many were sent in the last 24 hours."""
        before = self._clock() - DAY_S
        while self._sent and self._sent[0][0] <= before:
            self._in_24_hours -= self._sent.popleft()[1]
        return self._in_24_hours

    def take(self, recipients: int) -> None:
        """Count an email to so many recipients; raise `ServiceError` if it may not be sent now."""
        if self.sent + recipients > self._per_day:
            raise quota_exceeded()
        if self._bucket is None or not self._bucket.take(recipients):
            raise rate_exceeded()
        self._sent.append((self._clock(), recipients))
        self._in_24_hours += recipients
