"""How long a service takes to answer, what it throttles, and how often it fails for no reason."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.wire.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.wire.service import Handler, Params

_SPREAD = 0.5
"""An answer takes up to half as long more or less."""


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """Delays every answer by about `latency_s`, and fails that share of the calls."""

    latency_s: float = 0.0
    error_rate: float = 0.0
    chance: random.Random = field(default_factory=random.Random, compare=False)

    async def strike(self) -> None:
        """Wait; then raise `ServiceError` (InternalServerException) for some of the calls."""
        if self.latency_s:
            await asyncio.sleep(self.latency_s * self.chance.uniform(1 - _SPREAD, 1 + _SPREAD))
        if self.chance.random() < self.error_rate:
            raise ServiceError(
                "InternalServerException", "Unexpected Server Error. Please try again.", status=500
            )

    def around(self, operations: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return the operations, each of which is struck before it answers."""
        return {name: self._struck(handler) for name, handler in operations.items()}

    def _struck(self, handler: Handler) -> Handler:
        async def struck(params: Params) -> Params:
            await self.strike()
            return await handler(params)

        return struck


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


def with_rate_limit(
    operations: Mapping[str, Handler], *, calls_per_s: float | None, clock: Clock = time.monotonic
) -> dict[str, Handler]:
    """Return the operations, each of which refuses calls beyond its own `calls_per_s`; None is no limit."""
    if calls_per_s is None:
        return dict(operations)
    return {
        name: _limited(handler, TokenBucket(calls_per_s, clock=clock)) for name, handler in operations.items()
    }


def _limited(handler: Handler, bucket: TokenBucket) -> Handler:
    async def limited(params: Params) -> Params:
        if not bucket.take():
            raise ServiceError("ThrottlingException", "Rate exceeded")
        return await handler(params)

    return limited
