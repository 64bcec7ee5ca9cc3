"""Single items of DynamoDB: keys and attributes of the ledger's, and how all are read and written.

Keys and items are in DynamoDB's typed form; values of expressions are plain.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from fondly.contracts.clock import utc_now
from fondly.contracts.events import Round
from fondly.runtime.clients import DynamoDBClient, TransactWriteItemTypeDef
from fondly.runtime.errors import error_code
from fondly.runtime.runs.run import Run, StageName, StageState
from fondly.runtime.storage import expression, from_item, items_of, to_item

RUN = "run"
CONDITION_FAILED = "ConditionalCheckFailedException"
CONFLICTS = frozenset({"TransactionCanceledException", "InternalServerError", "InternalError"})
"""The last two are those of an emulator where two transactions touch one table at once."""
CONFLICT_WAIT_S = 0.05


def key(run_id: str, item: str = RUN) -> dict[str, Any]:
    """The key of one of a run's items, in DynamoDB's typed form."""
    return to_item({"run_id": run_id, "item": item})


def now() -> str:
    """The current time as the ledger writes it."""
    return utc_now().isoformat()


async def conditionally(write: Awaitable[object]) -> bool:
    """Await a conditional write; return False if its condition failed."""
    try:
        await write
    except ClientError as error:
        if error_code(error) == CONDITION_FAILED:
            return False
        raise
    return True


async def put_if(
    dynamodb: DynamoDBClient,
    table: str,
    item: Mapping[str, Any],
    condition: str,
    values: Mapping[str, Any] | None = None,
    **names: str,
) -> bool:
    """Put an item; return False if the condition failed. A name `token` stands for `#token`."""
    return await conditionally(
        dynamodb.put_item(
            TableName=table, Item=item, ConditionExpression=condition, **expression(values, names)
        )
    )


async def update_if(
    dynamodb: DynamoDBClient,
    table: str,
    key: Mapping[str, Any],
    change: str,
    *,
    condition: str,
    values: Mapping[str, Any],
    **names: str,
) -> bool:
    """Update an item; return False if the condition failed. Names are as those of `put_if`."""
    request = {"UpdateExpression": change, "ConditionExpression": condition}
    return await conditionally(
        dynamodb.update_item(TableName=table, Key=key, **request, **expression(values, names))  # type: ignore[arg-type] # texts
    )


async def delete_item(dynamodb: DynamoDBClient, table: str, key: Mapping[str, Any]) -> bool:
    """Delete an item; return whether there was one."""
    reply = await dynamodb.delete_item(TableName=table, Key=key, ReturnValues="ALL_OLD")
    return bool(reply.get("Attributes"))


async def get_item(dynamodb: DynamoDBClient, table: str, key: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item in plain values, read consistently; empty if there is none."""
    reply = await dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)
    return from_item(reply.get("Item", {}))


def items_with(
    dynamodb: DynamoDBClient,
    table: str,
    run_id: str,
    prefix: str,
    *,
    consistent: bool = True,
    only: Sequence[str] = (),
) -> AsyncIterator[dict[str, Any]]:
    """Yield the items of a run whose names begin so, in their order; or as they were a moment ago.

    All of each, or `only` some attributes.
    """
    return items_of(
        dynamodb,
        "query",
        table,
        {":run": run_id, ":prefix": prefix},
        KeyConditionExpression="run_id = :run AND begins_with(#item, :prefix)",
        ExpressionAttributeNames={"#item": "item"},
        ConsistentRead=consistent,
        **({"ProjectionExpression": ", ".join(only)} if only else {}),
    )


async def transacted(write: Awaitable[object]) -> list[bool] | None:
    """Await a transaction; return None if it succeeded, else which of its conditions failed.

    If none did, another transaction touched the same items at the same moment: that is waited for.
    """
    try:
        await write
    except ClientError as error:
        if error_code(error) not in CONFLICTS:
            raise
        reasons = error.response.get("CancellationReasons", [])
        failed = [reason.get("Code") == "ConditionalCheckFailed" for reason in reasons]
        if not any(failed):
            await asyncio.sleep(CONFLICT_WAIT_S * random.uniform(0.5, 1.5))  # noqa: S311 - only spreads retries
        return failed
    return None


def adding(
    table: str, key: Mapping[str, Any], added: Mapping[str, Any], expiring: Mapping[str, int]
) -> TransactWriteItemTypeDef:
    """Return the write, for a transaction, that adds numbers, or members of sets, to an item's attributes."""
    values = {f":{number}": each for number, each in enumerate(added.values())}
    values |= {f":{name}": each for name, each in expiring.items()}
    names = {str(number): name for number, name in enumerate(added)}
    change = "ADD " + ", ".join(f"#{number} :{number}" for number in names)
    change += "".join(f" SET {name} = :{name}" for name in expiring)
    wanted: Any = {"TableName": table, "Key": key, "UpdateExpression": change, **expression(values, names)}
    return {"Update": wanted}


async def replace_and_add(
    dynamodb: DynamoDBClient,
    table: str,
    item: Mapping[str, Any],
    version: int,
    added: TransactWriteItemTypeDef,
) -> bool:
    """Put an item, in plain values, in the place of the one of this version, and add what is new in it.

    Both or neither; False if the item is of another version. Version 0 is that of an item without one.
    """
    put: Any = {"TableName": table, "Item": to_item({**item, "version": version + 1})}
    put["ConditionExpression"] = "version = :before" if version else "attribute_not_exists(version)"
    put |= expression({":before": version} if version else None)
    failed: list[bool] | None = [False]
    while failed is not None and not any(failed):
        failed = await transacted(dynamodb.transact_write_items(TransactItems=[{"Put": put}, added]))
    return failed is None


def reached_by(stage: StageName) -> str:
    """The attribute that names the owner of a stage's announcement."""
    return f"{stage}_reached_by"


def passed(in_round: Round) -> str:
    """The attribute with the bundles that are through a round of the recommender."""
    return f"{in_round}_passed"


def state_of(stage: StageName) -> str:
    """The attribute with the state of a service."""
    return f"{stage}_state"


def read_run(values: Mapping[str, Any]) -> Run:
    """Read a run's item, in plain values."""
    stages = {
        stage: StageState(
            done=_numbers(values.get(f"{stage}_done", ())),
            reached_by=values.get(reached_by(stage)),
            announced=values.get(f"{stage}_announced", False),
        )
        for stage in StageName
    }
    states = {stage: values[state_of(stage)] for stage in StageName if state_of(stage) in values}
    rounds = {each: _numbers(values.get(passed(each), ())) for each in Round}
    members = {
        **values,
        "reason": values.get("reason") or None,
        "stages": stages,
        "rounds": rounds,
        "states": states,
    }
    return Run.model_validate(members)


def _numbers(found: Iterable[Decimal]) -> frozenset[int]:
    return frozenset(int(number) for number in found)
