"""The part of DynamoDB that the ledger needs, in memory: conditional writes of single items.

It is fast enough for thousands of interleavings. Tests of ledger and locks run on it and on the emulator.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
CONDITIONS = (
    (r"([\w#]+) IN \(([^)]+)\)", r"(get('\1') in listed('\2'))"),
    (r"attribute_not_exists\(([\w#.]+)\)", r"(not has('\1'))"),
    (r"attribute_exists\(([\w#.]+)\)", r"has('\1')"),
    (r"([\w#.]+) = (:\w+)", r"(get('\1') == values['\2'])"),
    (r" AND ", " and "),
    (r" OR ", " or "),
)
"""Translates condition expressions to Python."""


async def no_delay() -> None:
    """Return at once."""


class InMemoryDynamoDB:
    """One table with the key `run_id` and `item`; awaits `moment` at the start and end of every call."""

    def __init__(self, moment: Callable[[], Awaitable[None]] = no_delay) -> None:
        self._moment = moment
        self.items: dict[tuple[str, str], Item] = {}

    async def get_item(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Read one item."""
        await self._moment()
        found = self.items.get(_key(request["Key"]))
        await self._moment()
        return {} if found is None else {"Item": dict(found)}

    async def put_item(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Write one item if the condition holds."""
        await self._moment()
        key = _key(request["Item"])
        _require(request, self.items.get(key, {}))
        self.items[key] = dict(request["Item"])
        await self._moment()
        return {}

    async def update_item(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Change one item if the condition holds."""
        await self._moment()
        key = _key(request["Key"])
        item = dict(self.items.get(key, request["Key"]))
        _require(request, self.items.get(key, {}))
        _change(item, request)
        self.items[key] = item
        await self._moment()
        return {"Attributes": dict(item)}

    async def transact_write_items(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Change items if all conditions hold."""
        await self._moment()
        writes = [write for each in request["TransactItems"] for write in each.values()]
        reasons = [self._reason(each) for each in writes]
        if any(reasons):
            code = {"Error": {"Code": "TransactionCanceledException"}}
            told: Any = {**code, "CancellationReasons": [{"Code": each or "None"} for each in reasons]}
            raise ClientError(told, "TransactWriteItems")
        for each in writes:
            named = each.get("Key") or each["Item"]
            item = dict(each.get("Item") or self.items.get(_key(named), named))
            if "UpdateExpression" in each:
                _change(item, each)
            self.items[_key(named)] = item
        await self._moment()
        return {}

    def _reason(self, write: Mapping[str, Any]) -> str:
        try:
            _require(write, self.items.get(_key(write.get("Key") or write["Item"]), {}))
        except ClientError:
            return "ConditionalCheckFailed"
        return ""

    async def delete_item(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Remove one item if the condition holds."""
        await self._moment()
        key = _key(request["Key"])
        _require(request, self.items.get(key, {}))
        self.items.pop(key, None)
        await self._moment()
        return {}

    async def query(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Read the items of a run whose names start with a prefix, or come before one, the latest first."""
        await self._moment()
        run, prefix = (value["S"] for value in request["ExpressionAttributeValues"].values())
        names = sorted(name for of, name in self.items if of == run)
        if " < " in request["KeyConditionExpression"]:
            wanted = [name for name in reversed(names) if name < prefix]
        else:
            wanted = [name for name in names if name.startswith(prefix)]
        await self._moment()
        return {"Items": [self.items[run, name] for name in wanted]}

    async def batch_get_item(self, **request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Read the items that there are."""
        await self._moment()
        [(table, wanted)] = request["RequestItems"].items()
        found = [self.items[_key(each)] for each in wanted["Keys"] if _key(each) in self.items]
        await self._moment()
        return {"Responses": {table: found}}

    async def scan(self, **_request: Any) -> Item:  # noqa: ANN401 - as DynamoDB's client
        """Read the `run` items, the only ones that the ledger scans for."""
        await self._moment()
        found = [item for (_, name), item in self.items.items() if name == "run"]
        await self._moment()
        return {"Items": found}

    def get_paginator(self, operation: str) -> "OnePage":
        """Return a paginator whose only page has all items."""
        return OnePage(getattr(self, operation))


@dataclass(frozen=True)
class OnePage:
    """A paginator with one page."""

    ask: Callable[..., Awaitable[Item]]

    async def paginate(self, **request: object) -> AsyncIterator[Item]:
        """Yield the page."""
        yield await self.ask(**request)


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["run_id"]["S"], item["item"]["S"]


def _require(request: Mapping[str, Any], item: Item) -> None:
    condition = request.get("ConditionExpression", "")
    for pattern, python in CONDITIONS:
        condition = re.sub(pattern, python, condition)
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    scope = {
        "has": lambda path: _has(item, [names.get(name, name) for name in path.split(".")]),
        "get": lambda path: _get(item, [names.get(name, name) for name in path.split(".")]),
        "listed": lambda names: [values[name] for name in names.split(", ")],
        "values": values,
    }
    if condition and not eval(condition, {}, scope):  # noqa: S307 - the ledger's own conditions, in tests
        raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "Write")


def _get(item: Mapping[str, Any], path: Sequence[str]) -> Any:  # noqa: ANN401 - a value of any type
    *outer, name = path
    for each in outer:
        item = item[each]["M"] if each in item else {}
    return item.get(name)


def _has(item: Mapping[str, Any], path: Sequence[str]) -> bool:
    return _get(item, path) is not None


def _change(item: Item, request: Mapping[str, Any]) -> None:
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    clauses = re.findall(
        r"(SET|ADD|REMOVE|DELETE) (.+?)(?= (?:ADD|REMOVE|DELETE) |$)", request["UpdateExpression"]
    )
    for verb, change in ((verb, each) for verb, changes in clauses for each in changes.split(", ")):
        name, *value = change.replace(" = ", " ").split()
        outer, _, inner = name.rpartition(".")
        if outer:
            item[outer] = {"M": {**item[outer]["M"], names[inner]: values[value[0]]}}
            continue
        name = names.get(name, name)
        if verb == "SET" and len(value) > 1:
            item[name] = {"N": str(int(item[value[0]]["N"]) + int(values[value[2]]["N"]))}
        elif verb == "SET":
            item[name] = values[value[0]]
        elif verb == "DELETE":
            [(kind, gone)] = values[value[0]].items()
            item[name] = {kind: sorted({*item.get(name, {kind: []})[kind]} - {*gone})}
            if not item[name][kind]:
                del item[name]
        elif verb == "ADD":
            [(kind, added)] = values[value[0]].items()
            if kind == "N":
                item[name] = {"N": str(Decimal(item.get(name, {"N": "0"})["N"]) + Decimal(added))}
                continue
            item[name] = {kind: sorted({*item.get(name, {kind: []})[kind], *added})}
        else:
            item.pop(name, None)
