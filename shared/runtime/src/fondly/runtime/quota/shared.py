"""What the tasks that use a quota tell one another: one item in the runs table.

It has a beat of each task that has calls waiting, with what it wants, and the ceilings that throttled calls
have shown. A beat and reading all others is one write; what was found is written only while nobody has found
something later.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.quota.allowance import Kind
from fondly.runtime.quota.ceiling import Found
from fondly.runtime.runs.items import conditionally, key
from fondly.runtime.storage import expires_at, from_item, to_item

MEMBER = "member-"
KEEP_DAYS = 7


class SharedState(NamedTuple):
    """What the item holds."""

    beats: Mapping[str, str]
    """Of the other tasks, by member."""
    found: Mapping[Kind, Found]


class DynamoDBSharedQuota:
    """The item of one API, such as `converse`, in the runs table."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, api: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = key(f"quota#{api}", "shared")

    async def beat(self, member: str, beat: str) -> SharedState:
        """Write a task's beat; return what the others have written."""
        expiry = expires_at(KEEP_DAYS)
        reply = await self._update(
            "SET #member = :beat, expires_at = :expires_at",
            names={"#member": MEMBER + member},
            values={":beat": beat, ":expires_at": expiry["expires_at"]},
        )
        item = from_item(reply.get("Attributes", {}))
        beats = {
            name.removeprefix(MEMBER): str(beat) for name, beat in item.items() if name.startswith(MEMBER)
        }
        beats.pop(member, None)
        return SharedState(beats, {kind: _found(item, kind) for kind in Kind if _version(kind) in item})

    async def tell(self, kind: Kind, found: Found, *, instead_of: int) -> None:
        """Write what a task has found, unless another has since found something later than `instead_of`."""
        await conditionally(
            self._update(
                "SET #version = :version, #per_s = :per_s, #lost = :lost",
                names={"#version": _version(kind), "#per_s": f"{kind}_per_s", "#lost": f"{kind}_lost_per_s"},
                values={
                    ":version": found.version,
                    ":per_s": repr(found.per_s),
                    ":lost": repr(found.lost_per_s),
                    ":known": instead_of,
                },
                condition="attribute_not_exists(#version) OR #version = :known",
            )
        )

    async def leave(self, members: Sequence[str]) -> None:
        """Remove the places of tasks."""
        names = {f"#m{number}": MEMBER + member for number, member in enumerate(members)}
        await self._update(f"REMOVE {', '.join(names)}", names=names, values={})

    async def _update(
        self, change: str, *, names: Mapping[str, str], values: Mapping[str, Any], condition: str = ""
    ) -> Mapping[str, Any]:
        request: dict[str, Any] = {"UpdateExpression": change, "ExpressionAttributeNames": names}
        if values:
            request["ExpressionAttributeValues"] = to_item(dict(values))
        if condition:
            request["ConditionExpression"] = condition
        return await self._dynamodb.update_item(
            TableName=self._table, Key=self._key, ReturnValues="ALL_NEW", **request
        )


def _version(kind: Kind) -> str:
    return f"{kind}_version"


def _found(item: Mapping[str, Any], kind: Kind) -> Found:
    per_s, lost_per_s = (float(item[f"{kind}_{name}"]) for name in ("per_s", "lost_per_s"))
    return Found(int(item[_version(kind)]), per_s, lost_per_s)
