"""The features of products in DynamoDB."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.runtime.storage import DynamoDBItems, from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


class DynamoDBFeatureRecords:
    """The table of product features, keyed by product; what a person has decided never expires."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._items = DynamoDBItems(dynamodb, table)

    async def put_all(self, records: Sequence[ProductFeatures]) -> None:
        """Store every record; raise `UnprocessedError` when DynamoDB keeps refusing some."""
        await self._items.put_all([record.model_dump(mode="json") for record in records])

    async def existing(self, product_ids: Sequence[str]) -> dict[str, ProductFeatures]:
        """Return the records of those products that have one, by product id."""
        found = await self._items.get_all([{"product_id": product_id} for product_id in product_ids])
        return {record.product_id: record for record in map(ProductFeatures.model_validate, found)}

    async def all(self) -> AsyncIterator[ProductFeatures]:
        """Yield every record, in any order; the whole table is read."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        async for page in pages:
            for item in page.get("Items", []):
                yield ProductFeatures.model_validate(from_item(item))

    async def remove(self, product_id: str) -> bool:
        """Delete a product's record; False if there is none."""
        reply = await self._dynamodb.delete_item(
            TableName=self._table, Key=to_item({"product_id": product_id}), ReturnValues="ALL_OLD"
        )
        return bool(reply.get("Attributes"))
