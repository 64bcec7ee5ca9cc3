"""PutEvents: what Amazon Personalize is told of customers at once."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.contracts.records import CustomerEvent
from encore.recommender.adapters.personalize_operations import GONE, NEVER
from encore.recommender.domain.customer_events import EVENT_TYPES, Visit
from encore.recommender.ports import RefusedError
from encore.runtime.errors import error_code
from encore.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient
    from types_aiobotocore_personalize_events.type_defs import EventTypeDef

if TYPE_CHECKING:
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient


class AWSEventSink:
    """Tells Personalize of events, at the rate that it takes. The client must not retry: the limiter does."""

    def __init__(self, client: "PersonalizeEventsClient", limiter: Limiter) -> None:
        self._client = client
        self._limiter = limiter

    async def put(self, tracking_id: str, visit: Visit) -> None:
        """Tell of a visit; doing it again tells nothing new.

        Raises `RefusedError` if there is no such tracker, or the events are not as Personalize expects them.
        """
        try:
            await self._limiter.run(
                lambda: self._client.put_events(
                    trackingId=tracking_id,
                    userId=visit.customer_id,
                    sessionId=visit.session_id,
                    eventList=[_event(one) for one in visit.events],
                )
            )
        except ClientError as error:
            if error_code(error) not in {*NEVER, GONE}:
                raise
            raise RefusedError(f"Personalize refused events: {error_code(error)}") from error


def _event(event: CustomerEvent) -> "EventTypeDef":
    """Describe an event. What it came to is left out, so that it equals its row in an import."""
    described: EventTypeDef = {
        "eventId": event.event_id,
        "eventType": EVENT_TYPES[event.kind].value,
        "itemId": event.product_id,
        "sentAt": datetime.fromtimestamp(event.timestamp, UTC),
    }
    if event.run_id:
        described["metricAttribution"] = {"eventAttributionSource": event.run_id}
    return described
