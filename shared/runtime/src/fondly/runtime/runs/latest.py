"""The run of each source's latest content: a pointer moved by compare-and-set."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fondly.runtime.runs.items import conditionally, key
from fondly.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

ITEM, READ = "latest", "read"


class LatestRun(NamedTuple):
    """A source's latest run, None before the first, and the objects of its last complete upload."""

    run_id: str | None = None
    version: int = 0
    files: Sequence[dict[str, str]] = ()


class LatestRuns:
    """Two items per source in the runs table, which never expire."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def get(self, source: str) -> LatestRun:
        """Return the source's latest run."""
        reply = await self._dynamodb.get_item(TableName=self._table, Key=_key(source), ConsistentRead=True)
        found = from_item(reply.get("Item", {}))
        return LatestRun(
            found.get("latest_run_id"), int(found.get("version", 0)), tuple(found.get("files", ()))
        )

    async def noted(self, source: str) -> Sequence[dict[str, str]]:
        """Return what `note` was last given for the source."""
        reply = await self._dynamodb.get_item(
            TableName=self._table, Key=_key(source, READ), ConsistentRead=True
        )
        return tuple(from_item(reply.get("Item", {})).get("files", ()))

    async def note(self, source: str, files: Sequence[dict[str, str]]) -> None:
        """Keep what objects of the source were found to be when last read, with or without a run."""
        item = _key(source, READ) | to_item({"files": list(files)})
        await self._dynamodb.put_item(TableName=self._table, Item=item)

    async def move(
        self, source: str, run_id: str, *, after: LatestRun, files: Sequence[dict[str, str]] = ()
    ) -> bool:
        """Make a run the source's latest; return False if the pointer has changed since `after` was read."""
        values = {"latest_run_id": run_id, "version": after.version + 1, "files": list(files)}
        return await conditionally(
            self._dynamodb.put_item(
                TableName=self._table,
                Item=_key(source) | to_item(values),
                ConditionExpression="attribute_not_exists(version) OR version = :version",
                ExpressionAttributeValues=to_item({":version": after.version}),
            )
        )


def _key(source: str, item: str = ITEM) -> dict[str, Any]:
    return key(f"source#{source}", item)
