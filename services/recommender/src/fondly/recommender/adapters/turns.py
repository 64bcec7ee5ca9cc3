"""Whose turn it is among the runs of a dataset group, and which shop is the latest, in the ledger's table."""

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.items import conditionally
from fondly.runtime.storage import from_item, to_item

ITEM = "turn"
SHOP = "shop"
NAMES = {"#owner": "owner"}
"""An alias: `owner` is a reserved word in DynamoDB's expressions."""


class _GroupItem:
    """An item that never expires, under the group's name, and names a run."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, run_id: str, item: str) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._key = to_item({"run_id": run_id, "item": item})

    async def owner(self) -> str | None:
        """Return the run that the item names, if there is one."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        return from_item(reply.get("Item", {})).get("owner")


class DynamoDBKnownShop(_GroupItem):
    """The latest run whose shop can be read; only the run whose turn it is changes it."""

    def __init__(self, dynamodb: DynamoDBClient, *, table: str, name: str) -> None:
        super().__init__(dynamodb, table, f"known#{name}", SHOP)

    async def set(self, run_id: str) -> None:
        """Make a run's shop the latest."""
        item = self._key | to_item({"owner": run_id})
        await self._dynamodb.put_item(TableName=self._table, Item=item)


class DynamoDBTurns(_GroupItem):
    """One run at a time changes a dataset group, until it ends its turn: conditional writes decide."""

    def __init__(self, dynamodb: DynamoDBClient, *, table: str, name: str) -> None:
        super().__init__(dynamodb, table, f"turn#{name}", ITEM)

    async def take(self, run_id: str, *, instead_of: str | None = None) -> str | None:
        """Take the turn if it is free, the run's own or that of `instead_of`; return whose it is now."""
        owners = {":owner": run_id, ":previous": instead_of or run_id}
        taken = await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=self._key | to_item({"owner": run_id}),
                ConditionExpression="attribute_not_exists(run_id) OR #owner = :owner OR #owner = :previous",
                ExpressionAttributeNames=NAMES,
                ExpressionAttributeValues=to_item(owners),
            )
        )
        return run_id if taken else await self.owner()

    async def end(self, run_id: str) -> None:
        """End the run's turn; does nothing when it is another's."""
        await conditionally(
            self._dynamodb.delete_item(
                TableName=self._table,
                Key=self._key,
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames=NAMES,
                ExpressionAttributeValues=to_item({":owner": run_id}),
            )
        )
