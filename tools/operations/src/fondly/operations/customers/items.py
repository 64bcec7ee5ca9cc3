"""Finds and forgets customers, and products, in the tables."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from pydantic import Field

from fondly.contracts.consent import address_entry
from fondly.mailer.domain.message.addresses import header_address
from fondly.operations.cleanup.scope import Scope
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.keys import TABLE as KEYS
from fondly.operations.customers.keys import by_address
from fondly.operations.environment import NO_TABLE, Ignoring
from fondly.runtime.batches import batches
from fondly.runtime.runs.items import delete_item
from fondly.runtime.storage import DynamoDBItems, from_item, items_of, to_item

IDS_PER_SCAN = 50
BY_RUN = ("emails", "dispatches")
"""The tables with an item for each run and customer."""
Keys = Iterable[Mapping[str, str]]
Word = Annotated[str, Field(min_length=1, max_length=256)]
Whom = Annotated[list[Word], Field(min_length=1, max_length=100)]
"""Ids of customers, or their addresses."""


async def learn_items(scope: Scope, gone: Gone) -> None:
    """Learn from the tables what the customers are called, and which reviews they wrote."""
    for customer_id in gone.customer_ids:
        for table in ("customers", "histories"):
            if item := await get(scope, table, {"customer_id": customer_id}):
                gone.learn_item(item)
    async for item in of_customers(scope, "reviews", gone):
        gone.learn_item(item)


async def erase_items(scope: Scope, gone: Gone) -> None:
    """Delete what the tables have of the customers, but for who they are: that goes last."""
    ids = sorted(gone.customer_ids)
    for customer_id in ids:
        own = await group(scope, "recommendations", "customer_id", customer_id)
        keys = [{"customer_id": customer_id, "run_id": str(each["run_id"])} for each in own]
        await _delete(scope, "recommendations", keys)
    for table in BY_RUN:
        keys = [
            {"run_id": str(each["run_id"]), "customer_id": str(each["customer_id"])}
            async for each in of_customers(scope, table, gone)
        ]
        await _delete(scope, table, keys)
    await _delete(scope, "reviews", ({"review_id": each} for each in sorted(gone.reviews)))
    await _delete(scope, "opinions", opinions_of(gone))
    for table in ("contacts", "histories"):
        await _delete(scope, table, ({"customer_id": each} for each in ids))


async def erase_answers(scope: Scope, keys: Iterable[str]) -> None:
    """Delete what the model answered when it was told of customers."""
    await _delete(scope, "copy-answers", ({"text_key": key} for key in keys))


def opinions_of(gone: Gone) -> list[dict[str, str]]:
    """Return the keys of the opinions in the customers' reviews, in order."""
    found = sorted((product, review) for review, products in gone.reviews.items() for product in products)
    return [{"product_id": product, "opinion_id": review} for product, review in found]


async def erase_identities(scope: Scope, gone: Gone) -> None:
    """Delete who the customers are: a repetition needs it for as long as something else is there."""
    keys = [
        {"customer_key": str(each["customer_key"]), "customer_id": str(each["customer_id"])}
        async for each in of_customers(scope, KEYS, gone)
    ]
    await _delete(scope, KEYS, keys)
    await _delete(scope, "customers", ({"customer_id": each} for each in sorted(gone.customer_ids)))


async def ids_of(scope: Scope, addresses: Collection[str]) -> set[str]:
    """Return the customers who have one of these addresses.

    All of their table is read for an address that nobody is found by: a release without keys has stored it,
    or nobody has it.
    """
    found = {each: await by_address(scope.environment, each) for each in addresses}
    ids = {each for some in found.values() for each in some}
    if unknown := {address_entry(each) for each, some in found.items() if not some}:
        async for item in scan(scope, "customers"):
            if address_entry(str(item.get("email", ""))) in unknown:
                ids.add(str(item["customer_id"]))
    return ids


async def erase_products(scope: Scope, product_ids: Sequence[str]) -> None:
    """Delete what the tables have of products."""
    for table in ("products", "product-sentiments"):
        await _delete(scope, table, ({"product_id": each} for each in product_ids))
    for each in product_ids:
        found = await group(scope, "opinions", "product_id", each)
        keys = [{"product_id": each, "opinion_id": str(one["opinion_id"])} for one in found]
        await _delete(scope, "opinions", keys)


async def _delete(scope: Scope, table: str, keys: Keys) -> None:
    """Delete items one at a time, so that those that there were can be counted."""
    if table not in scope.environment.topology.tables:
        return
    for key in keys:
        if scope.dry_run:
            there = await get(scope, table, key) is not None
        else:
            name = scope.environment.table_name(table)
            there = await delete_item(scope.environment.dynamodb, name, to_item(key))
        if there:
            scope.report.deleted(f"items of {table}")


async def get(scope: Scope, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """Return an item; None if there is none, or no such table."""
    if table not in scope.environment.topology.tables:
        return None
    with Ignoring(NO_TABLE):
        reply = await scope.environment.dynamodb.get_item(
            TableName=scope.environment.table_name(table), Key=to_item(key), ConsistentRead=True
        )
        return from_item(reply["Item"]) if "Item" in reply else None
    return None


async def group(scope: Scope, table: str, name: str, value: str) -> list[dict[str, Any]]:
    """Return the items whose partition key, the attribute `name`, has this value."""
    items = DynamoDBItems(scope.environment.dynamodb, scope.environment.table_name(table))
    return await items.get_group(name, value)


async def of_customers(scope: Scope, table: str, gone: Gone) -> AsyncIterator[dict[str, Any]]:
    """Yield the items of a table that has another key, by reading all of it."""
    for ids in batches(sorted(gone.customer_ids), IDS_PER_SCAN):
        values = {f":id{number}": each for number, each in enumerate(ids)}
        wanted = f"customer_id IN ({', '.join(values)})"
        async for item in scan(scope, table, values=values, FilterExpression=wanted):
            yield item


async def scan(scope: Scope, table: str, **request: Any) -> AsyncIterator[dict[str, Any]]:  # noqa: ANN401 - Scan's own
    """Yield the items of a table; none if it does not exist."""
    if table not in scope.environment.topology.tables:
        return
    with Ignoring(NO_TABLE):
        dynamodb, name = scope.environment.dynamodb, scope.environment.table_name(table)
        async for item in items_of(dynamodb, "scan", name, ConsistentRead=True, **request):
            yield item


async def whom(scope: Scope, words: Sequence[str]) -> Gone:
    """Return the customers with these ids or addresses; an id may have an `@`, an address no customer."""
    ids, addresses = set[str](), set[str]()
    for word in words:
        if "@" in word and await get(scope, "customers", {"customer_id": word}) is None:
            addresses.add(word.strip())
        else:
            ids.add(word)
    if addresses:
        ids |= await ids_of(scope, addresses)
    as_sent = set[str]()
    for each in addresses:
        with suppress(ValueError):
            as_sent.add(header_address(each))
    return Gone(frozenset(ids), emails=addresses | as_sent)
