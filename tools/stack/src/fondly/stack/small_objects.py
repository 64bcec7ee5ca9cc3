"""Many small objects of the data bucket, each with a third of the CPU time that the SDK's call takes.

A run has one object for each email and nearly as many prompts: fetching them would be most of the
collector's work.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from yarl import URL

from fondly.runtime.storage import S3Objects

if TYPE_CHECKING:
    from aiobotocore.session import AioSession
    from types_aiobotocore_s3.client import S3Client

TIMEOUT_S = 10.0


class Signer(Protocol):
    """Signs requests; see `botocore.auth.S3SigV4Auth`."""

    def add_auth(self, request: AWSRequest) -> None: ...  # noqa: D102 - described there


class SmallObjects:
    """Reads objects by signed requests of its own; whatever does not succeed at once is left to the SDK."""

    def __init__(self, http: ClientSession, bucket_url: str, signer: Signer, objects: S3Objects) -> None:
        self._http = http
        self._bucket_url = bucket_url
        self._signer = signer
        self._objects = objects

    async def find(self, key: str) -> bytes | None:
        """Return an object's content; None if it does not exist. Raises what `S3Objects.find` raises."""
        url = f"{self._bucket_url}/{quote(key)}"
        signed = AWSRequest("GET", url)
        self._signer.add_auth(signed)
        try:
            async with self._http.get(URL(url, encoded=True), headers=dict(signed.headers)) as reply:
                if reply.status == HTTPStatus.OK:
                    return await reply.read()
        except (ClientError, TimeoutError):
            pass
        return await self._objects.find(key)


@asynccontextmanager
async def small_objects(
    session: "AioSession", s3: "S3Client", objects: S3Objects
) -> AsyncIterator[SmallObjects]:
    """Open a reader of a bucket with the endpoint, region and credentials of an open client.

    Raises `NoCredentialsError`, as the client's first call does.
    """
    credentials = await session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    signer = S3SigV4Auth(await credentials.get_frozen_credentials(), "s3", s3.meta.region_name)
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_S)) as http:
        yield SmallObjects(http, f"{s3.meta.endpoint_url}/{objects.bucket}", signer, objects)
