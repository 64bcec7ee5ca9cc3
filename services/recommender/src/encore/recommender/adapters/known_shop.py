"""Which runs a dataset group's accumulated history comes from, in the ledger's table."""

from typing import TYPE_CHECKING, Any

from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

SHOP, HISTORY = "shop", "history"


class DynamoDBKnownShop:
    """Two items that never expire: the latest shop, and the run that last added to the history.

    Only the run whose turn it is changes them.
    """

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._name = name

    async def get(self) -> str | None:
        """Return the latest run whose shop can be read: its catalogue, and what customers have together."""
        return (await self._read(SHOP)).get("owner")

    async def set(self, run_id: str) -> None:
        """Make a run's shop the latest."""
        await self._write(SHOP, owner=run_id)

    async def follow(self, run_id: str) -> str | None:
        """Note that a run adds to the history from now on; return the run that did so before, if any.

        Called again for the same run, it returns the same.
        """
        found = await self._read(HISTORY)
        if found.get("owner") == run_id:
            return found.get("previous")
        previous = found.get("owner")
        await self._write(HISTORY, owner=run_id, previous=previous)
        return previous

    async def _read(self, item: str) -> dict[str, Any]:
        reply = await self._dynamodb.get_item(
            TableName=self._table, Key=to_item(self._key(item)), ConsistentRead=True
        )
        return from_item(reply.get("Item", {}))

    async def _write(self, item: str, **values: str | None) -> None:
        await self._dynamodb.put_item(TableName=self._table, Item=to_item({**self._key(item), **values}))

    def _key(self, item: str) -> dict[str, str]:
        return {"run_id": f"known#{self._name}", "item": item}
