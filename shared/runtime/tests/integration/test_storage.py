import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import Customer, Review
from fondly.runtime.retry import UnprocessedError
from fondly.runtime.storage import EXPIRES_AT, DynamoDBItems, S3Objects, from_item, to_item
from fondly.stack.provision import Resources
from tests.support.stores import Clients

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


async def test_records_are_read_from_s3_as_they_were_stored(clients: Clients, resources: Resources) -> None:
    """JSON lines preserve every member, including line breaks and emoji."""
    store = S3Objects(clients.s3, resources.buckets["data"])
    customers = [
        Customer(
            customer_id="c1",
            name="Zoë 🌱",
            reviews=(Review(review_id="r1", product_ids=("p1",), text="two\nlines\u2028three"),),
        ),
        Customer(customer_id="c2"),
    ]
    await store.put_lines("customers.jsonl", customers)
    assert await store.get_lines("customers.jsonl", Customer) == customers


async def test_more_items_than_a_batch_are_all_put(clients: Clients, resources: Resources) -> None:
    """Sixty items take three calls."""
    ids = [f"p{number}" for number in range(60)]
    items = [{"product_id": product_id, "price": Decimal("1.50")} for product_id in ids]
    await DynamoDBItems(clients.dynamodb, resources.tables["products"]).put_all(items)
    reply = await clients.dynamodb.scan(TableName=resources.tables["products"])
    assert sorted(from_item(item)["product_id"] for item in reply["Items"]) == sorted(ids)


async def test_items_expire_after_the_retention_period(clients: Clients, resources: Resources) -> None:
    """Each item has the expiry time in the attribute that the topology names."""
    name = resources.tables["customers"]
    await DynamoDBItems(clients.dynamodb, name, keep_days=2).put_all([{"customer_id": "c"}])
    [item] = (await clients.dynamodb.scan(TableName=name))["Items"]
    left_s = int(from_item(item)[EXPIRES_AT]) - time.time()
    assert 1.9 * SECONDS_PER_DAY < left_s <= 2 * SECONDS_PER_DAY


class PartlyRefusingDynamoDB:
    """Processes only the first item in each of `refusing_calls` calls, then all items."""

    def __init__(self, refusing_calls: int) -> None:
        self.refusing_calls = refusing_calls
        self.put: list[str] = []

    async def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Respond as DynamoDB does under load."""
        [(table, requests)] = RequestItems.items()
        processed = requests[:1] if self.refusing_calls else requests
        self.refusing_calls = max(0, self.refusing_calls - 1)
        self.put += [request["PutRequest"]["Item"]["id"]["S"] for request in processed]
        left = requests[len(processed) :]
        return {"UnprocessedItems": {table: left} if left else {}}

    async def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Respond with an item for each key, as DynamoDB does under load."""
        [(table, wanted)] = RequestItems.items()
        assert wanted["ConsistentRead"]
        keys = wanted["Keys"]
        processed = keys[:1] if self.refusing_calls else keys
        self.refusing_calls = max(0, self.refusing_calls - 1)
        left = keys[len(processed) :]
        return {
            "Responses": {table: processed},
            "UnprocessedKeys": {table: {"Keys": left}} if left else {},
        }


async def test_unprocessed_items_are_put_again() -> None:
    """Only the items that DynamoDB returns are retried."""
    dynamodb = PartlyRefusingDynamoDB(refusing_calls=2)
    await DynamoDBItems(cast("DynamoDBClient", dynamodb), "t").put_all([{"id": c} for c in "abcdef"])
    assert sorted(dynamodb.put) == list("abcdef")


async def test_items_that_stay_unprocessed_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost items are never ignored."""
    monkeypatch.setattr("fondly.runtime.retry.BATCH_CAP_S", 0.01)
    dynamodb = PartlyRefusingDynamoDB(refusing_calls=100)
    with pytest.raises(UnprocessedError, match="4 of 12 items of t"):
        await DynamoDBItems(cast("DynamoDBClient", dynamodb), "t").put_all(
            [{"id": c} for c in "abcdefghijkl"]
        )


async def test_unprocessed_keys_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the keys that DynamoDB returns are retried, and those that stay refused are an error."""
    monkeypatch.setattr("fondly.runtime.retry.BATCH_CAP_S", 0.01)
    keys = [{"id": c} for c in "abcdefghijkl"]
    dynamodb = PartlyRefusingDynamoDB(refusing_calls=2)
    assert await DynamoDBItems(cast("DynamoDBClient", dynamodb), "t").get_all(keys) == keys
    dynamodb.refusing_calls = 100
    with pytest.raises(UnprocessedError, match="4 of 12 keys of t"):
        await DynamoDBItems(cast("DynamoDBClient", dynamodb), "t").get_all(keys)


def test_plain_values_survive_conversion_to_dynamodb() -> None:
    """Floats become decimals, None is dropped, at every depth."""
    values = {"a": 0.25, "b": ("x", None), "c": {"d": 1.5, "e": None}, "f": None, "g": True}
    assert from_item(to_item(values)) == {
        "a": Decimal("0.25"),
        "b": ["x", None],
        "c": {"d": Decimal("1.5")},
        "g": True,
    }
