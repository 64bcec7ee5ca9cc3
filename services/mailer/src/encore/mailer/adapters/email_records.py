"""The records of finished emails in DynamoDB."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from encore.mailer.domain.record import EmailRecord
from encore.runtime.batches import batches
from encore.runtime.retry import process_all
from encore.runtime.storage import DynamoDBItems, from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

MAX_BATCH_GET = 100


class DynamoDBEmailRecords:
    """The table of finished emails, keyed by run and customer."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._items = DynamoDBItems(dynamodb, table, keep_days=keep_days)

    async def put_all(self, records: Sequence[EmailRecord]) -> None:
        """Store every record; raise `UnprocessedError` when DynamoDB keeps refusing some."""
        await self._items.put_all([record.model_dump(mode="json") for record in records])

    async def existing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """Return the records of those customers who have one, by customer id."""
        keys = [to_item({"run_id": run_id, "customer_id": customer_id}) for customer_id in customer_ids]
        found = [record for batch in batches(keys, MAX_BATCH_GET) for record in await self._get(batch)]
        return {record.customer_id: record for record in found}

    async def _get(self, keys: Sequence[Mapping[str, Any]]) -> list[EmailRecord]:
        found: list[EmailRecord] = []

        async def read(waiting: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
            reply = await self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": waiting, "ConsistentRead": True}}
            )
            items = reply.get("Responses", {}).get(self._table, [])
            found.extend(EmailRecord.model_validate(from_item(item)) for item in items)
            left = reply.get("UnprocessedKeys", {}).get(self._table)
            return left["Keys"] if left else []

        await process_all(keys, read, what=f"keys of {self._table}")
        return found
