"""Notifying ingest of an upload again, as S3 did."""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote_plus

from botocore.exceptions import ClientError

from fondly.contracts.clock import utc_now
from fondly.contracts.object_keys import UPLOADS
from fondly.contracts.run_id import run_id
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.errors import error_code
from fondly.runtime.runs.latest import LatestRuns
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.source import Folder, possible_keys

CHUNK_BYTES = 256 * 1024
MANIFEST = "manifest"
"""The role of the one kept object that no run is made of."""
GONE = frozenset({"404", "NoSuchKey"})


class Stored(NamedTuple):
    """An object as it is in the bucket now."""

    key: str
    etag: str
    size_bytes: int
    version_id: str


async def notification_again(environment: Environment, run: Run) -> tuple[str, str]:
    """Return the queue and the message that make ingest process the run's upload again.

    One notification is enough, also for a set of files: ingest looks for the others, and its mapping, itself.
    Raises `OperationError` if the upload is gone or has other content, which would be another run.
    """
    bucket = await environment.bucket()
    for named in possible_keys(run.source):
        keys = await _last_set(environment, bucket, named) if isinstance(named, Folder) else named
        stored = await _stored(environment, bucket, keys)
        if stored and await _is_of(environment, run, bucket, stored):
            notified = environment.topology.buckets["data"].notifications
            queue = next(each.queue for each in notified if each.prefix == UPLOADS)
            return queue, notification(bucket, stored[0], region=environment.region)
    raise OperationError(
        f"{run.source} is gone or has changed since {run.run_id} began: upload the file again"
    )


async def _is_of(environment: Environment, run: Run, bucket: str, stored: Sequence[Stored]) -> bool:
    """Whether the run was made of these objects, or of the same bytes, read only if no digest is kept."""
    latest = LatestRuns(environment.dynamodb, environment.table_name("runs"))
    folder = stored[0].key[: stored[0].key.rfind("/") + 1]
    kept: dict[tuple[str, str], str] = {}
    for address in {stored[0].key, folder}:
        pointer = await latest.get(f"s3://{bucket}/{address}")
        kept |= {(each["key"], each["etag"]): each.get("sha256", "") for each in pointer.files}
    former = run_id(bucket, {each.key: each.etag for each in stored})
    digests = {
        each.key: kept.get((each.key, each.etag)) or await _sha256(environment, bucket, each.key)
        for each in stored
    }
    return run.run_id in {former, run_id(bucket, digests)}


async def _last_set(environment: Environment, bucket: str, folder: Folder) -> list[str]:
    """The keys of the set that was last uploaded to a folder."""
    latest = LatestRuns(environment.dynamodb, environment.table_name("runs"))
    pointer = await latest.get(f"s3://{bucket}/{folder.prefix}")
    return [each["key"] for each in pointer.files if each.get("role") != MANIFEST]


async def _sha256(environment: Environment, bucket: str, key: str) -> str:
    reply = await environment.s3.get_object(Bucket=bucket, Key=key)
    digest = hashlib.sha256()
    async with reply["Body"] as body:
        async for chunk in body.iter_chunks(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


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


def notification(bucket: str, stored: Stored, *, region: str) -> str:
    """Return how S3 announces an object: "Event message structure", Amazon S3 User Guide, version 2.1."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {
                "key": quote_plus(stored.key, safe="/"),
                "size": stored.size_bytes,
                "eTag": stored.etag,
                "versionId": stored.version_id,
            },
        },
    }
    return json.dumps({"Records": [record]})
