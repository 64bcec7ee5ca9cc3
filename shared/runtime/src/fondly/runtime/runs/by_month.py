"""Items of the runs table in a partition for each month: read from the latest back, they cost what is read.

Which months there are is in a set of its own, written first: neither a gap nor a wrong clock hides an item.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.items import get_item, key
from fondly.runtime.storage import items_of, to_item

MONTHS = "months"
MONTH_CHARS = len("2026-11")
AFTER_ALL = "~"
AT_ONCE = 100


@dataclass(frozen=True)
class ByMonth:
    """The items of one kind, each named by its moment in ISO form and what it is about."""

    dynamodb: DynamoDBClient
    table: str
    kind: str

    async def put(self, at: str, name: str, values: Mapping[str, Any]) -> None:
        """Write an item, in the place of one with the same moment and name."""
        month = at[:MONTH_CHARS]
        await self.dynamodb.update_item(
            TableName=self.table,
            Key=self._key("", MONTHS),
            UpdateExpression="ADD months :month",
            ExpressionAttributeValues=to_item({":month": {month}}),
        )
        item = self._key(month, f"{at}#{name}") | to_item(values)
        await self.dynamodb.put_item(TableName=self.table, Item=item)

    async def latest_first(self, before: str | None = None) -> AsyncIterator[dict[str, Any]]:
        """Yield items, the latest first; those before another one's `item`, or before a day or a month."""
        before = before or AFTER_ALL
        months = (await get_item(self.dynamodb, self.table, self._key("", MONTHS))).get(MONTHS, ())
        for month in sorted(months, reverse=True):
            if month > before[:MONTH_CHARS]:
                continue
            found = items_of(
                self.dynamodb,
                "query",
                self.table,
                {":run": f"{self.kind}#{month}", ":before": before},
                KeyConditionExpression="run_id = :run AND #item < :before",
                ExpressionAttributeNames={"#item": "item"},
                ScanIndexForward=False,
                ConsistentRead=True,
                PaginationConfig={"PageSize": AT_ONCE},
            )
            async for item in found:
                yield item

    def _key(self, month: str, item: str) -> dict[str, Any]:
        return key(f"{self.kind}#{month}", item)
