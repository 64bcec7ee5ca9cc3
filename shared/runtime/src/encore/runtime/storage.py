"""Records as JSON lines in S3 and as items in DynamoDB."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import BaseModel

from encore.runtime import tracing
from encore.runtime.batches import batches
from encore.runtime.retry import process_all

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import WriteRequestUnionTypeDef
    from types_aiobotocore_s3.client import S3Client

Model = TypeVar("Model", bound=BaseModel)
Item = dict[str, Any]
MAX_BATCH_WRITE = 25
EXPIRES_AT = "expires_at"
SECONDS_PER_DAY = 86_400

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class S3Objects:
    """The data bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    async def put(self, key: str, body: bytes, *, content_type: str) -> None:
        """Store one object, replacing any under the same key."""
        await self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, Metadata=tracing.carried()
        )

    async def get(self, key: str) -> bytes:
        """Return one object's content."""
        reply = await self._s3.get_object(Bucket=self.bucket, Key=key)
        async with reply["Body"] as body:
            return await body.read()

    async def put_lines(self, key: str, records: Iterable[BaseModel]) -> None:
        """Store records as JSON lines."""
        body = "".join(record.model_dump_json(exclude_none=True) + "\n" for record in records)
        await self.put(key, body.encode(), content_type="application/x-ndjson")

    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read JSON lines back as records."""
        body = await self.get(key)
        return [kind.model_validate_json(line) for line in body.splitlines() if line]


class DynamoDBItems:
    """One DynamoDB table, written in batches; items expire after `keep_days`, or never."""

    def __init__(
        self, dynamodb: "DynamoDBClient", name: str, *, keep_days: int | None = None, parallel: int = 4
    ) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._keep_days = keep_days
        self._parallel = asyncio.Semaphore(parallel)

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item, 25 per call; raise `UnprocessedError` if DynamoDB keeps refusing some.

        Keys must be distinct within one call of this method.
        """
        await asyncio.gather(*(self._put_batch(batch) for batch in batches(items, MAX_BATCH_WRITE)))

    async def _put_batch(self, items: Sequence[Mapping[str, Any]]) -> None:
        expiring = expires_at(self._keep_days)
        requests: list[WriteRequestUnionTypeDef] = [
            {"PutRequest": {"Item": to_item({**item, **expiring})}} for item in items
        ]
        await process_all(requests, self._write, what=f"items of {self._name}")

    async def _write(
        self, requests: "Sequence[WriteRequestUnionTypeDef]"
    ) -> "Sequence[WriteRequestUnionTypeDef]":
        async with self._parallel:
            reply = await self._dynamodb.batch_write_item(RequestItems={self._name: requests})
        return reply.get("UnprocessedItems", {}).get(self._name, [])


def expires_at(keep_days: int | None) -> dict[str, int]:
    """The attribute that makes an item expire `keep_days` from now (`ttl` in the topology)."""
    return {} if keep_days is None else {EXPIRES_AT: int(time.time()) + keep_days * SECONDS_PER_DAY}


def to_item(values: Mapping[str, Any]) -> Item:
    """Convert plain values to DynamoDB's typed form, without members that are None."""
    return {name: _serialize(_plain(value)) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert DynamoDB's typed form to plain values; numbers become `Decimal`."""
    return {name: _deserialize(value) for name, value in item.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a JSON-like value of any shape
    """Convert floats to decimals and enums to strings: DynamoDB's serializer accepts neither."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value
