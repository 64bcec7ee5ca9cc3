"""DynamoDB as on AWS: reads that do not ask for the latest state get an earlier one; no item exceeds 400 KB.

Source: "Read consistency" and "Quotas", Amazon DynamoDB Developer Guide. Emulators always answer with the
latest state.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.chaos.batches import Forward
from tests.chaos.calls import Call, Reply
from tests.chaos.error_replies import error_reply
from tests.chaos.items import MAX_ITEM_BYTES, History, Item, size_of
from tests.chaos.tally import Tally

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
STALE = "reads stale"


class Tables:
    """Answers calls to DynamoDB; `history` knows what items were."""

    def __init__(self, history: History, tally: Tally) -> None:
        self._history = history
        self._tally = tally

    async def answer(self, call: Call, forward: Forward) -> Reply:
        """Forward a call; its reply may be an earlier state, or a refusal."""
        if call.operation in _READS:
            reply = await forward(call)
            return self._read(call, reply) if reply.is_ok else reply
        if any(size > MAX_ITEM_BYTES for size in self._sizes(call)):
            message = "Item size has exceeded the maximum allowed size"
            return error_reply(call, "ValidationException", message, 400)
        if call.operation == "UpdateItem":
            return await self._update(call, forward)
        reply = await forward(call)
        if reply.is_ok:
            for table, key, after in _written(call, reply):
                self._history.wrote(table, key, after)
        return reply

    def _read(self, call: Call, reply: Reply) -> Reply:
        asked, content = call.json, reply.json
        if call.operation == "BatchGetItem":
            responses = {
                table: items
                if asked["RequestItems"].get(table, {}).get("ConsistentRead")
                else self._earlier(table, items)
                for table, items in content.get("Responses", {}).items()
            }
            return reply.with_json({**content, "Responses": responses})
        if asked.get("ConsistentRead"):
            return reply
        table = asked["TableName"]
        if call.operation != "GetItem":
            items = self._earlier(table, content.get("Items", []))
            return reply.with_json({**content, "Items": items, "Count": len(items)})
        found = self._history.earlier(table, asked["Key"], content.get("Item"))
        self._tally.interference[STALE] += found != content.get("Item")
        rest = {name: value for name, value in content.items() if name != "Item"}
        return reply.with_json(rest if found is None else {**rest, "Item": found})

    def _earlier(self, table: str, items: list[Item]) -> list[Item]:
        """These items as they were, without those that were not there yet."""
        found = [self._history.earlier(table, item, item) for item in items]
        self._tally.interference[STALE] += sum(was != now for was, now in zip(found, items, strict=True))
        return [item for item in found if item is not None]

    def _sizes(self, call: Call) -> Iterator[int]:
        """The sizes of the items that a call would write; an update adds all of its values."""
        if call.operation == "UpdateItem":
            item = self._history.current(call.json["TableName"], call.json["Key"])
            yield size_of(item) + size_of(call.json.get("ExpressionAttributeValues", {}))
        for _, _, after in _written(call, Reply(200, {}, b"{}")):
            yield size_of(after or {})

    async def _update(self, call: Call, forward: Forward) -> Reply:
        """Forward an update so that the item is returned; the caller gets what was asked for."""
        asked = call.json.get("ReturnValues", "NONE")
        if asked not in {"NONE", "ALL_NEW"}:
            return await forward(call)
        reply = await forward(call.with_json({**call.json, "ReturnValues": "ALL_NEW"}))
        if not reply.is_ok:
            return reply
        self._history.wrote(call.json["TableName"], call.json["Key"], reply.json["Attributes"])
        rest = {name: value for name, value in reply.json.items() if name != "Attributes"}
        return reply if asked == "ALL_NEW" else reply.with_json(rest)


def _written(call: Call, reply: Reply) -> Iterator[tuple[str, Mapping[str, Any], Item | None]]:
    """The table, the key and the new state of each item that a call other than an update has written."""
    asked = call.json
    if call.operation == "PutItem":
        yield asked["TableName"], asked["Item"], asked["Item"]
    if call.operation == "DeleteItem":
        yield asked["TableName"], asked["Key"], None
    if call.operation == "BatchWriteItem":
        for table, requests in asked["RequestItems"].items():
            left = reply.json.get("UnprocessedItems", {}).get(table, [])
            for request in [each for each in requests if each not in left]:
                item = request.get("PutRequest", {}).get("Item")
                yield table, item or request["DeleteRequest"]["Key"], item
    if call.operation == "TransactWriteItems":
        for put in [each["Put"] for each in asked["TransactItems"] if "Put" in each]:
            yield put["TableName"], put["Item"], put["Item"]
