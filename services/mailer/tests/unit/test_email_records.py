from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from fondly.contracts.records import CopySource, EmailRecord
from fondly.mailer.adapters.email_records import DynamoDBEmailRecords
from fondly.runtime.storage import to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

CUSTOMERS = [f"C{number}" for number in range(20)]


def record(customer_id: str) -> EmailRecord:
    """A finished email."""
    return EmailRecord(
        run_id="run-1",
        customer_id=customer_id,
        key=f"runs/run-1/emails/{customer_id}.eml",
        subject="",
        preheader="",
        copy_source=CopySource.AI,
        product_ids=(),
        created_at=datetime(2026, 11, 25, tzinfo=UTC),
    )


class BusyDynamoDB:
    """Reads five items in a call, and returns the other keys, as DynamoDB does under load."""

    async def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Read the first five."""
        [(table, wanted)] = RequestItems.items()
        assert wanted["ConsistentRead"]
        keys = wanted["Keys"]
        items = [to_item(record(key["customer_id"]["S"]).model_dump(mode="json")) for key in keys[:5]]
        return {
            "Responses": {table: items},
            "UnprocessedKeys": {table: {"Keys": keys[5:]}} if keys[5:] else {},
        }


async def test_every_standing_email_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is missed would be made, announced and perhaps paid for again."""
    monkeypatch.setattr("fondly.runtime.retry.BATCH_CAP_S", 0.01)
    records = DynamoDBEmailRecords(cast("DynamoDBClient", BusyDynamoDB()), "emails")
    assert sorted(await records.existing("run-1", CUSTOMERS)) == sorted(CUSTOMERS)
