import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from ministack import app
from ministack.services import dynamodb, s3

from fondly.stack import emulator

MOST = dynamodb._DDB_ITEM_MAX_BYTES
ITEMS_WITH = "run_id = :run AND begins_with(#item, :prefix)"


def test_the_emulator_listens_on_loopback_and_does_not_count_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is told to listen elsewhere; ministack still has what is replaced in it."""
    served: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: served.update(app=app, **options))
    monkeypatch.setattr(gc, "set_threshold", lambda _objects: None)
    monkeypatch.setattr(dynamodb, "_update_counts", dynamodb._update_counts)
    monkeypatch.setattr(dynamodb, "_ddb_canonicalize_number", dynamodb._ddb_canonicalize_number)
    monkeypatch.setattr(dynamodb, "_evaluate_condition", dynamodb._evaluate_condition)
    monkeypatch.setattr(dynamodb, "_tokenize", dynamodb._tokenize)
    monkeypatch.setattr(dynamodb, "_item_size_bytes", dynamodb._item_size_bytes)
    monkeypatch.setattr(s3, "_fire_s3_event_async", s3._fire_s3_event_async)
    monkeypatch.setenv("GATEWAY_PORT", "4566")
    monkeypatch.setenv("BIND_HOST", "0.0.0.0")  # noqa: S104 - as in a container of its own
    emulator.main()
    assert served["host"] == os.environ["BIND_HOST"]
    monkeypatch.delenv("BIND_HOST")
    emulator.main()
    assert (served["host"], served["port"]) == ("127.0.0.1", 4566)
    table = {"items": {"key": {"sort": "item"}}, "ItemCount": 0}
    dynamodb._update_counts(table)
    assert table["ItemCount"] == 0
    assert [dynamodb._ddb_canonicalize_number(each) for each in ("007.50", "-0", "1_0")] == ["7.5", "0", None]
    asked: Any = (
        {":run": {"S": "r"}, ":prefix": {"S": "lock#"}},
        {"#item": "item"},
        "KeyConditionExpression",
    )
    items = [{"run_id": {"S": run}, "item": {"S": name}} for run in "rs" for name in ("lock#1", "run")]
    found = [dynamodb._evaluate_condition(ITEMS_WITH, each, *asked) for each in items]
    assert found == [True, False, False, False]
    found = [
        dynamodb._evaluate_condition("run_id = :run AND #item < :prefix", each, *asked) for each in items
    ]
    assert found == [False, False, False, False]
    asked[0][":prefix"]["S"] = "m"
    found = [
        dynamodb._evaluate_condition("run_id = :run AND #item < :prefix", each, *asked) for each in items
    ]
    assert found == [True, False, False, False]
    assert [dynamodb._item_size_bytes({"a": {"S": "x" * size}}) > MOST for size in (9, MOST)] == [False, True]


def test_the_emulator_reads_a_body_as_ministack_does() -> None:
    """In pieces, and chunks with signatures decoded."""
    signed = b"5;chunk-signature=0\r\nhello\r\n0;chunk-signature=0\r\n\r\n"
    for body, headers in [
        (b"hello", {}),
        (b"hello", {"content-length": "5"}),
        (signed, {"content-length": "5", "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}),
    ]:
        found = asyncio.run(emulator.read_body(_pieces(body), headers))
        assert found == asyncio.run(app._read_request_body(_pieces(body), "PUT", headers)) == b"hello"


def _pieces(body: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    messages: list[dict[str, Any]] = [{"body": body[:3], "more_body": True}, {"body": body[3:]}]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    return receive


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


@pytest.mark.parametrize(
    "credential", ["local/20261201/eu-west-1/sqs/aws4_request", "local/20261201/x/iam/y"]
)
def test_the_emulator_leads_what_is_signed_to_its_service(
    credential: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its query and body; what is of another service goes to ministack's own application."""
    found: list[tuple[Any, ...]] = []

    async def handle(*given: object) -> tuple[int, dict[str, str], bytes]:
        found.append(given)
        return 200, {}, b"done"

    async def other(scope: Any, _receive: object, _send: object) -> None:  # noqa: ANN401 - ASGI's
        found.append((scope["path"],))

    async def sent(message: dict[str, Any]) -> None:
        found.append((message.get("body"),))

    monkeypatch.setitem(app.SERVICE_HANDLERS, "sqs", handle)
    headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={credential}", "content-length": "5"}
    scope = {
        "headers": [(name.encode(), each.encode()) for name, each in headers.items()],
        "method": "POST",
        "path": "/",
        "query_string": b"a=1",
    }
    asyncio.run(emulator.straight(other)(scope, _pieces(b"hello"), sent))
    handled = [("POST", "/", headers, b"hello", {"a": ["1"]}), (None,), (b"done",)]
    assert found == (handled if "sqs" in credential else [("/",)])
