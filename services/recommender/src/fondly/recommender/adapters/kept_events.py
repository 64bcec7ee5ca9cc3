"""Customers' latest events in the recommendations table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fondly.contracts.records import CustomerEvent
from fondly.recommender.domain.history.customer_events import attribute_of, from_item, keys, surplus, value_of
from fondly.runtime.batches import batches
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.ports import Items
from fondly.runtime.storage import EXPIRES_AT, expires_at, to_item

EVENTS_PER_UPDATE = 50
"""An expression may have 4 KB: so many attributes, with room to spare."""


class DynamoDBKeptEvents:
    """An item for each customer; `items` reads the table in batches. Items expire after `keep_days`."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, items: Items, *, keep_days: int) -> None:
        self._dynamodb, self._table, self._items, self._keep_days = dynamodb, table, items, keep_days

    async def add(self, customer_id: str, events: Sequence[CustomerEvent]) -> int:
        """Add a customer's events, each as an attribute of its own; return how many of them were new."""
        known = {one.event_id: one for one in (await self.of([customer_id])).get(customer_id, ())}
        new = {one.event_id: one for one in events if one.event_id not in known}
        for some in batches(new.values(), EVENTS_PER_UPDATE):
            changes = [f"{attribute_of(one)} = :v{number}" for number, one in enumerate(some)]
            values = {f":v{number}": value_of(one) for number, one in enumerate(some)}
            expires = {":expires": expires_at(self._keep_days)[EXPIRES_AT]}
            change = f"SET {', '.join(changes)}, {EXPIRES_AT} = :expires"
            await self._update(customer_id, change, ExpressionAttributeValues=to_item({**values, **expires}))
        for some in batches(surplus([*known.values(), *new.values()]), EVENTS_PER_UPDATE):
            await self._update(customer_id, f"REMOVE {', '.join(map(attribute_of, some))}")
        return len(new)

    async def of(self, customer_ids: Iterable[str]) -> Mapping[str, Sequence[CustomerEvent]]:
        """Return the events of customers, newest first; those without any are left out."""
        found = await self._items.get_all(keys(customer_ids))
        return {item["customer_id"]: events for item in found if (events := from_item(item))}

    async def _update(self, customer_id: str, change: str, **more: Any) -> None:  # noqa: ANN401 - AWS's
        (key,) = keys([customer_id])
        await self._dynamodb.update_item(
            TableName=self._table, Key=to_item(key), UpdateExpression=change, **more
        )
