"""What the recommender needs from outside, beyond `fondly.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fondly.contracts.records import CustomerEvent
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import ResourceSpec
from fondly.recommender.domain.realtime.current_picks import Edition, Wanted
from fondly.runtime.ports import Items, Objects


class NotReadyError(Exception):
    """Personalize is busy; the next poll tries again."""


class RefusedError(Exception):
    """Personalize will never do this, for the given reason: the run fails."""


class QuotaError(RefusedError):
    """As many resources of this kind exist as may."""


class VanishedError(Exception):
    """A resource, or one that it was to be made from, no longer exists: somebody has deleted it."""


class TooLittleDataError(Exception):
    """Personalize cannot learn from so little data: the run continues without it."""


class Personalize(Protocol):
    """Amazon Personalize; see `fondly.recommender.adapters.personalize.client`."""

    async def ensure(self, wanted: ResourceSpec) -> str: ...
    async def is_active(self, kind: Kind, arn: str) -> bool: ...
    async def find(self, kind: Kind, name: str, request: Mapping[str, Any]) -> str | None: ...
    async def solutions(self, group_arn: str) -> Mapping[str, str]: ...
    async def delete(self, kind: Kind, arn: str) -> bool: ...


class KeptEvents(Protocol):
    """What customers did lately; see `fondly.recommender.adapters.kept_events`."""

    async def add(self, customer_id: str, events: Sequence[CustomerEvent]) -> int: ...
    async def of(self, customer_ids: Iterable[str]) -> Mapping[str, Sequence[CustomerEvent]]: ...


class RankedObjects(Objects, Protocol):
    """The data bucket with Personalize's results; see `fondly.runtime.storage.S3Objects`."""

    def lines(self, key: str) -> AsyncIterator[bytes]: ...
    async def remove(self, folder: str) -> int: ...


class ScannedItems(Items, Protocol):
    """A table that can be read as a whole; see `fondly.runtime.storage.DynamoDBItems`."""

    def scan(self, *, segment: int, segments: int) -> AsyncIterator[dict[str, Any]]: ...


class NoRankingError(Exception):
    """A campaign does not rank for a customer now; the message says why, without naming the customer."""


class NoShopError(Exception):
    """There is no shop to pick from: none has been opened yet, or its process has ended."""


class CustomerRecords(Protocol):
    """All that is stored of a customer; see `fondly.recommender.adapters.customer_records`."""

    async def read(self, customer_id: str, edition: Edition) -> Wanted: ...


@dataclass(frozen=True, eq=False)
class OpenedShop:
    """A shop that picks can be made from; see `fondly.recommender.adapters.shop_processes`."""

    edition: Edition
    picks: Callable[[Wanted], Awaitable[bytes]]
    """Returns a customer's picks as JSON; raises `NoShopError` if it has ended."""
    close: Callable[[], None]
