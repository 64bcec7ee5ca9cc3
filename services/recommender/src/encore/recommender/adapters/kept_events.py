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
        by_name = {attribute_of(one): one for one in events}
        for names in batches(by_name, EVENTS_PER_UPDATE):
            before = await self._set(customer_id, {name: value_of(by_name[name]) for name in names})
            new += sum(name not in before for name in names)
            known = {
                one.event_id: one
                for one in (
                    *from_item({**before, "customer_id": customer_id}),
                    *(by_name[name] for name in names),
                )
            }
            await self._remove(customer_id, surplus(list(known.values())))
        return new

    async def of(self, customer_ids: Iterable[str]) -> Mapping[str, Sequence[CustomerEvent]]:
        """Return the events of customers, newest first; those without any are left out."""
        found = await self._items.get_all(keys(customer_ids))
        return {item["customer_id"]: events for item in found if (events := from_item(item))}

    async def _set(self, customer_id: str, values: Mapping[str, str]) -> dict[str, Any]:
        """Set attributes; return the item as it was before."""
        names = {f"#n{number}": name for number, name in enumerate(values)}
        assignments = [f"#n{number} = :v{number}" for number in range(len(values))]
        reply = await self._dynamodb.update_item(
            TableName=self._table,
            Key=self._key(customer_id),
            UpdateExpression=f"SET {', '.join(assignments)}, #expires = :expires",
            ExpressionAttributeNames={**names, "#expires": EXPIRES_AT},
            ExpressionAttributeValues=to_item(
                {f":v{number}": value for number, value in enumerate(values.values())}
                | {":expires": expires_at(self._keep_days)[EXPIRES_AT]}
            ),
            ReturnValues="ALL_OLD",
        )
        return plain(reply.get("Attributes", {}))

    async def _remove(self, customer_id: str, events: Sequence[CustomerEvent]) -> None:
        for some in batches(events, EVENTS_PER_UPDATE):
            names = {f"#n{number}": attribute_of(one) for number, one in enumerate(some)}
            await self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key(customer_id),
                UpdateExpression=f"REMOVE {', '.join(names)}",
                ExpressionAttributeNames=names,
            )

    def _key(self, customer_id: str) -> dict[str, Any]:
        (key,) = keys([customer_id])
        return to_item(key)
