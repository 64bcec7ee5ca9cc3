"""Says whether what stands in for DynamoDB has slow transactions, before a run stands still for them."""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3

from fondly.operations.environment import is_aws

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEPT, AT_ONCE, TIMES = 400, 25, 3
"""Items in the table, which slow emulators copy; in a transaction; and transactions, whose median counts."""
SLOW = 5.0
"""More times than plain writes may a transaction not take: docs/adr/0078-the-quick-emulator-by-default.md."""


def slow_transactions(region: str | None = None) -> str | None:
    """Return a warning with the figure and a remedy if an emulator's transactions are slow.

    They are measured in a table that exists only meanwhile. On AWS nothing is called.
    """
    dynamodb = boto3.client("dynamodb", region_name=region)
    if is_aws(endpoint := dynamodb.meta.endpoint_url):
        return None
    plain_s, seconds = _measured(dynamodb, f"transaction-speed-{uuid4().hex}")
    if (times := seconds / plain_s) <= SLOW:
        return None
    return (
        f"slow: at {endpoint} a DynamoDB transaction takes {seconds:.2f} s, {times:.0f} times as long as its"
        f" items without one; at most {SLOW:.0f} times is expected. Runs take far longer or do not end: use"
        " the emulator of docker-compose.yml, or set AWS_ENDPOINT_URL_DYNAMODB to another"
    )


def _measured(dynamodb: "DynamoDBClient", table: str) -> tuple[float, float]:
    """Return the seconds that some items take to be written, and to be written in one transaction."""
    dynamodb.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    items = [{"key": {"S": str(number)}} for number in range(KEPT)]
    puts = [{"PutRequest": {"Item": item}} for item in items]
    batches = [{table: puts[first : first + AT_ONCE]} for first in range(0, KEPT, AT_ONCE)]
    writes = [{"Put": {"TableName": table, "Item": item}} for item in items[:AT_ONCE]]
    try:
        dynamodb.get_waiter("table_exists").wait(TableName=table)
        plain_s = median(_seconds(dynamodb.batch_write_item, RequestItems=batch) for batch in batches)
        return plain_s, median(
            _seconds(dynamodb.transact_write_items, TransactItems=writes) for _ in range(TIMES)
        )
    finally:
        dynamodb.delete_table(TableName=table)


def _seconds(call: Callable[..., object], **request: object) -> float:
    started = perf_counter()
    call(**request)
    return perf_counter() - started
