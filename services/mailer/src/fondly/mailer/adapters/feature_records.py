"""The features of products as people list and remove them."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.mailer.use_cases.know_features import FeatureRecords
from fondly.runtime.storage import DynamoDBItems, items_of, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


class DynamoDBFeatureRecords(FeatureRecords):
    """The table of product features in DynamoDB."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        super().__init__(DynamoDBItems(dynamodb, table))
        self._dynamodb = dynamodb
        self._table = table

    async def all(self) -> AsyncIterator[ProductFeatures]:
        """Yield every record, in any order; the whole table is read."""
        async for item in items_of(self._dynamodb, "scan", self._table, ConsistentRead=True):
            yield ProductFeatures.model_validate(item)

    async def remove(self, product_id: str) -> bool:
        """Delete a product's record; False if there is none."""
        reply = await self._dynamodb.delete_item(
            TableName=self._table, Key=to_item({"product_id": product_id}), ReturnValues="ALL_OLD"
        )
        return bool(reply.get("Attributes"))
