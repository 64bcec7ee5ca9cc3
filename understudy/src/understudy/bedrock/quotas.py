"""Quotas of requests and tokens a minute, of each model by itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.bedrock.errors import too_many_requests, too_many_tokens
from understudy.disturbance import TokenBucket

if TYPE_CHECKING:
    from understudy.bedrock.request import ModelRequest, Usage
    from understudy.disturbance import Clock

_MINUTE_S = 60.0


@dataclass(slots=True, kw_only=True)
class Quotas:
    """Grants requests and tokens; without a number, as many as anybody asks for.

    A minute's worth may come at once after a minute without any. A request reserves its input and
    `maxTokens`, by default the most that its model writes. At its end it is charged its input and, several
    times, its output: AWS, "How tokens are counted in Amazon Bedrock" (October 2026).
    """

    requests_per_min: float | None = None
    tokens_per_min: float | None = None
    clock: Clock = time.monotonic
    _requests: dict[str, TokenBucket] = field(default_factory=dict)
    _tokens: dict[str, TokenBucket] = field(default_factory=dict)

    def reserve(self, request: ModelRequest) -> None:
        """Count a request; raise `ServiceError` (ThrottlingException) if it is beyond a quota."""
        requests = self._bucket(self._requests, request, self.requests_per_min)
        if requests and not requests.take():
            raise too_many_requests()
        reserved = self._bucket(self._tokens, request, self.tokens_per_min)
        if reserved and not reserved.take(_reserved(request)):
            if requests:
                requests.give_back(1)
            raise too_many_tokens()

    def correct(self, request: ModelRequest, usage: Usage) -> None:
        """Return what was reserved beyond the charge, or take the rest of it; reading a cache is free."""
        bucket = self._bucket(self._tokens, request, self.tokens_per_min)
        if bucket:
            charge = usage.input + usage.cache_write + usage.output * request.model.features.output_burn
            bucket.give_back(_reserved(request) - charge)

    def _bucket(
        self, buckets: dict[str, TokenBucket], request: ModelRequest, per_min: float | None
    ) -> TokenBucket | None:
        if per_min is None:
            return None
        if request.model.id not in buckets:
            bucket = TokenBucket(per_min / _MINUTE_S, burst_s=_MINUTE_S, clock=self.clock)
            buckets[request.model.id] = bucket
        return buckets[request.model.id]


def _reserved(request: ModelRequest) -> int:
    return request.input_tokens + request.max_output_tokens
