"""Ingest reads the notification of an upload like one from S3."""

import pytest

from encore.cli.runs.sources import Stored, notification, possible_keys
from encore.ingest.domain.notification import read_notification


@pytest.mark.parametrize("key", ["uploads/a.csv", "uploads/2026 spring/ä+b&c%20.csv.gz"])
def test_ingest_reads_the_notification_as_one_of_s3(key: str) -> None:
    """Key and ETag arrive as they are in the bucket."""
    body = notification("b", Stored(key, "e7a9", 12, "v1"), region="eu-west-1")
    (upload,) = read_notification(body, bucket="b")
    assert (upload.key, upload.etag, upload.event) == (key, "e7a9", "v1")


def test_a_source_may_be_one_key_with_spaces_or_several() -> None:
    """The whole comes first, then the split before each further key."""
    assert list(possible_keys("s3://b/uploads/a b.csv")) == [["uploads/a b.csv"]]
    assert list(possible_keys("s3://b/uploads/x/products.csv uploads/x/reviews.csv")) == [
        ["uploads/x/products.csv uploads/x/reviews.csv"],
        ["uploads/x/products.csv", "uploads/x/reviews.csv"],
    ]
    assert list(possible_keys("s3://b/uploads/a b.csv uploads/mapping.yaml"))[1] == [
        "uploads/a b.csv",
        "uploads/mapping.yaml",
    ]
