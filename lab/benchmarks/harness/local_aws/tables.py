"""DynamoDB: items in SQLite; conditions and updates are evaluated by moto, which knows the whole language."""

# ruff: noqa: N803 - arguments are named as AWS names them, and some make no difference here

import pickle
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item as MotoItem

from fondly.operations.topology import Topology
from fondly.runtime.dynamodb_types import READ_UNIT_BYTES
from harness.local_aws.database import Packing, alone, opened
from harness.local_aws.usage import Usage, refused
from tests.support.item_size import item_bytes

Item = dict[str, Any]
MAX_ITEM_BYTES = 400 * 1024
FAILED = "ConditionalCheckFailedException"
IS_NEW = re.compile(r"attribute_not_exists\(\w+\)($| OR )")
"""What begins so holds for an item that does not exist: the most frequent condition takes no parser."""
SETS = re.compile(r"SET [#\w]+ = :\w+(, [#\w]+ = :\w+)*")
"""The most frequent update, which takes none either."""
WRITE_UNIT_BYTES = 1_024
LAST = "\U0010ffff"


class DynamoDB:
    """As much of the client as services call."""

    def __init__(self, folder: Path, topology: Topology, usage: Usage) -> None:
        self._usage = usage
        self._keys = {
            name: [table.partition_key, *([table.sort_key] if table.sort_key else [])]
            for name, table in topology.tables.items()
        }
        self._db = opened(folder / "tables.db")
        self._packing = Packing(self._db)
        for name in self._keys:
            self._db.execute(
                f'CREATE TABLE IF NOT EXISTS "{name}" (pk TEXT, sk TEXT, item BLOB, PRIMARY KEY (pk, sk))'
                " WITHOUT ROWID"
            )
        self._bounds: dict[tuple[str, int], list[str]] = {}
        self._moto = DynamoDBBackend("eu-west-1", "000000000000")
        for name, keys in self._keys.items():
            self._define(name, keys)

    def describe_table(self, **_: object) -> Item:
        """Every table exists."""
        return {}

    def get_item(self, *, TableName: str, Key: Item, **rules: object) -> Item:
        """Read one item."""
        found = self._find(TableName, Key)
        self._read([item_bytes(found or {})], rules)
        return {} if found is None else {"Item": found}

    def put_item(self, *, TableName: str, Item: Item, **rules: Any) -> Item:  # noqa: ANN401
        """Write one item if the condition holds."""
        with alone(self._db):
            self._require(TableName, self._find(TableName, Item), rules)
            self._put_all(TableName, [Item])
        return {}

    def update_item(self, *, TableName: str, Key: Item, **rules: Any) -> Item:  # noqa: ANN401
        """Change one item if the condition holds."""
        with alone(self._db):
            self._require(TableName, found := self._find(TableName, Key), rules)
            item = self._updated(TableName, Key, found, rules)
            self._put_all(TableName, [item])
        return {"Attributes": item}

    def delete_item(self, *, TableName: str, Key: Item, **rules: Any) -> Item:  # noqa: ANN401
        """Remove one item if the condition holds."""
        with alone(self._db):
            self._require(TableName, found := self._find(TableName, Key), rules)
            self._delete(TableName, Key)
        return {"Attributes": found or {}}

    def batch_write_item(self, *, RequestItems: Mapping[str, Sequence[Item]], **_: object) -> Item:
        """Write, or delete, every item."""
        with alone(self._db):
            for table, requests in RequestItems.items():
                puts = [each["PutRequest"]["Item"] for each in requests if "PutRequest" in each]
                self._put_all(table, puts)
                for each in requests:
                    if "DeleteRequest" in each:
                        self._delete(table, each["DeleteRequest"]["Key"])
        return {"UnprocessedItems": {}}

    def batch_get_item(self, *, RequestItems: Mapping[str, Item], **_: object) -> Item:
        """Read every item that exists."""
        found = {
            table: [item for key in wanted["Keys"] if (item := self._find(table, key)) is not None]
            for table, wanted in RequestItems.items()
        }
        for table, wanted in RequestItems.items():
            absent = len(wanted["Keys"]) - len(found[table])
            self._read([*map(item_bytes, found[table]), *[0] * absent], wanted)
        return {"Responses": found, "UnprocessedKeys": {}}

    def transact_write_items(self, *, TransactItems: Sequence[Item], **_: object) -> Item:
        """Put or update every item, or none if a condition fails."""
        with alone(self._db):
            writes = [each.get("Put") or each["Update"] for each in TransactItems]
            found = [self._find(each["TableName"], each.get("Item") or each["Key"]) for each in writes]
            holds = [self._holds(one["TableName"], it, one) for one, it in zip(writes, found, strict=True)]
            if not all(holds):
                reasons = [{"Code": "None" if each else "ConditionalCheckFailed"} for each in holds]
                raise refused("TransactionCanceledException", reasons=reasons)
            for each, before in zip(writes, found, strict=True):
                table = each["TableName"]
                item = each.get("Item") or self._updated(table, each["Key"], before, each)
                self._put_all(table, [item], writes=2)
        return {}

    def query(self, *, TableName: str, **rules: Any) -> Item:  # noqa: ANN401
        """Read a partition, or the part of it whose sort keys begin with a prefix, or are before another."""
        values = [value["S"] for value in rules["ExpressionAttributeValues"].values()]
        condition, order = rules["KeyConditionExpression"], rules.get("ScanIndexForward", True)
        prefix = values[1] if "begins_with" in condition else ""
        before = values[1] if "<" in condition else prefix + LAST
        rows = self._db.execute(
            f'SELECT item FROM "{TableName}" WHERE pk = ? AND sk >= ? AND sk < ?'  # noqa: S608
            f" ORDER BY sk {'ASC' if order else 'DESC'}",
            (values[0], prefix, before),
        )
        return {"Items": self._rows(TableName, rows, rules)}

    def scan(self, *, TableName: str, **rules: Any) -> Item:  # noqa: ANN401
        """Read the whole table, or a segment; of the ledger only the items that it scans for."""
        wanted = [value["S"] for value in rules.get("ExpressionAttributeValues", {}).values()]
        where = "WHERE sk = ?" if "FilterExpression" in rules else ""
        if "Segment" in rules:
            where, wanted = "WHERE pk >= ? AND pk < ?", self._segment(TableName, **rules)
        rows = self._db.execute(f'SELECT item FROM "{TableName}" {where}', wanted)  # noqa: S608
        return {"Items": self._rows(TableName, rows, rules)}

    def _segment(self, table: str, *, Segment: int, TotalSegments: int, **_: object) -> list[str]:
        """Return between which keys a segment is, of what the table holds when the first is asked for."""
        if (bounds := self._bounds.get((table, TotalSegments))) is None:
            tiles = f'SELECT pk, ntile(?) OVER (ORDER BY pk) AS tile FROM "{table}"'  # noqa: S608
            rows = self._db.execute(f"SELECT min(pk) FROM ({tiles}) GROUP BY tile", [TotalSegments])  # noqa: S608
            first = [pk for (pk,) in rows][1:]
            last = [LAST] * (TotalSegments - len(first))
            bounds = self._bounds[table, TotalSegments] = ["", *first, *last]
        return bounds[Segment : Segment + 2]

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
        return None if found is None else self._item(table, found[0])

    def _item(self, table: str, packed: bytes) -> Item:
        found: Item = pickle.loads(self._packing.unpacked(table, packed))  # noqa: S301 - our own file
        return found

    def _rows(self, table: str, rows: Iterable[tuple[bytes]], rules: Mapping[str, Any]) -> list[Item]:
        found = [self._item(table, packed) for (packed,) in rows]
        self._read([sum(map(item_bytes, found))], rules)
        return found

    def _read(self, sizes: Iterable[int], rules: Mapping[str, Any]) -> None:
        """Count read units: a query rounds up what it has read in all, other reads each item."""
        units = sum(_units(size, READ_UNIT_BYTES) for size in sizes)
        self._usage.units["dynamodb.reads"] += units if rules.get("ConsistentRead") else units / 2

    def _put_all(self, table: str, items: Sequence[Item], *, writes: int = 1) -> None:
        rows = []
        for item in items:
            self._usage.units["dynamodb.writes"] += writes * self._measured(table, item)
            rows.append((*self._key(table, item), self._packing.packed(table, pickle.dumps(item))))
        self._usage.written[table] += len(rows)
        self._db.executemany(f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?, ?)', rows)  # noqa: S608

    def _delete(self, table: str, key: Item) -> None:
        self._db.execute(f'DELETE FROM "{table}" WHERE pk = ? AND sk = ?', self._key(table, key))  # noqa: S608

    def _measured(self, table: str, item: Item) -> int:
        kind = f"item of {table}" + (f" ({item['item']['S'].partition('#')[0]})" if table == "runs" else "")
        self._usage.saw(kind, size := item_bytes(item))
        if size > MAX_ITEM_BYTES:
            raise refused("ValidationException", "Item size has exceeded the maximum allowed size")
        return _units(size, WRITE_UNIT_BYTES)

    def _require(self, table: str, found: Item | None, rules: Mapping[str, Any]) -> None:
        if not self._holds(table, found, rules):
            raise refused(FAILED, "The conditional request failed")

    def _holds(self, table: str, found: Item | None, rules: Mapping[str, Any]) -> bool:
        condition = rules.get("ConditionExpression")
        if not condition or (found is None and IS_NEW.match(condition)):
            return True
        names, values = rules.get("ExpressionAttributeNames"), rules.get("ExpressionAttributeValues")
        return bool(get_filter_expression(condition, names, values).expr(self._moto_item(table, found)))

    def _moto_item(self, table: str, found: Item | None) -> Any:  # noqa: ANN401 - moto's own
        stored = self._moto.get_table(table)
        stored.items.clear()
        vars(MotoItem)["instances_tracked"].clear()  # moto remembers each one that there ever was
        return None if found is None else stored.put_item(found)

    def _updated(self, table: str, key: Item, found: Item | None, rules: Mapping[str, Any]) -> Item:
        names, values = rules.get("ExpressionAttributeNames", {}), rules.get("ExpressionAttributeValues", {})
        if SETS.fullmatch(change := rules["UpdateExpression"]):
            pairs = (each.split(" = ") for each in change.removeprefix("SET ").split(", "))
            return {**key, **(found or {}), **{names.get(name, name): values[value] for name, value in pairs}}
        self._moto_item(table, found)
        try:
            item = self._moto.update_item(table, key, change, names, values)
        except ConditionalCheckFailed as error:
            raise refused(FAILED, str(error)) from error
        changed: Item = item.to_json()["Attributes"]
        return changed


def _units(size: int, of_bytes: int) -> int:
    """What an item takes to write or read; one that does not exist takes one."""
    return max(1, -(-size // of_bytes))
