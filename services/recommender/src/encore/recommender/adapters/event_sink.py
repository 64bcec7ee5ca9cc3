"""PutEvents: what Amazon Personalize is told of customers at once."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.contracts.records import CustomerEvent
from encore.recommender.adapters.made_by_runs import MadeByRuns
from encore.recommender.adapters.personalize_operations import GONE, NEVER
from encore.recommender.domain.customer_events import Visit
from encore.recommender.domain.resources import Kind
from encore.runtime.errors import error_code
from encore.runtime.logs import get_logger
from encore.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient
    from types_aiobotocore_personalize_events.type_defs import EventTypeDef

log = get_logger()


class AWSEventSink:
    """The dataset group's event tracker. The events' client must not retry: the limiter does."""

    def __init__(
        self,
        events: "PersonalizeEventsClient",
        personalize: "PersonalizeClient",
        *,
        group: str,
        limiter: Limiter,
    ) -> None:
        self._events = events
        self._tracker = MadeByRuns(personalize, Kind.EVENT_TRACKER, group)
        self._limiter = limiter

    async def put(self, visit: Visit) -> bool:
        """Tell of a visit; doing it again tells nothing new.

        Returns False if there is no tracker, or Personalize does not take the events.
        """
        tracker = await self._tracker.get()
        if tracker is None:
            return False
        try:
            await self._limiter.run(
                lambda: self._events.put_events(
                    trackingId=tracker["trackingId"],
                    userId=visit.customer_id,
                    sessionId=visit.session_id,
                    eventList=[_event(one) for one in visit.events],
                )
            )
        except ClientError as error:
            code = error_code(error)
            if code not in {*NEVER, GONE}:
                raise
            if code == GONE:
                self._tracker.forget()
            log.warning("events_refused", events=len(visit.events), code=code)
            return False
        return True


def _event(event: CustomerEvent) -> "EventTypeDef":
    return {
        "eventId": event.event_id,
        "eventType": event.kind.value,
        "itemId": event.product_id,
        "sentAt": datetime.fromtimestamp(event.timestamp, UTC),
    }
