"""DynamoDB: items in SQLite; conditions and updates are evaluated by moto, which knows the whole language.

Tables that no service reads again keep nothing: their items are only counted and measured.
"""

# ruff: noqa: N803 - arguments are named as AWS names them, and some make no difference here

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item as MotoItem

from fondly.operations.topology import Topology
from harness.local_aws.database import alone, opened
from harness.local_aws.usage import STORES, Usage, refused, value_bytes

Item = dict[str, Any]
UNREAD = frozenset({"customers", "products", "reviews", "product-sentiments", "recommendations", "emails"})
"""Written by a first run, and read by none of its stages, or only to find that nothing is there yet."""
MAX_ITEM_BYTES = 400 * 1024
FAILED = "ConditionalCheckFailedException"


class DynamoDB:
    """As much of the client as services call."""

    def __init__(self, folder: Path, topology: Topology, usage: Usage) -> None:
        self._usage = usage
        self._keys = {
            name: [table.partition_key, *([table.sort_key] if table.sort_key else [])]
            for name, table in topology.tables.items()
        }
        self._db = opened(folder / "tables.db")
        for name in self._keys:
            self._db.execute(
                f'CREATE TABLE IF NOT EXISTS "{name}" (pk TEXT, sk TEXT, item TEXT, PRIMARY KEY (pk, sk))'
                " WITHOUT ROWID"
            )
        self._moto = DynamoDBBackend("eu-west-1", "000000000000")
        for name, keys in self._keys.items():
            self._define(name, keys)

    async def get_item(self, *, TableName: str, Key: Item, **_: object) -> Item:
        """Read one item."""
        await self._usage.called("dynamodb.GetItem")
        with self._usage.taking(STORES):
            found = self._find(TableName, Key)
        return {} if found is None else {"Item": found}

    async def put_item(self, *, TableName: str, Item: Item, **rules: Any) -> Item:  # noqa: ANN401
        """Write one item if the condition holds."""
        await self._usage.called("dynamodb.PutItem")
        with self._usage.taking(STORES), alone(self._db):
            self._require(TableName, self._find(TableName, Item), rules)
            self._put(TableName, Item)
        return {}

    async def update_item(self, *, TableName: str, Key: Item, **rules: Any) -> Item:  # noqa: ANN401
        """Change one item if the condition holds."""
        await self._usage.called("dynamodb.UpdateItem")
        with self._usage.taking(STORES), alone(self._db):
            self._require(TableName, found := self._find(TableName, Key), rules)
            item = self._updated(TableName, Key, found, rules)
            self._put(TableName, item)
        return {"Attributes": item}

    async def delete_item(self, *, TableName: str, Key: Item, **rules: Any) -> Item:  # noqa: ANN401
        """Remove one item if the condition holds."""
        await self._usage.called("dynamodb.DeleteItem")
        with self._usage.taking(STORES), alone(self._db):
            self._require(TableName, found := self._find(TableName, Key), rules)
            self._db.execute(f'DELETE FROM "{TableName}" WHERE pk = ? AND sk = ?', self._key(TableName, Key))  # noqa: S608 - our tables
        return {"Attributes": found or {}}

    async def batch_write_item(self, *, RequestItems: Mapping[str, Sequence[Item]], **_: object) -> Item:
        """Write, or delete, every item."""
        await self._usage.called("dynamodb.BatchWriteItem")
        with self._usage.taking(STORES), alone(self._db):
            for table, requests in RequestItems.items():
                self._put_all(
                    table, [each["PutRequest"]["Item"] for each in requests if "PutRequest" in each]
                )
                for each in requests:
                    if "DeleteRequest" in each:
                        key = self._key(table, each["DeleteRequest"]["Key"])
                        self._db.execute(f'DELETE FROM "{table}" WHERE pk = ? AND sk = ?', key)  # noqa: S608
        return {"UnprocessedItems": {}}

    async def batch_get_item(self, *, RequestItems: Mapping[str, Item], **_: object) -> Item:
        """Read every item that exists."""
        await self._usage.called("dynamodb.BatchGetItem")
        with self._usage.taking(STORES):
            found = {
                table: [item for key in wanted["Keys"] if (item := self._find(table, key)) is not None]
                for table, wanted in RequestItems.items()
            }
        return {"Responses": found, "UnprocessedKeys": {}}

    async def transact_write_items(self, *, TransactItems: Sequence[Item], **_: object) -> Item:
        """Put every item, or none if a condition fails."""
        await self._usage.called("dynamodb.TransactWriteItems")
        with self._usage.taking(STORES), alone(self._db):
            puts = [each["Put"] for each in TransactItems]
            reasons = [
                {"Code": "None"} if self._holds(put) else {"Code": "ConditionalCheckFailed"} for put in puts
            ]
            if any(reason["Code"] != "None" for reason in reasons):
                raise refused("TransactionCanceledException", reasons=reasons)
            for put in puts:
                self._put(put["TableName"], put["Item"])
        return {}

    async def query(self, *, TableName: str, **rules: Any) -> Item:  # noqa: ANN401
        """Read a partition, or the part of it whose sort keys begin with a prefix."""
        await self._usage.called("dynamodb.Query")
        with self._usage.taking(STORES):
            values = [value["S"] for value in rules["ExpressionAttributeValues"].values()]
            prefix = values[1] if "begins_with" in rules["KeyConditionExpression"] else ""
            rows = self._db.execute(
                f'SELECT item FROM "{TableName}" WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk',  # noqa: S608
                (values[0], prefix, prefix + "\U0010ffff"),
            )
            return {"Items": [json.loads(item) for (item,) in rows]}

    async def scan(self, *, TableName: str, **rules: Any) -> Item:  # noqa: ANN401
        """Read the whole table; of the ledger only the items that it scans for."""
        await self._usage.called("dynamodb.Scan")
        with self._usage.taking(STORES):
            where = "WHERE sk = 'run'" if "FilterExpression" in rules else ""
            rows = self._db.execute(f'SELECT item FROM "{TableName}" {where}')  # noqa: S608
            return {"Items": [json.loads(item) for (item,) in rows]}

    def get_paginator(self, operation: str) -> "OnePage":
        """Return a paginator whose only page has everything."""
        return OnePage(getattr(self, operation))

    def _define(self, name: str, keys: Sequence[str]) -> None:
        kinds = ("HASH", "RANGE")
        self._moto.create_table(
            name,
            schema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=False)],
            throughput=None,
            attr=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            global_indexes=None,
            indexes=None,
            streams=None,
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=None,
            warm_throughput=None,
        )

    def _key(self, table: str, item: Item) -> tuple[str, str]:
        partition, *sort = self._keys[table]
        return item[partition]["S"], item[sort[0]]["S"] if sort else ""

    def _find(self, table: str, item: Item) -> Item | None:
        row = self._db.execute(f'SELECT item FROM "{table}" WHERE pk = ? AND sk = ?', self._key(table, item))  # noqa: S608
        found = row.fetchone()
        return None if found is None else json.loads(found[0])

    def _put(self, table: str, item: Item) -> None:
        self._put_all(table, [item])

    def _put_all(self, table: str, items: Sequence[Item]) -> None:
        rows = []
        for item in items:
            text = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
            self._measure(table, item, text)
            rows.append((*self._key(table, item), text))
        self._usage.written[table] += len(rows)
        if table not in UNREAD:
            self._db.executemany(f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?, ?)', rows)  # noqa: S608

    def _measure(self, table: str, item: Item, text: str) -> None:
        """Names and types as JSON take more than DynamoDB counts, so only the largest is measured exactly."""
        kind = f"item of {table}" + (f" ({item['item']['S'].partition('#')[0]})" if table == "runs" else "")
        if len(text) > self._usage.largest.get(kind, -1):
            size = sum(len(name.encode()) + value_bytes(value) for name, value in item.items())
            self._usage.saw(kind, size)
            if size > MAX_ITEM_BYTES:
                raise refused("ValidationException", "Item size has exceeded the maximum allowed size")

    def _holds(self, rules: Item) -> bool:
        try:
            self._require(rules["TableName"], self._find(rules["TableName"], rules["Item"]), rules)
        except Exception as error:
            if getattr(error, "response", {}).get("Error", {}).get("Code") != FAILED:
                raise
            return False
        return True

    def _require(self, table: str, found: Item | None, rules: Mapping[str, Any]) -> None:
        if condition := rules.get("ConditionExpression"):
            names, values = rules.get("ExpressionAttributeNames"), rules.get("ExpressionAttributeValues")
            if not _condition(condition, names, values).expr(self._moto_item(table, found)):
                raise refused(FAILED, "The conditional request failed")

    def _moto_item(self, table: str, found: Item | None) -> Any:  # noqa: ANN401 - moto's own
        stored = self._moto.get_table(table)
        stored.items.clear()
        vars(MotoItem)["instances_tracked"].clear()  # moto remembers each one that there ever was
        return None if found is None else stored.put_item(found)

    def _updated(self, table: str, key: Item, found: Item | None, rules: Mapping[str, Any]) -> Item:
        self._moto_item(table, found)
        try:
            item = self._moto.update_item(
                table,
                key,
                rules["UpdateExpression"],
                rules.get("ExpressionAttributeNames", {}),
                rules.get("ExpressionAttributeValues", {}),
            )
        except ConditionalCheckFailed as error:
            raise refused(FAILED, str(error)) from error
        changed: Item = item.to_json()["Attributes"]
        return changed


class OnePage:
    """A paginator with one page."""

    def __init__(self, ask: Any) -> None:  # noqa: ANN401 - a method of a client
        self._ask = ask

    async def paginate(self, **request: object) -> AsyncIterator[Item]:
        """Yield the page."""
        yield await self._ask(**request)


def _condition(text: str, names: Any, values: Any) -> Any:  # noqa: ANN401 - moto's own
    from moto.dynamodb.comparisons import get_filter_expression  # noqa: PLC0415 - one name of a large module

    return get_filter_expression(text, names, values)
