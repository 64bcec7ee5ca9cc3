"""Telling ingest of an upload again, as S3 did."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from encore.cli.domain.sources import Stored, notification, possible_keys
from encore.cli.errors import OpsError
from encore.cli.place import Place
from encore.contracts.object_keys import UPLOADS
from encore.contracts.run_id import run_id
from encore.runtime.errors import error_code
from encore.runtime.runs.run import Run

GONE = frozenset({"404", "NoSuchKey"})


async def notification_again(place: Place, run: Run) -> tuple[str, str]:
    """Return the queue, and the message for it, that makes ingest take the run's upload in again.

    One notification will do, also for three separate files: ingest looks for the others itself. Raises
    `OpsError` when the upload is gone, or has other content: that would be another run.
    """
    bucket = place.named("data")
    for keys in possible_keys(run.source):
        stored = await _stored(place, bucket, keys)
        if stored and run_id(bucket, {one.key: one.etag for one in stored}) == run.run_id:
            return _uploads_queue(place), notification(bucket, stored[0], region=place.sqs.meta.region_name)
    raise OpsError(f"{run.source} is gone or has changed since {run.run_id} began: upload the file again")


async def _stored(place: Place, bucket: str, keys: Sequence[str]) -> list[Stored]:
    """The objects as they are now; none when one of them is gone."""
    found = []
    for key in keys:
        try:
            head = await place.s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error_code(error) in GONE:
                return []
            raise
        found.append(Stored(key, head["ETag"].strip('"'), head["ContentLength"], head.get("VersionId", "")))
    return found


def _uploads_queue(place: Place) -> str:
    """The queue that hears of uploads, by the topology."""
    notifications = place.topology.buckets["data"].notifications
    return next(each.queue for each in notifications if each.prefix == UPLOADS)
