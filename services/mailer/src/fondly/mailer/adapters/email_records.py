"""The records of finished emails in DynamoDB."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fondly.contracts.records import EmailRecord
from fondly.runtime.storage import DynamoDBItems

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


class DynamoDBEmailRecords:
    """The table of finished emails, keyed by run and customer."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, *, keep_days: int | None = None) -> None:
        self._items = DynamoDBItems(dynamodb, table, keep_days=keep_days)

    async def put_all(self, records: Sequence[EmailRecord]) -> None:
        """Store every record; raise `UnprocessedError` when DynamoDB keeps refusing some."""
        await self._items.put_all([record.model_dump(mode="json") for record in records])

    async def existing(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, EmailRecord]:
        """Return the records of those customers who have one, by customer id."""
        keys = [{"run_id": run_id, "customer_id": customer_id} for customer_id in customer_ids]
        found = map(EmailRecord.model_validate, await self._items.get_all(keys))
        return {record.customer_id: record for record in found}
