"""Which run's shop is the latest that can be read, in the ledger's table."""

from typing import TYPE_CHECKING

from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

SHOP = "shop"


class DynamoDBKnownShop:
    """An item of a dataset group that never expires. Only the run whose turn it is changes it."""

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = {"run_id": f"known#{name}", "item": SHOP}

    async def get(self) -> str | None:
        """Return the latest run whose shop can be read: its catalogue, and what customers have together."""
        reply = await self._dynamodb.get_item(
            TableName=self._table, Key=to_item(self._key), ConsistentRead=True
        )
        owner: str | None = from_item(reply.get("Item", {})).get("owner")
        return owner

    async def set(self, run_id: str) -> None:
        """Make a run's shop the latest."""
        item = to_item({**self._key, "owner": run_id})
        await self._dynamodb.put_item(TableName=self._table, Item=item)
