"""Request rates: every operation has a quota of calls per second, as on AWS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from understudy.comprehend.errors import throttled
from understudy.token_bucket import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.token_bucket import Clock
    from understudy.wire.service import Handler, Params

_DECLARES_TOO_MANY_REQUESTS = ("Start", "Describe", "List")


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
