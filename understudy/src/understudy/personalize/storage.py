"""Places on S3, and what jobs do there: any S3 error fails one for lack of privileges, as on AWS."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

from botocore.exceptions import ClientError

from understudy.personalize.errors import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_s3 import S3Client

    S3ClientFactory = Callable[[], AbstractAsyncContextManager[S3Client]]


@dataclass(frozen=True, slots=True)
class Location:
    """An object or a folder on S3; a key that is empty or ends in a slash is a folder."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, path: str) -> Self:
        """Return the location of `s3://bucket/key`; raise ValueError for anything else."""
        scheme, _, rest = path.partition("://")
        bucket, slash, key = rest.partition("/")
        if scheme != "s3" or not bucket or not slash:
            raise ValueError(f"{path} is not of the form s3://bucket/key")
        return cls(bucket, key)

    @property
    def is_folder(self) -> bool:
        """Whether this names a folder."""
        return not self.key or self.key.endswith("/")

    def child(self, name: str) -> Self:
        """Return the object `name` in this folder."""
        folder = self.key if self.is_folder else f"{self.key}/"
        return type(self)(self.bucket, folder + name)


_CHUNK_BYTES = 1 << 20
_IN_MEMORY_BYTES = 32 << 20
NO_ACCESS = "Insufficient privileges for accessing data in Amazon S3."


@dataclass(frozen=True, slots=True)
class Storage:
    """One job's view of S3."""

    client: "S3Client"

    @classmethod
    @asynccontextmanager
    async def open(cls, factory: "S3ClientFactory") -> AsyncIterator[Self]:
        """Yield a storage whose client is closed at the end."""
        async with factory() as client:
            yield cls(client)

    async def files(self, location: Location) -> list[Location]:
        """Return the object itself, or all objects of the folder in key order."""
        if not location.is_folder:
            return [location]
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=location.bucket, Prefix=location.key
        )
        with _access():
            keys = [entry["Key"] async for page in pages for entry in page.get("Contents", [])]
        return [Location(location.bucket, key) for key in keys if not key.endswith("/")]

    @asynccontextmanager
    async def fetched(self, location: Location) -> AsyncIterator[IO[bytes]]:
        """Yield the object as a local file, positioned at its start; large ones are kept on disk."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
            with _access():
                answer = await self.client.get_object(Bucket=location.bucket, Key=location.key)
                async for chunk in answer["Body"].iter_chunks(_CHUNK_BYTES):
                    file.write(chunk)
            file.seek(0)
            yield file

    async def write(self, location: Location, body: bytes) -> None:
        """Store `body` under `location`."""
        with _access():
            await self.client.put_object(Bucket=location.bucket, Key=location.key, Body=body)


@contextmanager
def _access() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise JobFailedError(NO_ACCESS) from error
