"""Ingest reads the notification of an upload like one from S3."""

import pytest

from fondly.ingest.domain.notification import read_notification
from fondly.operations.runs.uploads import Stored, notification


@pytest.mark.parametrize("key", ["uploads/a.csv", "uploads/2026 spring/ä+b&c%20.csv.gz"])
def test_ingest_reads_the_notification_as_one_of_s3(key: str) -> None:
    """Key and ETag arrive as they are in the bucket."""
    body = notification("b", Stored(key, "e7a9", 12, "v1"), region="eu-west-1")
    (upload,) = read_notification(body, bucket="b")
    assert (upload.key, upload.etag, upload.event) == (key, "e7a9", "v1")
