import asyncio
import io
import json
import logging
import sys
import threading

import pytest
import structlog

from understudy.logs import configure_logs
from understudy.personalize.storage import Location
from understudy.workers import Workers


@pytest.mark.parametrize(
    ("path", "bucket", "key"),
    [
        ("s3://data/in/a.csv", "data", "in/a.csv"),
        ("s3://data/in/", "data", "in/"),
        ("s3://data/", "data", ""),
        ("s3://data/a//b", "data", "a//b"),
    ],
)
def test_a_place_has_a_bucket_and_a_key(path: str, bucket: str, key: str) -> None:
    """Everything after the first slash is the key."""
    assert Location.parse(path) == Location(bucket, key)


@pytest.mark.parametrize(
    "path", ["", "data/in", "s3://", "s3:///key", "s3://data", "https://data/in", "S3://data/in"]
)
def test_what_names_no_place_is_refused(path: str) -> None:
    """With the path in the message."""
    with pytest.raises(ValueError, match="is not of the form s3://bucket/key"):
        Location.parse(path)


@pytest.mark.parametrize(("key", "is_folder"), [("", True), ("in/", True), ("in", False), ("in/a", False)])
def test_a_key_that_ends_in_a_slash_is_a_folder(key: str, is_folder: bool) -> None:  # noqa: FBT001 - a column
    """And so is the bucket itself."""
    assert Location("data", key).is_folder == is_folder


@pytest.mark.parametrize("key", ["out", "out/"])
def test_a_child_is_below_its_folder(key: str) -> None:
    """With one slash between them."""
    assert Location("data", key).child("a.out") == Location("data", "out/a.out")


async def test_work_is_done_in_a_thread_with_its_name() -> None:
    """And its result comes back."""
    workers = Workers("digging")
    try:
        name = await workers.run(lambda: threading.current_thread().name)
    finally:
        workers.close()
    assert name.startswith("digging")


async def test_an_error_in_a_thread_comes_back() -> None:
    """As it was raised."""
    workers = Workers("digging")
    try:
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 // 0)
    finally:
        workers.close()


async def test_no_more_threads_work_than_there_are() -> None:
    """The third waits for one of two."""
    workers, both_work, may_end = Workers("digging", threads=2), threading.Barrier(3), threading.Event()
    order: list[str] = []

    def hold() -> None:
        both_work.wait(10)
        assert may_end.wait(10)

    held = [asyncio.ensure_future(workers.run(hold)) for _ in range(2)]
    third = asyncio.ensure_future(workers.run(order.append, "third"))
    await asyncio.to_thread(both_work.wait, 10)
    assert order == []
    may_end.set()
    await asyncio.gather(*held, third)
    workers.close()
    assert order == ["third"]


def logged(monkeypatch: pytest.MonkeyPatch, level: str, *, on_terminal: bool) -> str:
    """Return what an event of each kind writes."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: on_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)  # a server of another test may not
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    try:
        configure_logs(level)
        log = structlog.get_logger()
        log.debug("request_answered", operation="Converse")
        log.info("understudy_starting", port=4570)
        try:
            _crash("a customer's words")
        except ValueError:
            log.exception("handler_failed")
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request %s.", "received")
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers = handlers
    return stream.getvalue()


def _crash(text: str) -> None:
    raise ValueError(len(text))


def test_a_log_that_nobody_looks_at_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """One event a line, with time and level; a traceback is one member, without the values of variables."""
    events = [json.loads(line) for line in logged(monkeypatch, "info", on_terminal=False).splitlines()]
    assert [event["event"] for event in events] == ["understudy_starting", "handler_failed", "library_log"]
    assert (events[0]["level"], events[0]["port"]) == ("info", 4570)
    assert "ValueError: 18" in events[1]["exception"]
    assert "a customer's words" not in events[1]["exception"].replace('_crash("a customer\'s words")', "")
    assert events[0]["timestamp"].endswith("Z")
    told = {key: events[2][key] for key in ("level", "logger", "message")}
    assert told == {
        "level": "warning",
        "logger": "uvicorn.error",
        "message": "Invalid HTTP request received.",
    }


def test_a_terminal_gets_lines_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the level that is wanted."""
    text = logged(monkeypatch, "debug", on_terminal=True)
    assert "request_answered" in text
    assert "Traceback" in text
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(text.splitlines()[0])


def test_a_quiet_log_has_only_what_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """At `error`, nothing of a normal day."""
    [line] = logged(monkeypatch, "error", on_terminal=False).splitlines()
    assert json.loads(line)["event"] == "handler_failed"
