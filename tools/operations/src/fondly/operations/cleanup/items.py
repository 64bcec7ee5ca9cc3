"""Deletes items: all of a table, or those that one run has written."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from fondly.contracts.delivery import Outcome
from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import NO_TABLE, Ignoring
from fondly.runtime.batches import batches
from fondly.runtime.retry import process_all
from fondly.runtime.runs.delivery import OF_SAMPLE
from fondly.runtime.storage import MAX_BATCH_WRITE, to_item

LEDGER = "runs"
OUTCOMES = {f":{each}": each.value for each in (Outcome.SENT, Outcome.SENDING, Outcome.IN_DOUBT)}
"""What says that an email has, or may have, reached its customer."""
BY_RUN: Mapping[str, str] = {
    "emails": "#run_id = :run",
    "recommendations": "#run_id = :run",
    "products": "#run_id = :run",
    "customers": "#run_id = :run",
    "reviews": "#run_id = :run",
    "dispatches": (
        "begins_with(#run_id, :sample) OR (#run_id = :run AND NOT outcome IN (:sent, :sending, :in_doubt))"
    ),
}
"""The tables with items of one run, and the condition that finds them; all runs share the others."""
SENT = "#run_id = :run AND outcome IN (:sent, :sending, :in_doubt)"
NOT_TWICE = (
    "nobody gets a second email of this run while they are there, should it be made again; they expire"
)
OUTLIVE = "what is known of customers outlives runs; `fondly customer forget` forgets one"
LEDGER_BY_RUN = " OR ".join(
    (
        "#run_id = :run",
        "begins_with(#run_id, :sample)",
        *(f"{each} = :run" for each in ("of_run", "latest_run_id", "#owner")),
    )
)
"""A run's own items and its samples', pointers to it: of the index, of its source, of the shop; its turn."""


async def delete_items(scope: Scope) -> None:
    """Delete the items of the topology's tables; those of the ledger last, which say what there is to do."""
    names = sorted(scope.environment.topology.tables, key=lambda name: name == LEDGER)
    for name in names:
        condition = LEDGER_BY_RUN if name == LEDGER else BY_RUN.get(name)
        if scope.run_id is None or condition:
            with Ignoring(NO_TABLE):
                await _delete_found(scope, name, condition if scope.run_id else None)
        if scope.run_id and name == "histories":  # of customers whom this run was the last to see
            await _leave(scope, name, BY_RUN["emails"], OUTLIVE)
        if scope.run_id and name == "dispatches":
            await _leave(scope, name, SENT, NOT_TWICE)


async def _leave(scope: Scope, name: str, condition: str, why: str) -> None:
    """Count the items that stay on purpose."""
    with Ignoring(NO_TABLE):
        async for found in _keys(scope, name, ["customer_id"], condition):
            scope.report.left(f"items of {name}", len(found), why)


async def _delete_found(scope: Scope, name: str, condition: str | None) -> None:
    async for found in _keys(scope, name, await scope.environment.key_names(name), condition):
        if not scope.dry_run:
            await _delete(scope, scope.environment.table_name(name), found)
        scope.report.deleted(f"items of {name}", len(found))


async def _keys(
    scope: Scope, name: str, keys: Sequence[str], condition: str | None
) -> AsyncIterator[list[Mapping[str, Any]]]:
    """Yield the keys of a table's items, page by page."""
    names = {f"#key{number}": name for number, name in enumerate(keys)}
    request: dict[str, Any] = {"ProjectionExpression": ", ".join(names)}
    if condition:
        aliases = {"#run_id": "run_id", "#owner": "owner"}
        names |= {alias: column for alias, column in aliases.items() if alias in condition}
        request["FilterExpression"] = condition
        values = {":run": scope.run_id, ":sample": f"{scope.run_id}{OF_SAMPLE}", **OUTCOMES}
        used = {each: value for each, value in values.items() if each in condition}
        request["ExpressionAttributeValues"] = to_item(used)
    pages = scope.environment.dynamodb.get_paginator("scan").paginate(
        TableName=scope.environment.table_name(name),
        **request,
        ExpressionAttributeNames=names,
        ConsistentRead=True,
    )
    async for page in pages:
        yield [dict(each) for each in page.get("Items", [])]


async def _delete(scope: Scope, table: str, keys: Sequence[Mapping[str, Any]]) -> None:
    async def write(waiting: Sequence[Any]) -> Sequence[Any]:
        reply = await scope.environment.dynamodb.batch_write_item(RequestItems={table: waiting})
        return reply.get("UnprocessedItems", {}).get(table, [])

    for batch in batches(keys, MAX_BATCH_WRITE):
        requests = [{"DeleteRequest": {"Key": key}} for key in batch]
        await process_all(requests, write, what=f"items of {table}")
