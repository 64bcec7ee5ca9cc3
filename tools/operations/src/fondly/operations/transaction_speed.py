"""Says whether what stands in for DynamoDB has slow transactions, before a run stands still for them."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

from fondly.operations.environment import is_aws

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import WriteRequestTypeDef

KEPT, AT_ONCE, TIMES = 200, 25, 3
"""Items in the table, which slow emulators copy; in a transaction; and transactions, whose median counts."""
SLOW_S = 0.25
"""docs/adr/0078-the-quick-emulator-by-default.md has what this lies between."""
ADVICE = (
    "a run of 1,500 customers may take an hour or never end. Use the emulator of docker-compose.yml, or set"
    " AWS_ENDPOINT_URL_DYNAMODB to another DynamoDB, such as DynamoDB Local"
)


def slow_transactions(dynamodb: "DynamoDBClient") -> str | None:
    """Return a warning with the figure and a remedy if an emulator's transactions are slow.

    They are measured in a table that exists only meanwhile. On AWS nothing is called.
    """
    endpoint = dynamodb.meta.endpoint_url
    if is_aws(endpoint):
        return None
    seconds = median(_measured(dynamodb, f"transaction-speed-{uuid4().hex}"))
    if seconds < SLOW_S:
        return None
    found = f"a DynamoDB transaction takes {seconds:.1f} s at {endpoint}, {SLOW_S} s at most is expected"
    return f"slow: {found}; {ADVICE}"


def _measured(dynamodb: "DynamoDBClient", table: str) -> Iterator[float]:
    """Yield the seconds of each transaction."""
    dynamodb.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    try:
        dynamodb.get_waiter("table_exists").wait(TableName=table)
        for first in range(0, KEPT, AT_ONCE):
            items: list[WriteRequestTypeDef] = [
                {"PutRequest": {"Item": {"key": {"S": str(first + n)}}}} for n in range(AT_ONCE)
            ]
            dynamodb.batch_write_item(RequestItems={table: items})
        for _ in range(TIMES):
            started = perf_counter()
            dynamodb.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": table, "Item": {"key": {"S": str(n)}}}} for n in range(AT_ONCE)
                ]
            )
            yield perf_counter() - started
    finally:
        dynamodb.delete_table(TableName=table)
