import gc
from typing import Any

import pytest
import uvicorn
from ministack.services import dynamodb, s3

from encore.stack import emulator


def test_the_emulator_listens_on_loopback_and_does_not_count_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own command would listen on every interface; ministack still has what is replaced in it."""
    served: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: served.update(app=app, **options))
    monkeypatch.setattr(gc, "set_threshold", lambda _objects: None)
    monkeypatch.setattr(dynamodb, "_update_counts", dynamodb._update_counts)
    monkeypatch.setattr(s3, "_fire_s3_event_async", s3._fire_s3_event_async)
    monkeypatch.setenv("GATEWAY_PORT", "4566")
    emulator.main()
    assert (served["app"], served["host"], served["port"]) == ("ministack.app:app", "127.0.0.1", 4566)
    table = {"items": {"key": {"sort": "item"}}, "ItemCount": 0}
    dynamodb._update_counts(table)
    assert table["ItemCount"] == 0


UPLOADS = """<NotificationConfiguration><QueueConfiguration>
<Id>uploads</Id><Queue>arn:aws:sqs:us-east-1:000000000000:ingest</Queue><Event>s3:ObjectCreated:*</Event>
<Filter><S3Key><FilterRule><Name>prefix</Name><Value>uploads/</Value></FilterRule></S3Key></Filter>
</QueueConfiguration></NotificationConfiguration>"""


@pytest.mark.parametrize(
    ("key", "event", "reported"),
    [
        ("uploads/shop.csv", "s3:ObjectCreated:Put", True),
        ("runs/run-1/email.eml", "s3:ObjectCreated:Put", False),
        ("uploads/shop.csv", "s3:ObjectRemoved:Delete", False),
    ],
)
def test_the_emulator_reports_only_the_objects_that_a_notification_is_about(
    key: str, event: str, *, reported: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others, which are nearly all objects of a run, start no thread."""
    fired: list[tuple[Any, ...]] = []
    monkeypatch.setattr(s3, "_bucket_notifications", {"data": UPLOADS})
    fire = emulator._if_wanted(lambda *given, **more: fired.append((*given, *more.values())))
    fire("data", key, event, 5, etag="e")
    fire("other", key, event, 5, etag="e")
    assert fired == ([("data", key, event, 5, "e")] if reported else [])
