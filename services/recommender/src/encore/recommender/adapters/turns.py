"""Turns in the ledger's table: one run at a time changes a dataset group."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.runtime.errors import error_code
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "turn"


class DynamoDBTurns:
    """A turn lasts until its run ends it; conditional writes decide between runs that compete for it."""

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = to_item({"run_id": f"turn#{name}", "item": ITEM})

    async def take(self, run_id: str, *, instead_of: str | None = None) -> str | None:
        """Take the turn if it is free, already the run's, or that of the run `instead_of`.

        Returns the run whose turn it is now; None when the turn ended in the meantime.
        """
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item=self._key | to_item({"owner": run_id}),
                ConditionExpression="attribute_not_exists(run_id) OR #owner IN (:owner, :previous)",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=to_item({":owner": run_id, ":previous": instead_of or run_id}),
            )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return await self.current()
        return run_id

    async def end(self, run_id: str) -> None:
        """End the run's turn; does nothing when it is another's."""
        try:
            await self._dynamodb.delete_item(
                TableName=self._table,
                Key=self._key,
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=to_item({":owner": run_id}),
            )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    async def current(self) -> str | None:
        """Return the run whose turn it is, or None."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        return str(from_item(reply["Item"])["owner"]) if "Item" in reply else None
