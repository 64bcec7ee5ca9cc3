"""Uploads read from the data bucket, and files too large for memory stored in it."""

from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from fondly.ingest.domain.file_sets import StoredFile
from fondly.ingest.ports import VanishedError
from fondly.runtime import tracing
from fondly.runtime.errors import error_code

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef

CHUNK_BYTES = 256 * 1024
MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion"})


@dataclass(frozen=True)
class S3Content:
    """An object opened for reading: its content is fixed, even if its key is overwritten meanwhile."""

    key: str
    reply: "GetObjectOutputTypeDef"

    @property
    def etag(self) -> str:
        """The ETag of the content."""
        return self.reply["ETag"].strip('"')

    @property
    def size_bytes(self) -> int:
        """The size of the content as stored."""
        return self.reply["ContentLength"]

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the whole content in hexadecimal digits, if S3 has checked one at the upload.

        Source: "Checking object integrity in Amazon S3": `COMPOSITE` checksums are of the parts' checksums.
        """
        checksum = self.reply.get("ChecksumSHA256")
        if not checksum or self.reply.get("ChecksumType") != "FULL_OBJECT":
            return None
        return b64decode(checksum).hex()

    async def save(self, path: Path) -> None:
        """Write the content to a file, one chunk in memory at a time."""
        with path.open("wb") as file:
            async for chunk in self.reply["Body"].iter_chunks(CHUNK_BYTES):
                file.write(chunk)


class S3Files:
    """Reads uploads from one bucket and stores files in it."""

    def __init__(self, s3: "S3Client", name: str) -> None:
        self._s3 = s3
        self.name = name

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator[S3Content]:
        """Open the current version of an object; `VanishedError` if there is none."""
        with _vanished_if_missing():
            reply = await self._s3.get_object(Bucket=self.name, Key=key)
        async with reply["Body"]:
            yield S3Content(key, reply)

    async def read(self, key: str, *, max_bytes: int) -> bytes:
        """Return an object, or one byte more than `max_bytes` of it; `VanishedError` if there is none."""
        async with self.open(key) as content:
            return await content.reply["Body"].read(max_bytes + 1)

    async def stored(self, folder: str) -> list[StoredFile]:
        """Return the objects directly in a folder, oldest first."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=folder, Delimiter="/"
        )
        found = [
            StoredFile(item["Key"], item["ETag"].strip('"'), item["LastModified"].astimezone(UTC))
            async for page in pages
            for item in page.get("Contents", [])
            if not item["Key"].endswith("/")
        ]
        return sorted(found, key=lambda file: (file.modified, file.key))

    async def put_file(self, key: str, path: Path, *, content_type: str) -> None:
        """Store a file of up to 5 GB, streamed from disk."""
        with path.open("rb") as file:
            await self._s3.put_object(
                Bucket=self.name, Key=key, Body=file, ContentType=content_type, Metadata=tracing.carried()
            )


@contextmanager
def _vanished_if_missing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error_code(error) in MISSING:
            raise VanishedError("deleted before it was read") from error
        raise
