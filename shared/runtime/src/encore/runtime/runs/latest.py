"""Which run came of a source's newest content: a pointer that moves only from what was read."""

from typing import TYPE_CHECKING, Any, NamedTuple

from encore.runtime.runs.items import conditionally, key
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM = "newest"


class Newest(NamedTuple):
    """The newest run of a source, None before its first; `turn` counts how often that has changed."""

    run_id: str | None = None
    turn: int = 0


class NewestRuns:
    """An item a source in the runs table, kept for good."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def get(self, source: str) -> Newest:
        """Return the source's newest run."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=_key(source), ConsistentRead=True)
        found = from_item(reply.get("Item", {}))
        return Newest(found.get("newest_run_id"), int(found.get("turn", 0)))

    async def move(self, source: str, run_id: str, *, after: Newest) -> bool:
        """Make a run the source's newest; False when the pointer is no longer where it was read."""
        return await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=_key(source) | to_item({"newest_run_id": run_id, "turn": after.turn + 1}),
                ConditionExpression="attribute_not_exists(turn) OR turn = :turn",
                ExpressionAttributeValues=to_item({":turn": after.turn}),
            )
        )


def _key(source: str) -> dict[str, Any]:
    return key(f"source#{source}", ITEM)
