"""How long a service takes to answer, and how often it fails for no reason of the caller's."""

from __future__ import annotations

import asyncio
import random
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
