"""The files of a job on S3: records to read, answers to write."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from understudy.bedrock.batch.errors import malformed_record, no_files, no_read_access, no_write_access

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from types_aiobotocore_s3 import S3Client

    from understudy.bedrock.batch.job import Job

_SUFFIX = ".jsonl"
_CHUNK_BYTES = 1 << 20
_MANIFEST = "manifest.json.out"


@dataclass(frozen=True, slots=True)
class Record:
    """One prompt of a job; without an id of its own it has none."""

    id: str | None
    model_input: dict[str, Any]

    def line(self, **result: object) -> bytes:
        """Return the line of the output with this result."""
        identity = {} if self.id is None else {"recordId": self.id}
        content = {**identity, "modelInput": self.model_input, **result}
        return json.dumps(content).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Files:
    """The input and output of one job; every method raises JobFailedError for what cannot be used."""

    client: S3Client
    job: Job

    async def keys(self) -> list[str]:
        """Return the keys of the input: the `.jsonl` file that it names, or all of a folder."""
        source = self.job.source
        if source.key.endswith(_SUFFIX):
            return [source.key]
        folder = source.key if source.is_folder else f"{source.key}/"
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=folder)
        with self._reading():
            listed = [entry["Key"] async for page in pages for entry in page.get("Contents", [])]
        keys = [key for key in listed if key.endswith(_SUFFIX)]
        if not keys:
            raise no_files(self._input_uri)
        return keys

    async def records(self, key: str) -> AsyncIterator[Record]:
        """Yield the records of a file; blank lines are none."""
        number = 0
        with self._reading():
            answer = await self.client.get_object(Bucket=self.job.source.bucket, Key=key)
            async with answer["Body"] as body:
                async for line in body.iter_lines(_CHUNK_BYTES):
                    number += 1
                    if line.strip():
                        yield _record(line, key, number)

    async def check_output(self) -> None:
        """Check that the bucket of the output exists."""
        with self._writing():
            await self.client.head_bucket(Bucket=self.job.target.bucket)

    async def write(self, key: str, lines: IO[bytes]) -> None:
        """Store the answers to the records of an input file."""
        await self._put(f"{key.rpartition('/')[2]}.out", lines)

    async def write_manifest(self) -> None:
        """Store the counts of the job."""
        await self._put(_MANIFEST, json.dumps(self.job.tally.manifest()).encode())

    async def _put(self, name: str, content: IO[bytes] | bytes) -> None:
        place = self.job.target.child(f"{self.job.id}/{name}")
        with self._writing():
            await self.client.put_object(Bucket=place.bucket, Key=place.key, Body=content)

    @property
    def _input_uri(self) -> str:
        return f"s3://{self.job.source.bucket}/{self.job.source.key}"

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise no_read_access(self._input_uri) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise no_write_access(f"s3://{self.job.target.bucket}/{self.job.target.key}") from error


def _record(line: bytes, key: str, number: int) -> Record:
    try:
        parsed = json.loads(line)
    except ValueError as error:
        raise malformed_record(key, number) from error
    match parsed:
        case {"modelInput": dict(model_input), "recordId": str(record_id)}:
            return Record(record_id, model_input)
        case {"modelInput": dict(model_input)} if "recordId" not in parsed:
            return Record(None, model_input)
        case _:
            raise malformed_record(key, number)
