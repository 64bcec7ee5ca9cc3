"""Rates: what is granted a second on average, with what may come at once."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]

_ROUNDING = 1e-6
"""What a token may lack, so that calls at exactly the rate are never refused because of rounding."""


class TokenBucket:
    """Grants `rate_per_s` tokens a second on average, and those of `burst_s` at once after as long a pause.

    It holds at least one token, so that slow rates work.
    """

    def __init__(self, rate_per_s: float, *, burst_s: float = 1.0, clock: Clock = time.monotonic) -> None:
        self._rate_per_s = rate_per_s
        self._capacity = max(1.0, rate_per_s * burst_s)
        self._clock = clock
        self._tokens, self._filled_at = self._capacity, clock()

    def take(self, tokens: float = 1.0) -> bool:
        """Take so many tokens, if there are as many."""
        now = self._clock()
        gained = (now - self._filled_at) * self._rate_per_s
        self._tokens, self._filled_at = min(self._capacity, self._tokens + gained), now
        if self._tokens < tokens - _ROUNDING:
            return False
        self._tokens = max(0.0, self._tokens - tokens)
        return True

    def give_back(self, tokens: float) -> None:
        """Return tokens that were taken and not needed."""
        self._tokens = min(self._capacity, self._tokens + tokens)
