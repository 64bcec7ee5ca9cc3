"""The run of each source's latest content: a pointer moved by compare-and-set."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.items import get_item, key, put_if
from fondly.runtime.storage import to_item

ITEM, READ = "latest", "read"


class LatestRun(NamedTuple):
    """A source's latest run, None before the first, and the objects of its last complete upload."""

    run_id: str | None = None
    version: int = 0
    files: Sequence[dict[str, str]] = ()


class LatestRuns:
    """Two items per source in the runs table, which never expire."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def get(self, source: str) -> LatestRun:
        """Return the source's latest run."""
        found = await get_item(self._dynamodb, self._table, _key(source))
        return LatestRun(
            found.get("latest_run_id"), int(found.get("version", 0)), tuple(found.get("files", ()))
        )

    async def noted(self, source: str) -> Sequence[dict[str, str]]:
        """Return what `note` was last given for the source."""
        return tuple((await get_item(self._dynamodb, self._table, _key(source, READ))).get("files", ()))

    async def note(self, source: str, files: Sequence[dict[str, str]]) -> None:
        """Keep what objects of the source were found to be when last read, with or without a run."""
        item = _key(source, READ) | to_item({"files": list(files)})
        await self._dynamodb.put_item(TableName=self._table, Item=item)

    async def move(
        self, source: str, run_id: str, *, after: LatestRun, files: Sequence[dict[str, str]] = ()
    ) -> bool:
        """Make a run the source's latest; return False if the pointer has changed since `after` was read."""
        values = {"latest_run_id": run_id, "version": after.version + 1, "files": list(files)}
        item, unchanged = (
            _key(source) | to_item(values),
            "attribute_not_exists(version) OR version = :version",
        )
        return await put_if(self._dynamodb, self._table, item, unchanged, {":version": after.version})


def _key(source: str, item: str = ITEM) -> dict[str, Any]:
    return key(f"source#{source}", item)
