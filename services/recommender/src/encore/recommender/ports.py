"""What the recommender needs from outside, beyond `encore.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import AsyncIterator
from typing import Protocol

from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.runtime.ports import Objects


class NotReadyError(Exception):
    """Personalize is busy; the next poll tries again."""


class RefusedError(Exception):
    """Personalize will never do this, for the given reason: the run fails."""


class TooLittleDataError(Exception):
    """Personalize cannot learn from so little data: the run continues without it."""


class Personalize(Protocol):
    """Amazon Personalize; see `encore.recommender.adapters.personalize`."""

    async def ensure(self, wanted: ResourceSpec) -> str: ...
    async def is_active(self, kind: Kind, arn: str) -> bool: ...


class Turns(Protocol):
    """Which run may change the dataset group; see `encore.recommender.adapters.turns`."""

    async def take(self, run_id: str, *, instead_of: str | None = None) -> str | None: ...
    async def end(self, run_id: str) -> None: ...
    async def current(self) -> str | None: ...


class RankedObjects(Objects, Protocol):
    """The data bucket with Personalize's results; see `encore.runtime.storage.S3Objects`."""

    def lines(self, key: str) -> AsyncIterator[bytes]: ...
