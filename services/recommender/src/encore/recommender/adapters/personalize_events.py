"""Puts records into Personalize's datasets one by one, in pace with the account's quotas."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from encore.recommender.adapters.personalize_operations import meaning_of
from encore.recommender.domain.records import Event, ItemRecord, UserRecord
from encore.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_personalize_events.client import PersonalizeEventsClient
    from types_aiobotocore_personalize_events.type_defs import EventTypeDef

RECORDS_PER_CALL = 10
USER_CALLS_PER_S = 10.0
"""AWS's quota for `PutUsers`."""
ITEM_CALLS_PER_S = 10.0
"""AWS's quota for `PutItems`."""
Result = TypeVar("Result")


class AWSPersonalizeEvents:
    """Single records behind the recommender's port; the client must not retry by itself."""

    def __init__(
        self, client: "PersonalizeEventsClient", *, events: Limiter, users: Limiter, items: Limiter
    ) -> None:
        self._client = client
        self._events = events
        self._users = users
        self._items = items

    async def put_events(self, tracking_id: str, events: Sequence[Event]) -> None:
        """Record up to `RECORDS_PER_CALL` events of one customer; those that are known already count once.

        Raises `RefusedError` if Personalize does not take them, or does not know the tracker.
        """
        first = events[0]
        await _put(
            "events",
            self._events,
            lambda: self._client.put_events(
                trackingId=tracking_id,
                userId=first.user_id,
                sessionId=first.session_id,
                eventList=[_event(each) for each in events],
            ),
        )

    async def put_users(self, dataset_arn: str, users: Sequence[UserRecord]) -> None:
        """Add up to `RECORDS_PER_CALL` customers, or replace what was known of them.

        Raises `NotReadyError` while the dataset is being changed, and `VanishedError` if there is none.
        """
        await _put(
            "users",
            self._users,
            lambda: self._client.put_users(
                datasetArn=dataset_arn,
                users=[{"userId": each.user_id, "properties": each.properties} for each in users],
            ),
        )

    async def put_items(self, dataset_arn: str, items: Sequence[ItemRecord]) -> None:
        """Add up to `RECORDS_PER_CALL` products, or replace what was known of them.

        Raises `NotReadyError` while the dataset is being changed, and `VanishedError` if there is none.
        """
        await _put(
            "items",
            self._items,
            lambda: self._client.put_items(
                datasetArn=dataset_arn,
                items=[{"itemId": each.item_id, "properties": each.properties} for each in items],
            ),
        )


async def _put(what: str, limiter: Limiter, call: Callable[[], Awaitable[Result]]) -> None:
    try:
        await limiter.run(call)
    except ClientError as error:
        raise meaning_of(error, what) from error


def _event(event: Event) -> "EventTypeDef":
    known: EventTypeDef = {
        "eventId": event.event_id,
        "eventType": event.event_type,
        "itemId": event.item_id,
        "sentAt": datetime.fromtimestamp(event.timestamp, UTC),
    }
    return known if event.value is None else {**known, "eventValue": event.value}
