"""Results of paid calls, stored as they arrive, so that a repeated part pays only for missing ones."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from encore.runtime.runs.items import key
from encore.runtime.runs.run import StageName
from encore.runtime.storage import expires_at, from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

PAID_PREFIX = "paid#"


class PaidResults:
    """An item per call in the runs table, found by run, stage and part."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keep_days = keep_days

    async def keep(self, run_id: str, stage: StageName, name: str, results: Mapping[str, str]) -> None:
        """Store one call's results by the id of what each is about; not empty, at most 400 KB in all."""
        call = hashlib.sha256(next(iter(results)).encode()).hexdigest()[:16]
        item = key(run_id, f"{_prefix(stage, name)}{call}")
        values = {"results": dict(results), **expires_at(self._keep_days)}
        await self._dynamodb.put_item(TableName=self._table, Item=item | to_item(values))

    async def kept(self, run_id: str, stage: StageName, name: str) -> dict[str, str]:
        """Return everything stored for a part."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="run_id = :run AND begins_with(#item, :part)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues=to_item({":run": run_id, ":part": _prefix(stage, name)}),
            ConsistentRead=True,
        )
        found = [from_item(item)["results"] async for page in pages for item in page.get("Items", [])]
        return {unit: str(result) for results in found for unit, result in results.items()}


def _prefix(stage: StageName, name: str) -> str:
    return f"{PAID_PREFIX}{stage}#{name}#"
