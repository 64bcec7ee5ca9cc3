"""What the recommender needs from outside, beyond `encore.runtime.ports`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from encore.contracts.records import CustomerEvent
from encore.recommender.domain.campaigns import WatchedCampaign
from encore.recommender.domain.customer_events import Tracker, Visit
from encore.recommender.domain.customer_state import CustomerState
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.real_time import Edition, Wanted
from encore.recommender.domain.records import Event, ItemRecord, UserRecord
from encore.recommender.domain.resources import Found, Kind, ResourceSpec
from encore.recommender.domain.standing import KnownDataset, Standing
from encore.recommender.domain.turn import Turn
from encore.runtime.ports import Items, Objects


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
    """Amazon Personalize; see `encore.recommender.adapters.personalize`."""

    async def ensure(self, wanted: ResourceSpec) -> str: ...
    async def is_active(self, kind: Kind, arn: str) -> bool: ...
    async def exists(self, kind: Kind, arn: str) -> bool: ...
    async def solutions(self, group_arn: str) -> Sequence[Found]: ...
    async def schemas(self) -> Sequence[Found]: ...
    async def tags(self, arn: str) -> Mapping[str, str]: ...
    async def delete(self, kind: Kind, arn: str) -> bool: ...
    async def find(self, kind: Kind, name: str) -> str | None: ...
    async def dataset(self, arn: str) -> KnownDataset: ...
    async def metrics(self, version_arn: str) -> Mapping[str, float]: ...
    async def tracking_id(self, tracker_arn: str) -> str: ...


class Promotion(NamedTuple):
    """New products that take a share of what is recommended."""

    name: str
    percent: int
    filter_arn: str


class CampaignRequest(NamedTuple):
    """What a campaign is asked for, whoever it is for."""

    campaign_arn: str
    num_results: int
    filter_arn: str
    promotion: Promotion | None = None


class CampaignRuntime(Protocol):
    """A campaign's answers; see `encore.recommender.adapters.personalize_runtime`."""

    async def rank(self, customer_id: str, request: CampaignRequest) -> tuple[str, ...]: ...


class WatchedCampaigns(Protocol):
    """What is recorded of a campaign; see `encore.recommender.adapters.watched_campaign`."""

    async def get(self) -> WatchedCampaign | None: ...
    async def begin(self, campaign: WatchedCampaign) -> bool: ...
    async def use(self) -> bool: ...
    async def polled(self, watch: str, poll: int) -> bool: ...
    async def rest(self, watch: str, beat: str) -> bool: ...
    async def forget(self, watch: str) -> None: ...


class Records(Protocol):
    """Records one by one; see `encore.recommender.adapters.personalize_events`."""

    async def put_events(self, tracking_id: str, events: Sequence[Event]) -> None: ...
    async def put_users(self, dataset_arn: str, users: Sequence[UserRecord]) -> None: ...
    async def put_items(self, dataset_arn: str, items: Sequence[ItemRecord]) -> None: ...


class Standings(Protocol):
    """What is known of the dataset group; see `encore.recommender.adapters.standing`."""

    async def get(self) -> Standing: ...
    async def change(self, standing: Standing, **values: Any) -> Standing: ...  # noqa: ANN401


class KeptEvents(Protocol):
    """What customers did lately; see `encore.recommender.adapters.kept_events`."""

    async def add(self, customer_id: str, events: Sequence[CustomerEvent]) -> int: ...
    async def of(self, customer_ids: Iterable[str]) -> Mapping[str, Sequence[CustomerEvent]]: ...


class EventSink(Protocol):
    """Where Personalize takes events; see `encore.recommender.adapters.event_sink`."""

    async def put(self, tracking_id: str, visit: Visit) -> None: ...


class Trackers(Protocol):
    """The dataset group's event tracker; see `encore.recommender.adapters.event_trackers`."""

    async def make(self) -> Tracker | None: ...
    async def kept(self) -> Tracker | None: ...
    async def keep(self, tracker: Tracker | None) -> None: ...


class Files(Protocol):
    """Objects of the data bucket that can be removed; see `encore.recommender.adapters.run_files`."""

    async def remove(self, folder: str) -> int: ...


class Turns(Protocol):
    """Which run may change the dataset group; see `encore.recommender.adapters.turns`."""

    async def take(self, run_id: str, *, instead_of: Turn | None = None) -> Turn | None: ...
    async def end(self, run_id: str) -> None: ...
    async def current(self) -> Turn | None: ...


class RankedObjects(Objects, Protocol):
    """The data bucket with Personalize's results; see `encore.runtime.storage.S3Objects`."""

    def lines(self, key: str) -> AsyncIterator[bytes]: ...


class ScannedItems(Items, Protocol):
    """A table that can be read as a whole; see `encore.runtime.storage.DynamoDBItems`."""

    def scan(self, *, segment: int, segments: int) -> AsyncIterator[dict[str, Any]]: ...


class KnownShop(Protocol):
    """Which runs the accumulated history comes from; see `encore.recommender.adapters.known_shop`."""

    async def get(self) -> str | None: ...
    async def set(self, run_id: str) -> None: ...
    async def follow(self, run_id: str) -> str | None: ...


class NoRankingError(Exception):
    """An engine does not rank for a customer now; the message says why, without naming the customer."""


class NoShopError(Exception):
    """There is no shop yet that picks could be made from."""


class ShopClosedError(Exception):
    """A shop cannot be asked any more: its process has ended."""


class BusyError(Exception):
    """More is being asked at once than can be answered soon."""


class LatestShop(Protocol):
    """Which run's shop is the latest that can be read."""

    async def get(self) -> str | None: ...


class CustomerRecords(Protocol):
    """All that is stored of a customer; see `encore.recommender.adapters.customer_records`."""

    async def read(self, customer_id: str, run_id: str) -> CustomerState: ...


class RanksNow(Protocol):
    """Something of Personalize's that ranks products while a customer waits.

    Raises `NoRankingError`, or whatever error the call ended with.
    """

    async def ask(self, customer_id: str) -> Sequence[str]: ...


class OrdersNow(Protocol):
    """A campaign that orders given products; see `encore.recommender.adapters.personalize_ranking`."""

    async def order(self, customer_id: str, product_ids: Sequence[str]) -> Sequence[str]: ...


class OpenedShop(Protocol):
    """A shop that picks can be made from; see `encore.recommender.adapters.shop_processes`."""

    @property
    def edition(self) -> Edition: ...
    async def picks(self, wanted: Wanted) -> bytes: ...
    async def woven(self, preferences: Sequence[Preference]) -> tuple[str, ...]: ...
    async def ordered(self, wanted: Wanted, product_ids: Sequence[str]) -> list[str]: ...
    async def close(self) -> None: ...


class ShopOpener(Protocol):
    """Opens shops."""

    async def open(self, edition: Edition, *, at_leisure: bool = False) -> OpenedShop: ...
