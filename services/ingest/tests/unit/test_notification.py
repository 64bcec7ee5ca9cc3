import json
from datetime import UTC, datetime

import pytest

from fondly.contracts.errors import PermanentError
from fondly.ingest.domain.notification import read_notification
from services.ingest.tests.fakes import BUCKET, notification


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("uploads/in/x%2By.csv", "uploads/in/x+y.csv"),
        ("uploads/my+shop.csv", "uploads/my shop.csv"),
        ("uploads/caf%C3%A9+%E0%A4%A6%E0%A5%81.csv", "uploads/café दु.csv"),
        ("uploads/100%2525.csv", "uploads/100%25.csv"),
    ],
)
def test_keys_are_decoded_once(encoded: str, key: str) -> None:
    """Spaces, plus signs, other scripts and percent signs come out as uploaded."""
    body = json.loads(notification("x"))
    body["Records"][0]["s3"]["object"]["key"] = encoded
    assert [upload.key for upload in read_notification(json.dumps(body), bucket=BUCKET)] == [key]


def test_one_message_may_contain_several_uploads() -> None:
    """Each record is an upload with its ETag and time."""
    at = datetime(2026, 11, 26, tzinfo=UTC)
    records = [json.loads(notification(f"uploads/{name}", etag=name, at=at))["Records"][0] for name in "ab"]
    uploads = read_notification(json.dumps({"Records": records}), bucket=BUCKET)
    assert [upload[:2] for upload in uploads] == [("uploads/a", "a"), ("uploads/b", "b")]
    assert {upload.at for upload in uploads} == {at}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}),
        json.dumps({"Records": []}),
        notification("uploads/folder/"),
        notification("elsewhere/a.csv"),
        notification("runs/uploads/a.csv"),
        notification("uploads/a.csv", name="ObjectRemoved:Delete"),
        notification("uploads/a.csv", name="s3:ObjectRemoved:DeleteMarkerCreated"),
    ],
    ids=["test-event", "no-records", "folder", "prefix", "inner-prefix", "deleted", "delete-marker"],
)
def test_notifications_without_an_upload_are_ignored(body: str) -> None:
    """There is nothing to do, and it is not an error."""
    assert read_notification(body, bucket=BUCKET) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        json.dumps({"specversion": "1.0", "type": "fondly.data-ingested.v1"}),
        json.dumps({"Records": [{"eventName": "ObjectCreated:Put"}]}),
        json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": BUCKET}}}]}),
        notification("uploads/a.csv", bucket="another"),
    ],
)
def test_a_foreign_message_is_a_permanent_error(body: str) -> None:
    """It is dead-lettered at once: no retry can turn it into a notification about this bucket."""
    with pytest.raises(PermanentError, match="notification"):
        read_notification(body, bucket=BUCKET)
