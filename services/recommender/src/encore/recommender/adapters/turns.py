"""A lease in the ledger's table: one run at a time changes a dataset group."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.runtime.errors import error_code
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "lease"


class DynamoLease:
    """Held by a run id until released; conditional writes decide between two that want it."""

    def __init__(self, dynamodb: "DynamoDBClient", *, table: str, name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = to_item({"run_id": f"lease#{name}", "item": ITEM})

    async def hold(self, owner: str, *, instead_of: str | None = None) -> str | None:
        """Take the lease if it is free, already the owner's, or held by `instead_of`.

        Returns who holds it now; None when it was let go in the meantime.
        """
        try:
            await self._dynamodb.put_item(
                TableName=self._table,
                Item=self._key | to_item({"owner": owner}),
                ConditionExpression="attribute_not_exists(run_id) OR #owner IN (:owner, :previous)",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=to_item({":owner": owner, ":previous": instead_of or owner}),
            )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return await self.held_by()
        return owner

    async def release(self, owner: str) -> None:
        """Let go of the lease; nothing happens when another holds it."""
        try:
            await self._dynamodb.delete_item(
                TableName=self._table,
                Key=self._key,
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues=to_item({":owner": owner}),
            )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    async def held_by(self) -> str | None:
        """Return who holds the lease now, if anybody."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        return str(from_item(reply["Item"])["owner"]) if "Item" in reply else None
