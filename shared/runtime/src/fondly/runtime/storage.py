"""Records as JSON lines in S3 and as items in DynamoDB."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Literal, TypeVar

from botocore.exceptions import ClientError
from pydantic import BaseModel

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.runtime import tracing
from fondly.runtime.batches import batches
from fondly.runtime.clients import DynamoDBClient, S3Client, WriteRequestUnionTypeDef
from fondly.runtime.dynamodb_types import deserialize, serialize
from fondly.runtime.errors import error_code
from fondly.runtime.retry import UnprocessedError, process_all

Model = TypeVar("Model", bound=BaseModel)
Item = dict[str, Any]
TableKey = tuple[str, Mapping[str, Any]]
"""A table, and the key of an item in it."""
MAX_BATCH_WRITE = 25
MAX_BATCH_GET = 100
MAX_DELETE = 1000
PARALLEL = 4
READ_BYTES = 65_536
EXPIRES_AT = "expires_at"
CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
"""An object is no longer the one that was read."""


class S3Objects:
    """The data bucket."""

    def __init__(self, s3: S3Client, bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    async def put(self, key: str, body: bytes | BinaryIO, *, content_type: str) -> None:
        """Store one object, replacing any under the same key; a file is read as it is sent."""
        await self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, Metadata=tracing.carried()
        )

    async def get(self, key: str) -> bytes:
        """Return one object's content."""
        reply = await self._s3.get_object(Bucket=self.bucket, Key=key)
        async with reply["Body"] as body:
            return await body.read()

    async def find(self, key: str, *, max_bytes: int | None = None) -> bytes | None:
        """Return one object's content, or at most its first `max_bytes`; None if it does not exist.

        S3 says so only to callers that may list the bucket; to others a missing object is an error.
        """
        if (reply := await self._reply(key)) is None:
            return None
        async with reply["Body"] as body:
            content: bytes = await body.read(max_bytes)
            return content

    async def tagged(self, key: str) -> tuple[bytes, str]:
        """Return an object's content and its ETag; both empty if it does not exist, as `find` sees it."""
        if (reply := await self._reply(key)) is None:
            return b"", ""
        async with reply["Body"] as body:
            return await body.read(), str(reply["ETag"])

    async def replace(self, key: str, body: bytes, *, etag: str) -> str | None:
        """Store an object in the place of the one with this ETag, or of none if that is empty.

        Returns its ETag; None if somebody else has stored one meanwhile.
        """
        if_it_is: Any = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            reply = await self._s3.put_object(
                Bucket=self.bucket, Key=key, Body=body, Metadata=tracing.carried(), **if_it_is
            )
        except ClientError as error:
            if error_code(error) not in CHANGED:
                raise
            return None
        return reply["ETag"]

    async def lines(self, key: str) -> AsyncIterator[bytes]:
        """Yield an object's lines without ends, 64 KB in memory; none if `find` would find none."""
        if (reply := await self._reply(key)) is None:
            return
        async with reply["Body"] as body:
            async for line in body.iter_lines(chunk_size=READ_BYTES):
                yield line

    async def _reply(self, key: str) -> Any:  # noqa: ANN401 - the reply of `get_object`
        try:
            return await self._s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error_code(error) != "NoSuchKey":
                raise
            return None

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        """Yield the keys of the objects below a prefix, in order."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        async for page in pages:
            for found in page.get("Contents", []):
                yield found["Key"]

    async def remove(self, folder: str) -> int:
        """Remove every object whose key begins with `folder`; return how many there were.

        On a versioned bucket a removal leaves a delete marker; the bucket's lifecycle removes what is below.
        Raises `UnprocessedError` if S3 refuses some.
        """
        found = [key async for key in self.keys(folder)]
        for keys in batches(found, MAX_DELETE):
            reply = await self._s3.delete_objects(
                Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
            if refused := reply.get("Errors"):
                raise UnprocessedError(f"{len(refused)} objects: {refused[0].get('Code')}")
        return len(found)

    async def put_lines(self, key: str, records: Iterable[BaseModel]) -> None:
        """Store records as JSON lines."""
        body = "".join(record.model_dump_json(exclude_none=True) + "\n" for record in records)
        await self.put(key, body.encode(), content_type="application/x-ndjson")

    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read JSON lines back as records."""
        return _records(await self.get(key), kind)

    async def find_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read JSON lines back as records; none if the object does not exist, as `find` sees it."""
        return _records(await self.find(key) or b"", kind)


class DynamoDBItems:
    """One DynamoDB table, written and read in batches; items expire after `keep_days`, or never."""

    def __init__(self, dynamodb: DynamoDBClient, name: str, *, keep_days: int | None = None) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._keep_days = keep_days
        self._parallel = asyncio.Semaphore(PARALLEL)

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put items of distinct keys, 25 per call; raise `UnprocessedError` if some stay refused."""
        await asyncio.gather(*(self._put_batch(batch) for batch in batches(items, MAX_BATCH_WRITE)))

    async def get_all(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the items that exist, in any order, 100 per call; may raise `UnprocessedError`."""
        found = await asyncio.gather(*(self._get_batch(batch) for batch in batches(keys, MAX_BATCH_GET)))
        return [item for items in found for item in items]

    async def get_group(self, name: str, value: str) -> list[dict[str, Any]]:
        """Return every item whose partition key, the attribute `name`, has this value, as last put."""
        wanted = {**expression({":value": value}, {"name": name}), "KeyConditionExpression": "#name = :value"}
        async with self._parallel:
            found = items_of(self._dynamodb, "query", self._name, ConsistentRead=True, **wanted)
            return [item async for item in found]

    async def scan(self, *, segment: int, segments: int) -> AsyncIterator[dict[str, Any]]:
        """Yield the items of one of so many segments, the first being 0; they never change places."""
        part: dict[str, Any] = {"Segment": segment, "TotalSegments": segments, "ConsistentRead": True}
        async for item in items_of(self._dynamodb, "scan", self._name, **part):
            yield item

    async def _put_batch(self, items: Sequence[Mapping[str, Any]]) -> None:
        expiring = expires_at(self._keep_days)
        requests: list[WriteRequestUnionTypeDef] = [
            {"PutRequest": {"Item": to_item({**item, **expiring})}} for item in items
        ]
        await process_all(requests, self._write, what=f"items of {self._name}")

    async def _get_batch(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        async with self._parallel:
            return (await get_items(self._dynamodb, {self._name: keys}))[self._name]

    async def _write(
        self, requests: Sequence[WriteRequestUnionTypeDef]
    ) -> Sequence[WriteRequestUnionTypeDef]:
        async with self._parallel:
            reply = await self._dynamodb.batch_write_item(RequestItems={self._name: requests})
        return reply.get("UnprocessedItems", {}).get(self._name, [])


async def get_items(
    dynamodb: DynamoDBClient, keys: Mapping[str, Sequence[Mapping[str, Any]]], *, consistent: bool = True
) -> dict[str, list[dict[str, Any]]]:
    """Return tables' items with these keys, at most 100, by one call; raise `UnprocessedError` if refused."""
    found: dict[str, list[dict[str, Any]]] = {table: [] for table in keys}

    async def read(
        waiting: Sequence[tuple[str, Mapping[str, Any]]],
    ) -> Sequence[tuple[str, Mapping[str, Any]]]:
        requests: dict[str, Any] = {}
        for table, key in waiting:
            requests.setdefault(table, {"Keys": [], "ConsistentRead": consistent})["Keys"].append(key)
        reply = await dynamodb.batch_get_item(RequestItems=requests)
        for table, items in reply.get("Responses", {}).items():
            found[table] += map(from_item, items)
        left = reply.get("UnprocessedKeys", {})
        return [(table, key) for table, one in left.items() for key in one["Keys"]]

    wanted: list[TableKey] = [(table, to_item(key)) for table, own in keys.items() for key in own]
    await process_all(wanted, read, what=f"keys of {', '.join(keys)}")
    return found


def _records(lines: bytes, kind: type[Model]) -> list[Model]:
    return [kind.model_validate_json(line) for line in lines.splitlines() if line]


def expires_at(keep_days: int | None) -> dict[str, int]:
    """The attribute that makes an item expire `keep_days` from now (`ttl` in the topology)."""
    return {} if keep_days is None else {EXPIRES_AT: int(time.time()) + keep_days * SECONDS_PER_DAY}


def to_item(values: Mapping[str, Any]) -> Item:
    """Convert plain values to DynamoDB's typed form, without members that are None."""
    item: Item = serialize(values)["M"]
    return item


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert DynamoDB's typed form to plain values; numbers become `Decimal`."""
    return {name: deserialize(value) for name, value in item.items()}


async def items_of(
    dynamodb: DynamoDBClient,
    operation: Literal["query", "scan"],
    table: str,
    values: Mapping[str, Any] | None = None,
    **request: Any,  # noqa: ANN401 - the operation's own
) -> AsyncIterator[dict[str, Any]]:
    """Yield what a query or a scan finds, in plain values."""
    pages: Any = dynamodb.get_paginator(operation)
    async for page in pages.paginate(TableName=table, **request, **expression(values)):
        for item in page.get("Items", []):
            yield from_item(item)


def expression(values: Mapping[str, Any] | None, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the values and names of an expression; a name `token` stands for `#token`."""
    return {
        **({"ExpressionAttributeValues": to_item(values)} if values else {}),
        **({"ExpressionAttributeNames": {f"#{each}": name for each, name in names.items()}} if names else {}),
    }
