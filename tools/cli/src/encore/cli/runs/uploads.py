"""Notifying ingest of an upload again, as S3 did."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from encore.cli.environment import Environment
from encore.cli.errors import CommandError
from encore.cli.runs.sources import Stored, notification, possible_keys
from encore.contracts.object_keys import UPLOADS
from encore.contracts.run_id import run_id
from encore.runtime.errors import error_code
from encore.runtime.runs.run import Run

GONE = frozenset({"404", "NoSuchKey"})


async def notification_again(environment: Environment, run: Run) -> tuple[str, str]:
    """Return the queue and the message that make ingest process the run's upload again.

    One notification is enough, also for a set of files: ingest looks for the others, and its mapping, itself.
    Raises `CommandError` if the upload is gone or has other content, which would be another run.
    """
    bucket = environment.named("data")
    for keys in possible_keys(run.source):
        stored = await _stored(environment, bucket, keys)
        if stored and run_id(bucket, {each.key: each.etag for each in stored}) == run.run_id:
            return _uploads_queue(environment), notification(
                bucket, stored[0], region=environment.sqs.meta.region_name
            )
    raise CommandError(f"{run.source} is gone or has changed since {run.run_id} began: upload the file again")


async def _stored(environment: Environment, bucket: str, keys: Sequence[str]) -> list[Stored]:
    """The objects as they are now; none if one of them is gone."""
    found = []
    for key in keys:
        try:
            head = await environment.s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error_code(error) in GONE:
                return []
            raise
        found.append(Stored(key, head["ETag"].strip('"'), head["ContentLength"], head.get("VersionId", "")))
    return found


def _uploads_queue(environment: Environment) -> str:
    """The queue that the topology has notified of uploads."""
    notifications = environment.topology.buckets["data"].notifications
    return next(each.queue for each in notifications if each.prefix == UPLOADS)
