"""Whose turn it is among the runs of a dataset group, and which shop is the latest, in the ledger's table."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from encore.recommender.ports import Turn
from encore.runtime.runs.items import conditionally
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "turn"
SHOP = "shop"
NAMES = {"#owner": "owner"}
"""An alias: `owner` is a reserved word in DynamoDB's expressions."""


class _GroupItem:
    """An item that never expires, under the group's name."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, run_id: str, item: str) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._key = to_item({"run_id": run_id, "item": item})

    async def _read(self) -> dict[str, Any]:
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        return from_item(reply.get("Item", {}))


class DynamoDBKnownShop(_GroupItem):
    """The latest run whose shop can be read: its catalogue, and what customers have together.

    Only the run whose turn it is changes it.
    """

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        super().__init__(dynamodb, table, f"known#{name}", SHOP)

    async def get(self) -> str | None:
        """Return the run, if there is one."""
        return (await self._read()).get("owner")

    async def set(self, run_id: str) -> None:
        """Make a run's shop the latest."""
        item = self._key | to_item({"owner": run_id})
        await self._dynamodb.put_item(TableName=self._table, Item=item)


class DynamoDBTurns(_GroupItem):
    """One run at a time changes a dataset group, until it ends its turn: conditional writes decide.

    Whoever takes a turn that is theirs already leaves a new beat in it.
    """

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        super().__init__(dynamodb, table, f"turn#{name}", ITEM)

    async def take(self, run_id: str, *, instead_of: Turn | None = None) -> Turn | None:
        """Take the turn if it is free, already the run's, or exactly `instead_of`, beat and all.

        Returns whose turn it is now; None when the turn ended in the meantime.
        """
        mine = Turn(run_id, uuid4().hex)
        taken = await conditionally(
            self._dynamodb.put_item(
                TableName=self._table, Item=self._key | to_item(mine._asdict()), **_unless(run_id, instead_of)
            )
        )
        return mine if taken else await self.current()

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

    async def current(self) -> Turn | None:
        """Return whose turn it is, or None."""
        found = await self._read()
        return Turn(found["owner"], found["beat"]) if found else None


def _unless(run_id: str, instead_of: Turn | None) -> dict[str, Any]:
    """The condition under which the turn may be taken."""
    condition, values = "attribute_not_exists(run_id) OR #owner = :owner", {":owner": run_id}
    if instead_of is not None:
        condition += " OR (#owner = :previous AND beat = :beat)"
        values |= {":previous": instead_of.owner, ":beat": instead_of.beat}
    return {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": NAMES,
        "ExpressionAttributeValues": to_item(values),
    }
