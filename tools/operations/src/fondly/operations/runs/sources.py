"""An upload, and S3's notification of it."""

import json
from typing import NamedTuple
from urllib.parse import quote_plus

from fondly.contracts.clock import utc_now


class Stored(NamedTuple):
    """An object as it is in the bucket now."""

    key: str
    etag: str
    size_bytes: int
    version_id: str


def notification(bucket: str, stored: Stored, *, region: str) -> str:
    """Return the message with which S3 announces an object.

    Source: "Event message structure", Amazon S3 User Guide, version 2.1.
    """
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
