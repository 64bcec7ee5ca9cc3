"""The table of finished emails."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mailer.domain.record import EmailRecord
from shared.batches import batches
from shared.bus.retry import backoff_s
from shared.store import Table, UnprocessedError, from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

MAX_BATCH_GET = 100
TRIES = 8
RETRY_BASE_S = 0.05
RETRY_CAP_S = 5.0


class EmailTable:
    """Emails by run and customer."""

    def __init__(self, dynamodb: "DynamoDBClient", name: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._table = Table(dynamodb, name, keep_days=keep_days)

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every record; raise `UnprocessedError` when DynamoDB keeps refusing some."""
        await self._table.put_all(items)

    async def standing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """Return the records of those customers who have one, by customer id."""
        keys = [to_item({"run_id": run_id, "customer_id": customer_id}) for customer_id in customer_ids]
        found = [record for batch in batches(keys, MAX_BATCH_GET) for record in await self._get(batch)]
        return {record.customer_id: record for record in found}

    async def _get(self, keys: Sequence[Mapping[str, Any]]) -> list[EmailRecord]:
        found: list[EmailRecord] = []
        waiting: Sequence[Mapping[str, Any]] = keys
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(backoff_s(attempt, base_s=RETRY_BASE_S, cap_s=RETRY_CAP_S))
            reply = await self._dynamodb.batch_get_item(
                RequestItems={self._name: {"Keys": waiting, "ConsistentRead": True}}
            )
            items = reply.get("Responses", {}).get(self._name, [])
            found += [EmailRecord.model_validate(from_item(item)) for item in items]
            left = reply.get("UnprocessedKeys", {}).get(self._name)
            if not left:
                return found
            waiting = left["Keys"]
        raise UnprocessedError(f"{len(waiting)} keys of {self._name} stay unprocessed")
