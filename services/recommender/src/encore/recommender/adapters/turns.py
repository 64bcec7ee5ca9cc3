"""Turns in the ledger's table: one run at a time changes a dataset group."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from encore.recommender.domain.turn import Turn
from encore.runtime.runs.items import conditionally
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "turn"
NAMES = {"#owner": "owner"}
"""An alias: `owner` is a reserved word in DynamoDB's expressions."""


class DynamoDBTurns:
    """A turn lasts until its run ends it; conditional writes decide between runs that compete for it.

    Whoever takes a turn that is theirs already leaves a new beat in it.
    """

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = to_item({"run_id": f"turn#{name}", "item": ITEM})

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
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        found = from_item(reply.get("Item", {}))
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
