"""Serves ministack's application on loopback: `python -m fondly.stack.emulator [FILE]`.

Its own command listens on every interface, this one only if `BIND_HOST` says so. What it holds is kept in the
file, if one is given.
"""

import gc
import marshal
import os
import re
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from ministack import app
from ministack.core import responses
from ministack.services import dynamodb, s3

from fondly.stack import stores

GARBAGE_AFTER = 10_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""
CACHED_NUMBERS, CACHED_EXPRESSIONS = 16_384, 256
"""Numbers that DynamoDB has checked: most are counts and scores that items have in common."""
PLAIN = 0
"""Of marshal's formats the one that writes every text whenever it occurs, in a quarter of JSON's time."""
ITEMS_WITH = re.compile(r"run_id = :run AND (?:begins_with\(#item, (:\w+)\)|#item < (:\w+))")
"""How the ledger asks for some of a run's thousands of items."""
SIGNED = re.compile(rb"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/(dynamodb|s3|sns|sqs)/")

Application = Callable[..., Coroutine[Any, Any, None]]


def main(*file: str) -> None:
    """Serve on ministack's own settings `BIND_HOST` and `GATEWAY_PORT`, until SIGTERM or SIGINT."""
    gc.set_threshold(GARBAGE_AFTER)
    dynamodb._update_counts = _leave_counts  # noqa: SLF001 - there is no setting for it
    number = lru_cache(maxsize=CACHED_NUMBERS)(dynamodb._ddb_canonicalize_number)  # noqa: SLF001 - nor here
    dynamodb._ddb_canonicalize_number = number  # noqa: SLF001 - as above
    dynamodb._tokenize = lru_cache(maxsize=CACHED_EXPRESSIONS)(dynamodb._tokenize)  # noqa: SLF001 - as above
    dynamodb._evaluate_condition = _by_name(dynamodb._evaluate_condition)  # noqa: SLF001 - as above
    dynamodb._item_size_bytes = _at_most(dynamodb._item_size_bytes)  # noqa: SLF001 - as above
    s3._fire_s3_event_async = _if_wanted(s3._fire_s3_event_async)  # noqa: SLF001 - nor for this
    uvicorn.run(
        keeping(straight(app.app), Path(file[0])) if file else straight(app.app),
        host=os.environ.get("BIND_HOST", "127.0.0.1"),
        port=int(os.environ["GATEWAY_PORT"]),
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )


def straight(application: Application) -> Application:
    """Lead what an SDK has signed right to its service: ministack looks for other kinds of requests first."""

    async def answer(
        scope: Mapping[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]
    ) -> None:
        given = dict(scope.get("headers", ()))
        signed = SIGNED.match(given.get(b"authorization", b""))
        in_host = app._extract_s3_vhost_bucket(given.get(b"host", b"").decode("latin-1"))  # noqa: SLF001 - as `main`
        if signed is None or in_host or len(given) < len(scope["headers"]):
            await application(scope, receive, send)
            return
        key, region, service = (each.decode() for each in signed.groups())
        responses.set_request_account_id(key)
        responses.set_request_region(region)
        headers = {name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in given.items()}
        body = await read_body(receive, headers)
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        status, told, content = await app.SERVICE_HANDLERS[service](
            scope["method"], scope["path"], headers, body, query
        )
        await app._send_response(send, status, told, content)  # noqa: SLF001 - as above

    return answer


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


def _by_name(evaluate: Callable[..., bool]) -> Callable[..., bool]:
    """Decide by an item's name whether the ledger has asked for it: ministack parses anew what it asks."""

    def quick(
        expression: str, item: Mapping[str, Any], values: Mapping[str, Any], *rest: object, **more: object
    ) -> bool:
        asked = ITEMS_WITH.fullmatch(expression or "")
        if not asked:
            return evaluate(expression, item, values, *rest, **more)
        name, prefix, before = item["item"]["S"], *(each and values[each]["S"] for each in asked.groups())
        is_meant: bool = name.startswith(prefix) if prefix is not None else name < before
        return is_meant and item["run_id"] == values[":run"]

    return quick


def _at_most(size: Callable[[Any], int]) -> Callable[[Any], int]:
    """Take an item as Python writes it, never shorter than DynamoDB counts it, unless that is too long."""

    def quick(item: Any) -> int:  # noqa: ANN401 - JSON
        written = len(marshal.dumps(item, PLAIN))
        return written if written <= dynamodb._DDB_ITEM_MAX_BYTES else size(item)  # noqa: SLF001 - as `main`

    return quick


async def read_body(receive: Callable[[], Awaitable[dict[str, Any]]], headers: dict[str, str]) -> bytes:
    """Return the body of a request, as ministack does, whose time grows with the square of its length."""
    pieces: list[bytes] = []
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
