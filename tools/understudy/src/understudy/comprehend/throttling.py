"""Request rates: every operation has a quota of calls per second, as on AWS."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from understudy.comprehend.errors import throttled

if TYPE_CHECKING:
    from understudy.wire.service import Handler, Params

Clock = Callable[[], float]

_DECLARES_TOO_MANY_REQUESTS = ("Start", "Describe", "List")
_BURST_S = 1.0
_ROUNDING = 1e-6
"""What a token may lack, so that calls at exactly the rate are never refused because of rounding."""


class TokenBucket:
    """Grants `rate_per_s` calls a second on average, and as many at once after a second without any.

    It holds at least one token, so that slow rates work.
    """

    def __init__(self, rate_per_s: float, *, clock: Clock = time.monotonic) -> None:
        self._rate_per_s = rate_per_s
        self._capacity = max(1.0, rate_per_s * _BURST_S)
        self._clock = clock
        self._tokens, self._filled_at = self._capacity, clock()

    def take(self) -> bool:
        """Take a token, if there is one."""
        now = self._clock()
        gained = (now - self._filled_at) * self._rate_per_s
        self._tokens, self._filled_at = min(self._capacity, self._tokens + gained), now
        if self._tokens < 1 - _ROUNDING:
            return False
        self._tokens = max(0.0, self._tokens - 1)
        return True


def with_rate_limit(
    operations: Mapping[str, Handler], *, calls_per_s: float, clock: Clock = time.monotonic
) -> dict[str, Handler]:
    """Return the operations, each of which refuses calls beyond its own `calls_per_s`."""
    return {
        name: _limited(name, handler, TokenBucket(calls_per_s, clock=clock))
        for name, handler in operations.items()
    }


def _limited(name: str, handler: Handler, bucket: TokenBucket) -> Handler:
    async def limited(params: Params) -> Params:
        if not bucket.take():
            raise throttled(declares_too_many_requests=name.startswith(_DECLARES_TOO_MANY_REQUESTS))
        return await handler(params)

    return limited
