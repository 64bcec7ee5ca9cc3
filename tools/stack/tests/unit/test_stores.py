"""What outlives a stack."""

import asyncio
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from ministack.services import dynamodb, s3, sns, sqs

from fondly.stack import stores
from fondly.stack.emulator import keeping
from fondly.stack.kept import kept_in

QUEUE = ("000000000000", "eu-west-1", "http://127.0.0.1:4566/000000000000/fondly-local-mailer")


def held(**content: Any) -> dict[str, dict[tuple[str, ...], Any]]:  # noqa: ANN401 - whatever a store holds
    """Return what the stores of a small stack hold."""
    return {"buckets": {("0", "data"): content}, "queues": {QUEUE: {"url": QUEUE[2], "messages": [b"1"]}}}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[tuple[str, ...], Any]]:
    """The emulator's own stores, with an object and a message; what it held before comes back."""
    for service in (dynamodb, s3, sns, sqs):
        for _, store in stores._stores(service):
            monkeypatch.setattr(store, "_data", {})
    content = held(objects={"uploads/a.csv": b"\x00\xff"})
    monkeypatch.setattr(s3._buckets, "_data", content["buckets"])
    monkeypatch.setattr(sqs._queues, "_data", content["queues"])
    monkeypatch.setattr(sqs._queue_name_to_url, "_data", {("0", "mailer"): QUEUE[2]})
    monkeypatch.setattr(sqs, "_CANONICAL_NETLOC", "127.0.0.1:4566")
    return content


@pytest.mark.usefixtures("small")
def test_stores_are_restored_as_they_were_also_at_another_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes, messages and the addresses of queues; nobody else can read the file."""
    file = tmp_path / "stores"
    stores.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for store in (s3._buckets, sqs._queues, sqs._queue_name_to_url):
        monkeypatch.setattr(store, "_data", {})
    monkeypatch.setattr(sqs, "_CANONICAL_NETLOC", "127.0.0.1:9")
    stores.restore(file)
    assert s3._buckets._data == held(objects={"uploads/a.csv": b"\x00\xff"})["buckets"]
    moved = "http://127.0.0.1:9/000000000000/fondly-local-mailer"
    assert sqs._queues._data == {(*QUEUE[:2], moved): {"url": moved, "messages": [b"1"]}}
    assert sqs._queue_name_to_url._data == {("0", "mailer"): moved}


@pytest.mark.usefixtures("small")
def test_stores_that_cannot_be_read_are_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another release, or damaged: the emulator does not start, and says what deletes them."""
    file = tmp_path / "stores"
    stores.restore(file)
    file.write_bytes(b"no pickle")
    with pytest.raises(SystemExit, match=r"cannot be read .*`fondly down --erase` deletes it"):
        stores.restore(file)
    stores.save(file)
    monkeypatch.setattr(stores, "WRITTEN_BY", "ministack 0")
    with pytest.raises(SystemExit, match="this is ministack 0"):
        stores.restore(file)


@pytest.mark.usefixtures("small")
def test_an_emulator_that_ends_writes_what_it_holds(tmp_path: Path) -> None:
    """Once all requests are answered, and not before; the next one begins with it."""
    file, sent = tmp_path / "stores", list[bool]()

    async def application(_scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        for kind in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await send({"type": kind})

    async def send(_message: Any) -> None:  # noqa: ANN401 - as above
        sent.append(file.exists())

    asyncio.run(keeping(application, file)({"type": "lifespan"}, None, send))
    assert sent == [False, True]


def test_ports_and_key_are_those_of_before_unless_one_is_taken(tmp_path: Path) -> None:
    """So that links in emails of earlier runs lead somewhere."""
    first, again = kept_in(tmp_path / "state", ports=2), kept_in(tmp_path / "state", ports=2)
    assert first == again
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first.ports[0]))
        taken.listen()
        third = kept_in(tmp_path / "state", ports=2)
    assert (third.ports[0] != first.ports[0], third.ports[1], third.key) == (True, first.ports[1], first.key)
    assert kept_in(None, ports=1).key != first.key
