"""Removes files of old runs from the data bucket."""

from typing import TYPE_CHECKING

from encore.runtime.retry import UnprocessedError

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client


class S3RunFiles:
    """Objects below a folder of the data bucket.

    On a versioned bucket a removal leaves a delete marker; the bucket's lifecycle removes what is below it.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def remove(self, folder: str) -> int:
        """Remove every object whose key begins with `folder`; return how many there were.

        Raises `UnprocessedError` if S3 refuses some.
        """
        removed = 0
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder)
        async for page in pages:
            keys = [each["Key"] for each in page.get("Contents", [])]
            if keys:
                reply = await self._s3.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
                )
                if refused := reply.get("Errors"):
                    raise UnprocessedError(f"{len(refused)} objects: {refused[0].get('Code')}")
                removed += len(keys)
        return removed
