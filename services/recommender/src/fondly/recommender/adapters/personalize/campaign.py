"""What runs make in Personalize for waiting customers: a campaign that ranks, a tracker that takes events."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from fondly.contracts.records import CustomerEvent
from fondly.recommender.adapters.personalize.client import GONE, NEVER, AWSPersonalize
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.adapters.personalize.plan import filter_name
from fondly.recommender.domain.history.customer_events import Visit
from fondly.recommender.domain.personalize.datasets import is_fit_id
from fondly.recommender.ports import NoRankingError
from fondly.recommender.use_cases.study_shop import KeepLatest
from fondly.runtime.errors import error_code
from fondly.runtime.logs import get_logger
from fondly.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient
    from types_aiobotocore_personalize_events.type_defs import EventTypeDef
    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient

AGAIN_S = 60.0
PUT_EVENTS_PER_S = 200.0
"""What all tasks send together; AWS takes 1,000 calls a second for a dataset group."""
log = get_logger()


class _Remembered:
    """An ARN or id: looked for once a minute until it is found, and remembered from then on."""

    def __init__(self, look: Callable[[], Awaitable[str | None]]) -> None:
        self._look, self._looked, self.found = look, KeepLatest[str | None](), ""

    async def get(self) -> str:
        """Return it, empty until it is found."""
        self.found = self.found or await self._looked.get(monotonic() // AGAIN_S, self._look) or ""
        return self.found


class AWSCampaign:
    """Ranks products. The runtime's client must not retry: there is no time, and the kept ranking will do."""

    def __init__(
        self,
        runtime: "PersonalizeRuntimeClient",
        personalize: AWSPersonalize,
        *,
        group: str,
        num_results: int,
    ) -> None:
        self._runtime, self._filter, self._num_results = runtime, filter_name(group), num_results
        self._arn = _Remembered(lambda: personalize.find(Kind.CAMPAIGN, group, {}))

    async def rank(self, customer_id: str) -> Sequence[str]:
        """Return product ids, best first; raise `NoRankingError` if there is no campaign to ask."""
        if not is_fit_id(customer_id):
            raise NoRankingError("the customer's id is not one that Personalize accepts")
        arn = await self._arn.get()
        if not arn:
            raise NoRankingError("there is no campaign")
        reply = await self._runtime.get_recommendations(
            campaignArn=arn,
            userId=customer_id,
            numResults=self._num_results,
            filterArn=f"{arn.rsplit(':', 1)[0]}:filter/{self._filter}",
        )
        return [one["itemId"] for one in reply.get("itemList", [])]


class AWSEventTracker:
    """Takes events. The events' client must not retry: the limiter does."""

    def __init__(
        self, events: "PersonalizeEventsClient", personalize: AWSPersonalize, *, group: str, limiter: Limiter
    ) -> None:
        async def look() -> str | None:
            arn = await personalize.find(Kind.EVENT_TRACKER, group, {})
            return str((await personalize.described(Kind.EVENT_TRACKER, arn))["trackingId"]) if arn else None

        self._events, self._limiter, self._id = events, limiter, _Remembered(look)

    async def tell(self, visit: Visit) -> bool:
        """Send a visit's events; return False if there is no tracker, or Personalize does not take them."""
        tracking_id = await self._id.get()
        if not tracking_id:
            return False
        try:
            await self._limiter.run(
                lambda: self._events.put_events(
                    trackingId=tracking_id,
                    userId=visit.customer_id,
                    sessionId=visit.session_id,
                    eventList=[_event(one) for one in visit.events],
                )
            )
        except ClientError as error:
            if error_code(error) not in {*NEVER, GONE}:
                raise
            self._id.found = ""  # another may take its place
            log.warning("events_refused", events=len(visit.events), code=error_code(error))
            return False
        return True


def _event(event: CustomerEvent) -> "EventTypeDef":
    return {
        "eventId": event.event_id,
        "eventType": event.kind.value,
        "itemId": event.product_id,
        "sentAt": datetime.fromtimestamp(event.timestamp, UTC),
    }
