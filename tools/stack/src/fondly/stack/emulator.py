"""Serves ministack's application on loopback: `python -m fondly.stack.emulator [FILE]`.

Its own command listens on every interface, this one only if `BIND_HOST` says so. What it holds is kept in the
file, if one is given.
"""

import gc
import os
import re
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import uvicorn
from ministack import app
from ministack.services import dynamodb, s3

from fondly.stack import stores

GARBAGE_AFTER = 10_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""
CACHED_NUMBERS = 16_384
"""Numbers that DynamoDB has checked: most are counts and scores that items have in common."""
ITEMS_WITH = re.compile(r"run_id = :run AND begins_with\(#item, (:\w+)\)")
"""How the ledger asks for some of a run's thousands of items."""

Application = Callable[..., Coroutine[Any, Any, None]]


def main(*file: str) -> None:
    """Serve on ministack's own settings `BIND_HOST` and `GATEWAY_PORT`, until SIGTERM or SIGINT."""
    gc.set_threshold(GARBAGE_AFTER)
    dynamodb._update_counts = _leave_counts  # noqa: SLF001 - there is no setting for it
    number = lru_cache(maxsize=CACHED_NUMBERS)(dynamodb._ddb_canonicalize_number)  # noqa: SLF001 - nor here
    dynamodb._ddb_canonicalize_number = number  # noqa: SLF001 - as above
    dynamodb._evaluate_condition = _prefix_first(dynamodb._evaluate_condition)  # noqa: SLF001 - as above
    app._read_request_body = read_body  # noqa: SLF001 - as above
    s3._fire_s3_event_async = _if_wanted(s3._fire_s3_event_async)  # noqa: SLF001 - nor for this
    uvicorn.run(
        keeping(app.app, Path(file[0])) if file else "ministack.app:app",
        host=os.environ.get("BIND_HOST", "127.0.0.1"),
        port=int(os.environ["GATEWAY_PORT"]),
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )


def keeping(application: Application, file: Path) -> Application:
    """Return the application as it was when the file was written; it is written again at the end."""
    stores.restore(file)

    async def kept(scope: Mapping[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        async def sent(message: Mapping[str, Any]) -> None:
            if message["type"] == "lifespan.shutdown.complete":
                stores.save(file)
            await send(message)

        await application(scope, receive, sent if scope["type"] == "lifespan" else send)

    return kept


def _leave_counts(_table: Mapping[str, Any]) -> None:
    """Leave what `DescribeTable` counts: ministack would go through all of a table's keys for each write."""


def _prefix_first(evaluate: Callable[..., bool]) -> Callable[..., bool]:
    """Pass over a run's items with other names: ministack parses the expression anew for each."""

    def quick(
        expression: str, item: Mapping[str, Any], values: Mapping[str, Any], *rest: object, **more: object
    ) -> bool:
        prefix = ITEMS_WITH.fullmatch(expression or "")
        if prefix and not item["item"]["S"].startswith(values[prefix[1]]["S"]):
            return False
        return evaluate(expression, item, values, *rest, **more)

    return quick


async def read_body(
    receive: Callable[[], Awaitable[dict[str, Any]]], method: str, headers: dict[str, str]
) -> bytes:
    """Return the body of a request, as ministack does, whose time grows with the square of its length."""
    pieces: list[bytes] = []
    if headers.get("content-length") or headers.get("transfer-encoding") or method in app._BODY_METHODS:  # noqa: SLF001 - as ministack decides
        more = True
        while more:
            message = await receive()
            pieces.append(message.get("body", b""))
            more = message.get("more_body", False)
    body: bytes = app._decode_aws_chunked_body(b"".join(pieces), headers)  # noqa: SLF001 - as above
    return body


def _if_wanted(fire: Callable[..., None]) -> Callable[..., None]:
    """Have S3 report what a bucket's notifications are about: ministack starts a thread for each object."""

    def fire_if_wanted(bucket: str, key: str, event: str, *rest: Any, **more: Any) -> None:  # noqa: ANN401
        if is_wanted(s3._bucket_notifications.get(bucket), key, event):  # noqa: SLF001 - as `main`
            fire(bucket, key, event, *rest, **more)

    return fire_if_wanted


def is_wanted(notifications: str | None, key: str, event: str) -> bool:
    """Return whether an event on an object is one that a bucket's notifications, as XML, ask for."""
    if "EventBridgeConfiguration" in (notifications or ""):
        return True
    return any(
        s3._event_matches(event, each["events"])  # noqa: SLF001 - decided as ministack does
        and s3._key_matches_filter(key, each["filter_prefix"], each["filter_suffix"])  # noqa: SLF001 - too
        for each in _asked_for(notifications)
    )


@lru_cache(maxsize=8)
def _asked_for(notifications: str | None) -> list[dict[str, Any]]:
    """A bucket has the same notifications for every object."""
    found: list[dict[str, Any]] = s3._parse_notification_config_raw(notifications)  # noqa: SLF001 - as above
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
