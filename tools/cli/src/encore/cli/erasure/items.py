"""Erases customers from the tables."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from encore.cli.cleanup.scope import RUNS, Scope
from encore.cli.environment import NO_TABLE
from encore.cli.erasure.gone import Gone
from encore.runtime.batches import batches
from encore.runtime.errors import error_code
from encore.runtime.storage import from_item, to_item

IDS_PER_SCAN = 50
Keys = Iterable[Mapping[str, str]]


async def learn_items(scope: Scope, gone: Gone) -> None:
    """Learn from the tables what the customers are called, and which reviews they wrote."""
    for customer_id in gone.customer_ids:
        for table in ("customers", "histories"):
            if item := await _get(scope, table, {"customer_id": customer_id}):
                gone.learn_item(item)
                for review in json.loads(item.get("history", "{}")).get("reviews", ()):
                    gone.learn_review(review["review_id"], review["product_ids"])
    async for item in _of_customers(scope, "reviews", gone):
        gone.learn_item(item)


async def erase_items(scope: Scope, gone: Gone) -> None:
    """Delete what the tables have of the customers, but for who they are: that goes last."""
    ids = sorted(gone.customer_ids)
    runs = await _runs(scope)
    for customer_id in ids:
        own = await _group(scope, "recommendations", "customer_id", customer_id)
        runs |= {str(item["run_id"]) for item in own}
        await _delete(
            scope,
            "recommendations",
            ({"customer_id": customer_id, "run_id": str(each["run_id"])} for each in own),
        )
    await _delete(
        scope, "emails", ({"run_id": run, "customer_id": each} for run in sorted(runs) for each in ids)
    )
    await _delete(scope, "reviews", ({"review_id": each} for each in sorted(gone.reviews)))
    opinions = ((product, review) for review, products in gone.reviews.items() for product in products)
    await _delete(
        scope,
        "opinions",
        ({"product_id": product, "opinion_id": review} for product, review in sorted(opinions)),
    )
    await _delete(scope, "histories", ({"customer_id": each} for each in ids))


async def erase_identities(scope: Scope, gone: Gone) -> None:
    """Delete who the customers are: a repetition needs it for as long as something else is there."""
    await _delete(scope, "customers", ({"customer_id": each} for each in sorted(gone.customer_ids)))


async def erase_products(scope: Scope, product_ids: Sequence[str]) -> None:
    """Delete what the tables have of products."""
    for table in ("products", "product-features", "product-sentiments"):
        await _delete(scope, table, ({"product_id": each} for each in product_ids))
    for each in product_ids:
        found = await _group(scope, "opinions", "product_id", each)
        await _delete(
            scope, "opinions", ({"product_id": each, "opinion_id": str(one["opinion_id"])} for one in found)
        )


async def _runs(scope: Scope) -> set[str]:
    """The runs that have stored something."""
    pages = scope.environment.s3.get_paginator("list_objects_v2").paginate(
        Bucket=scope.bucket, Prefix=RUNS, Delimiter="/"
    )
    stored = {
        str(each["Prefix"]).removeprefix(RUNS).rstrip("/")
        async for page in pages
        for each in page.get("CommonPrefixes", [])
    }
    return stored | {run.run_id for run in await (await scope.environment.ledger()).runs()}


async def _delete(scope: Scope, table: str, keys: Keys) -> None:
    """Delete items one at a time, so that those that there were can be counted."""
    if table not in scope.environment.topology.tables:
        return
    for key in keys:
        if scope.dry_run:
            there = await _get(scope, table, key) is not None
        else:
            reply = await scope.environment.dynamodb.delete_item(
                TableName=scope.environment.named(table), Key=to_item(key), ReturnValues="ALL_OLD"
            )
            there = bool(reply.get("Attributes"))
        if there:
            scope.report.deleted(f"items of {table}")


async def _get(scope: Scope, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    if table not in scope.environment.topology.tables:
        return None
    try:
        reply = await scope.environment.dynamodb.get_item(
            TableName=scope.environment.named(table), Key=to_item(key), ConsistentRead=True
        )
    except ClientError as error:
        if error_code(error) not in NO_TABLE:
            raise
        return None
    return from_item(reply["Item"]) if "Item" in reply else None


async def _group(scope: Scope, table: str, name: str, value: str) -> list[dict[str, Any]]:
    pages = scope.environment.dynamodb.get_paginator("query").paginate(
        TableName=scope.environment.named(table),
        KeyConditionExpression="#name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues=to_item({":value": value}),
        ConsistentRead=True,
    )
    return [from_item(item) async for page in pages for item in page.get("Items", [])]


async def _of_customers(scope: Scope, table: str, gone: Gone) -> AsyncIterator[dict[str, Any]]:
    """Yield the items of a table that has another key, by reading all of it."""
    for ids in batches(sorted(gone.customer_ids), IDS_PER_SCAN):
        values = {f":id{number}": each for number, each in enumerate(ids)}
        pages = scope.environment.dynamodb.get_paginator("scan").paginate(
            TableName=scope.environment.named(table),
            FilterExpression=f"customer_id IN ({', '.join(values)})",
            ExpressionAttributeValues=to_item(values),
            ConsistentRead=True,
        )
        async for page in pages:
            for item in page.get("Items", []):
                yield from_item(item)
