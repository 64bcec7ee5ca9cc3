"""Deletes objects for good: every version, every delete marker, every upload that was never completed."""

from typing import Any

from botocore.exceptions import ClientError

from fondly.operations.cleanup.scope import Scope
from fondly.operations.environment import NO_BUCKET
from fondly.runtime.errors import error_code

OBJECTS = "versions of objects"
UPLOADS = "incomplete uploads"


async def delete_objects(scope: Scope) -> None:
    """Empty the bucket, or a run's folder in it; a bucket that does not exist is empty."""
    try:
        await _delete_versions(scope)
        await _abort_uploads(scope)
    except ClientError as error:
        if error_code(error) not in NO_BUCKET:
            raise


async def _delete_versions(scope: Scope) -> None:
    s3 = scope.environment.s3
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=scope.bucket, Prefix=scope.folder)
    async for page in pages:
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        keys: Any = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        refused = 0
        if keys and not scope.dry_run:
            refused = await _delete_batch(scope, keys)
        scope.report.deleted(OBJECTS, len(keys) - refused)


async def _delete_batch(scope: Scope, keys: Any) -> int:  # noqa: ANN401 - a list of the client's
    """Delete up to 1,000 versions; return how many S3 refused to delete."""
    reply = await scope.environment.s3.delete_objects(
        Bucket=scope.bucket, Delete={"Objects": keys, "Quiet": True}
    )
    refused = reply.get("Errors", [])
    if refused:
        scope.report.failure(OBJECTS, f"S3 refused: {refused[0].get('Code')}", len(refused))
    return len(refused)


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
