"""Customers' latest events in the recommendations table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from encore.contracts.records import CustomerEvent
from encore.recommender.domain.customer_events import (
    attribute_of,
    from_item,
    keys,
    surplus,
    value_of,
)
from encore.runtime.batches import batches
from encore.runtime.ports import Items
from encore.runtime.storage import EXPIRES_AT, expires_at, to_item
from encore.runtime.storage import from_item as plain

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import UpdateItemOutputTypeDef

EVENTS_PER_UPDATE = 50
"""An expression may have 4 KB: so many attributes, with room to spare."""


class DynamoDBKeptEvents:
    """An item for each customer; `items` reads the table in batches. Items expire after `keep_days`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, items: Items, *, keep_days: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._items = items
        self._keep_days = keep_days

    async def add(self, customer_id: str, events: Sequence[CustomerEvent]) -> int:
        """Add a customer's events; return how many of them were new.

        Nothing is read first: who adds at the same time loses nothing.
        """
        new = 0
        for some in batches({one.event_id: one for one in events}.values(), EVENTS_PER_UPDATE):
            before = await self._set(customer_id, some)
            known = {one.event_id: one for one in (*before, *some)}
            new += len(known) - len(before)
            for surplus_ones in batches(surplus(list(known.values())), EVENTS_PER_UPDATE):
                await self._update(customer_id, f"REMOVE {', '.join(map(attribute_of, surplus_ones))}")
        return new

    async def of(self, customer_ids: Iterable[str]) -> Mapping[str, Sequence[CustomerEvent]]:
        """Return the events of customers, newest first; those without any are left out."""
        found = await self._items.get_all(keys(customer_ids))
        return {item["customer_id"]: events for item in found if (events := from_item(item))}

    async def _set(self, customer_id: str, events: Sequence[CustomerEvent]) -> Sequence[CustomerEvent]:
        """Set an attribute for each event; return the events that there were before."""
        texts = {f":v{number}": value_of(one) for number, one in enumerate(events)}
        changes = [f"{attribute_of(one)} = :v{number}" for number, one in enumerate(events)]
        reply = await self._update(
            customer_id,
            f"SET {', '.join(changes)}, {EXPIRES_AT} = :expires",
            ExpressionAttributeValues=to_item({**texts, ":expires": expires_at(self._keep_days)[EXPIRES_AT]}),
            ReturnValues="ALL_OLD",
        )
        return from_item({**plain(reply.get("Attributes", {})), "customer_id": customer_id})

    async def _update(self, customer_id: str, change: str, **more: Any) -> "UpdateItemOutputTypeDef":  # noqa: ANN401 - AWS's
        (key,) = keys([customer_id])
        return await self._dynamodb.update_item(
            TableName=self._table, Key=to_item(key), UpdateExpression=change, **more
        )
