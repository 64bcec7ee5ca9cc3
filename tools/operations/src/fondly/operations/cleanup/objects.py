"""Deletes objects for good: every version, every delete marker, every upload that was never completed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import NO_BUCKET, Ignoring
from fondly.runtime.batches import batches
from fondly.runtime.storage import MAX_DELETE

OBJECTS = "versions of objects"
UPLOADS = "incomplete uploads"
Version = Mapping[str, Any]
"""A version of an object, or a delete marker, which has a member `gone`."""


async def delete_objects(scope: Scope) -> None:
    """Empty the bucket, or a run's folder in it; a bucket that does not exist is empty."""
    with Ignoring(NO_BUCKET):
        async for found in version_pages(scope, scope.folder):
            refused = await delete_versions(scope, found, OBJECTS)
            scope.report.deleted(OBJECTS, len(found) - refused)
        await _abort_uploads(scope)


async def version_pages(scope: Scope, prefix: str) -> AsyncIterator[list[Version]]:
    """Yield all versions below a prefix, some at a time."""
    pages = scope.environment.s3.get_paginator("list_object_versions").paginate(
        Bucket=scope.bucket, Prefix=prefix
    )
    async for page in pages:
        markers = ({**each, "gone": True} for each in page.get("DeleteMarkers", []))
        yield [*page.get("Versions", []), *markers]


async def delete_versions(scope: Scope, versions: Sequence[Version], what: str) -> int:
    """Delete versions unless this is a dry run; report and return how many S3 refused to delete."""
    refused = 0
    for batch in batches([] if scope.dry_run else versions, MAX_DELETE):
        keys: Any = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in batch]
        reply = await scope.environment.s3.delete_objects(
            Bucket=scope.bucket, Delete={"Objects": keys, "Quiet": True}
        )
        if errors := reply.get("Errors", []):
            scope.report.failure(what, f"S3 refused: {errors[0].get('Code')}", len(errors))
            refused += len(errors)
    return refused


async def _abort_uploads(scope: Scope) -> None:
    s3 = scope.environment.s3
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=scope.bucket, Prefix=scope.folder)
    async for page in pages:
        for upload in page.get("Uploads", []):
            if not scope.dry_run:
                await s3.abort_multipart_upload(
                    Bucket=scope.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )
            scope.report.deleted(UPLOADS)
