"""What runs make in Personalize under the dataset group's name: a campaign, and an event tracker."""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from encore.recommender.adapters.personalize_operations import OPERATIONS
from encore.recommender.domain.resources import Kind

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

ACTIVE = "ACTIVE"
AGAIN_S = 60.0


class MadeByRuns:
    """One of them, which is remembered once it is found, and looked for once a minute until then."""

    def __init__(
        self,
        client: "PersonalizeClient",
        kind: Kind,
        name: str,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._client, self._operations, self._name, self._clock = client, OPERATIONS[kind], name, clock
        self._found: Mapping[str, Any] | None = None
        self._look_at = 0.0
        self._looking = asyncio.Lock()

    async def get(self) -> Mapping[str, Any] | None:
        """Return what Personalize says of it; None if there is none that can be used."""
        async with self._looking:
            if self._found is None and self._clock() >= self._look_at:
                self._found = await self._look()
                self._look_at = self._clock() + AGAIN_S
            return self._found

    def forget(self) -> None:
        """Look for it again: Personalize says that it is gone."""
        self._found = None

    async def _look(self) -> Mapping[str, Any] | None:
        of = self._operations
        operation: Any = f"list_{of.noun}s"
        async for page in self._client.get_paginator(operation).paginate():
            for one in page[of.plural]:
                if one[of.name] == self._name and one["status"] == ACTIVE:
                    reply = await getattr(self._client, f"describe_{of.noun}")(**{of.arn: one[of.arn]})
                    found: Mapping[str, Any] = reply[of.member]
                    return found
        return None
