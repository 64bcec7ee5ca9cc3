"""Request rates: every operation has a quota of calls a second, as on AWS."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from understudy.token_bucket import TokenBucket
from understudy.wire.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.token_bucket import Clock
    from understudy.wire.service import Handler, Params


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
