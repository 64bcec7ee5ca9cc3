import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from encore.contracts.records import Customer, Review
from encore.runtime.retry import UnprocessedError
from encore.runtime.storage import EXPIRES_AT, SECONDS_PER_DAY, DynamoDBItems, S3Objects, from_item, to_item
from encore.stack.provision import Resources
from tests.support.stores import Clients

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient


async def test_records_come_back_from_s3_as_they_went(clients: Clients, resources: Resources) -> None:
    """JSON lines keep every member, line breaks and emoji included."""
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


async def test_more_than_a_batch_is_put_whole(clients: Clients, resources: Resources) -> None:
    """Sixty items take three calls and all arrive."""
    ids = [f"p{number}" for number in range(60)]
    items = [{"product_id": product_id, "price": Decimal("1.50")} for product_id in ids]
    await DynamoDBItems(clients.dynamodb, resources.tables["products"]).put_all(items)
    reply = await clients.dynamodb.scan(TableName=resources.tables["products"])
    assert sorted(from_item(item)["product_id"] for item in reply["Items"]) == sorted(ids)


async def test_items_expire_when_the_table_keeps_them_for_a_time(
    clients: Clients, resources: Resources
) -> None:
    """A table that keeps items for some days says when each may go, under the topology's name for it."""
    name = resources.tables["customers"]
    await DynamoDBItems(clients.dynamodb, name, keep_days=2).put_all([{"customer_id": "c"}])
    [item] = (await clients.dynamodb.scan(TableName=name))["Items"]
    left_s = int(from_item(item)[EXPIRES_AT]) - time.time()
    assert 1.9 * SECONDS_PER_DAY < left_s <= 2 * SECONDS_PER_DAY


class ReluctantDynamoDB:
    """Leaves all but one item of each call unprocessed, for a number of calls."""

    def __init__(self, reluctant_calls: int) -> None:
        self.reluctant_calls = reluctant_calls
        self.put: list[str] = []

    async def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Answer like DynamoDB under load."""
        [(table, requests)] = RequestItems.items()
        taken = requests[:1] if self.reluctant_calls else requests
        self.reluctant_calls = max(0, self.reluctant_calls - 1)
        self.put += [request["PutRequest"]["Item"]["id"]["S"] for request in taken]
        left = requests[len(taken) :]
        return {"UnprocessedItems": {table: left} if left else {}}


async def test_unprocessed_items_are_put_again() -> None:
    """What DynamoDB hands back is tried again, and only that."""
    dynamodb = ReluctantDynamoDB(reluctant_calls=2)
    await DynamoDBItems(cast("DynamoDBClient", dynamodb), "t").put_all([{"id": c} for c in "abcdef"])
    assert sorted(dynamodb.put) == list("abcdef")


async def test_items_that_stay_unprocessed_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is given up silently."""
    monkeypatch.setattr("encore.runtime.retry.BATCH_CAP_S", 0.01)
    dynamodb = ReluctantDynamoDB(reluctant_calls=100)
    with pytest.raises(UnprocessedError, match="4 of 12 items of t"):
        await DynamoDBItems(cast("DynamoDBClient", dynamodb), "t").put_all(
            [{"id": c} for c in "abcdefghijkl"]
        )


def test_plain_values_survive_dynamodb_s_types() -> None:
    """Floats, nested members and missing values become what DynamoDB can hold."""
    values = {"a": 0.25, "b": ("x", None), "c": {"d": 1.5, "e": None}, "f": None, "g": True}
    assert from_item(to_item(values)) == {
        "a": Decimal("0.25"),
        "b": ["x", None],
        "c": {"d": Decimal("1.5")},
        "g": True,
    }
